import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { EmbeddingModel } from '@ancilla/contracts';
import type { EmbeddedText, EmbeddingProvider } from './provider.ts';
import { openWordList } from './word-list.ts';

/** The provider that is always there: word vectors that know synonyms, and hashed letter groups for words they do not know. No download, no network. */
export interface EmbeddedProvider extends EmbeddingProvider {
  /** The same, without waiting. */
  vectorOf(text: string): EmbeddedText;
}

const MODEL = 'glove-100d-letters';
const FILE = fileURLToPath(new URL('../../../data/word-vectors.bin', import.meta.url));
/** How much letters count beside meaning. */
const LETTERS = 0.25;
const KEPT = 20_000;

interface Words {
  readonly dim: number;
  readonly placeOf: (word: string) => number | undefined;
  readonly scales: Float32Array;
  readonly codes: Int8Array;
  readonly file: Uint8Array;
}

async function readWords(): Promise<Words> {
  const file = await readFile(FILE);
  if (file.toString('latin1', 0, 4) !== 'ANWV') throw new TypeError('word-vectors.bin is not a file of word vectors');
  const [count, dim, textBytes] = [file.readUInt32LE(4), file.readUInt32LE(8), file.readUInt32LE(12)];
  const scalesAt = 16 + textBytes;
  // Copies: a view of floats must begin at a multiple of four.
  const scales = new Float32Array(file.buffer.slice(file.byteOffset + scalesAt, file.byteOffset + scalesAt + 4 * count));
  const codes = new Int8Array(file.buffer, file.byteOffset + scalesAt + 4 * count, count * dim);
  return { dim, placeOf: openWordList(file.subarray(16, scalesAt), count), scales, codes, file };
}

/** Words of a text: runs of letters, parted where the case changes, lower-case. */
function wordsOf(text: string): readonly string[] {
  // Most texts have neither accents nor capitals: to see that is quicker than to look for where.
  const plain = /^[ -~]*$/.test(text) ? text : text.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  const parted = /\p{Lu}/u.test(plain) ? plain.replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2').toLowerCase() : plain;
  return parted.match(/\p{L}+/gu) ?? [];
}

export async function openEmbeddedProvider(): Promise<EmbeddedProvider> {
  const { dim, placeOf, scales, codes, file } = await readWords();
  const kept = new Map<string, EmbeddedText>();

  /** Letter groups of a word as a direction: words that are spelled alike are near, known or not. */
  function addLetters(into: Float32Array, word: string, weight: number): void {
    const padded = `^${word}$`;
    for (let at = 0; at + 3 <= padded.length; at++) {
      let hash = 2_166_136_261;
      for (let i = at; i < at + 3; i++) hash = Math.imul(hash ^ padded.charCodeAt(i), 16_777_619);
      const place = (hash >>> 1) % dim;
      into[place] = (into[place] ?? 0) + (hash & 1 ? weight : -weight);
    }
  }

  function embedOne(text: string): EmbeddedText {
    const vector = new Float32Array(dim);
    const words = wordsOf(text);
    let seen = 0;
    for (const word of words) {
      const at = placeOf(word);
      if (at !== undefined) {
        seen++;
        const scale = scales[at] ?? 0;
        for (let i = 0; i < dim; i++) vector[i] = (vector[i] ?? 0) + (codes[at * dim + i] ?? 0) * scale;
      }
      addLetters(vector, word, (at === undefined ? 1 : LETTERS) / Math.sqrt(Math.max(1, word.length)));
    }
    // Not spread: that would go through an iterator.
    const norm: number = Reflect.apply(Math.hypot, undefined, vector) || 1;
    for (let i = 0; i < dim; i++) vector[i] = (vector[i] ?? 0) / norm;
    return { vector, confidence: words.length === 0 ? 0 : seen / words.length };
  }

  const vectorOf = (text: string): EmbeddedText => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const made = embedOne(text);
    if (kept.size >= KEPT) kept.clear();
    kept.set(text, made);
    return made;
  };

  let meta: EmbeddingModel | undefined;
  /** Of vectors that are kept: who only compares some needs no digest of all words. */
  const toMeta = (): EmbeddingModel => ({
    provider: 'embedded',
    model: MODEL,
    revision: createHash('sha256').update(file).digest('hex').slice(0, 12),
    dim,
    pooling: 'mean',
    normalise: true,
    prefix: null,
    quantisation: 'int8',
  });
  return {
    model: MODEL,
    endpoint: 'embedded:glove',
    vectorOf,
    embed: async (texts) => ({ meta: (meta ??= toMeta()), texts: texts.map(vectorOf) }),
  };
}
