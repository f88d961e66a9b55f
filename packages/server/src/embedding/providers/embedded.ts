import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EmbeddingModel } from '@ancilla/contracts';
import { normalise } from './normalise.ts';
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

function readWords(): Words {
  // At once: in the background it is read in a dozen parts, each of which waits for the one before.
  const file = readFileSync(FILE);
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

interface Word {
  /** In the list, when it is known. */
  readonly place: number | undefined;
  /** Where in a vector each of its letter groups counts, or, negated bit by bit, counts against: words that are spelled alike are near, known or not. */
  readonly letters: Int32Array;
  /** What a letter group counts. */
  readonly weight: number;
}

/** Vectors are summed in single precision, word by word: a text has the same one whatever was kept. */
function addCodes(to: Float32Array, codes: Int8Array, from: number, scale: number): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] ?? 0) + (codes[from + i] ?? 0) * scale;
}

function addLetters(to: Float32Array, letters: Int32Array, weight: number): void {
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i] ?? 0;
    if (letter < 0) to[~letter] = (to[~letter] ?? 0) - weight;
    else to[letter] = (to[letter] ?? 0) + weight;
  }
}

function lettersOf(word: string, dim: number): Int32Array {
  const padded = `^${word}$`;
  const letters = new Int32Array(padded.length - 2);
  for (let at = 0; at < letters.length; at++) {
    let hash = 2_166_136_261;
    for (let i = at; i < at + 3; i++) hash = Math.imul(hash ^ padded.charCodeAt(i), 16_777_619);
    const place = (hash >>> 1) % dim;
    letters[at] = hash & 1 ? place : ~place;
  }
  return letters;
}

export async function openEmbeddedProvider(): Promise<EmbeddedProvider> {
  const { dim, placeOf, scales, codes, file } = readWords();
  const kept = new Map<string, EmbeddedText>();
  const words = new Map<string, Word>();

  /** What of a word goes into the vector of a text: descriptions say the same words again and again. */
  function wordOf(text: string): Word {
    let word = words.get(text);
    if (word === undefined) {
      const place = placeOf(text);
      const weight = (place === undefined ? 1 : LETTERS) / Math.sqrt(Math.max(1, text.length));
      if (words.size >= KEPT) words.clear();
      words.set(text, (word = { place, letters: lettersOf(text, dim), weight }));
    }
    return word;
  }

  function embedOne(text: string): EmbeddedText {
    const vector = new Float32Array(dim);
    const all = wordsOf(text);
    let seen = 0;
    for (let i = 0; i < all.length; i++) {
      const { place, letters, weight } = wordOf(all[i] ?? '');
      if (place !== undefined) {
        seen++;
        addCodes(vector, codes, place * dim, scales[place] ?? 0);
      }
      addLetters(vector, letters, weight);
    }
    return { vector: normalise(vector), confidence: all.length === 0 ? 0 : seen / all.length };
  }

  const vectorOf = (text: string): EmbeddedText => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const made = embedOne(text);
    if (kept.size >= KEPT) kept.clear();
    kept.set(text, made);
    return made;
  };

  let meta: Promise<EmbeddingModel> | undefined;
  /** Of vectors that are kept: who only compares some needs no digest of all words, nor what makes one. */
  async function toMeta(): Promise<EmbeddingModel> {
    const { createHash } = await import('node:crypto');
    return {
      provider: 'embedded',
      model: MODEL,
      revision: createHash('sha256').update(file).digest('hex').slice(0, 12),
      dim,
      pooling: 'mean',
      normalise: true,
      prefix: null,
      quantisation: 'int8',
    };
  }
  return {
    model: MODEL,
    endpoint: 'embedded:glove',
    vectorOf,
    embed: async (texts) => ({ meta: await (meta ??= toMeta()), texts: texts.map(vectorOf) }),
  };
}
