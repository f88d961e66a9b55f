import type { EmbeddedProvider } from '../embedding/providers/index.ts';
import type { ReadyGlossary } from './glossary-index.ts';
import { toValues, type Keyed } from './profile.ts';
import type { ReadyColumn } from './similarities.ts';
import { toNameView } from './text.ts';
import { isPublicWord } from './vocabulary.ts';

/** A table as it is mapped. */
export interface Table {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly dtype?: string; readonly samples: readonly string[] }[];
}

/** Columns of a table made ready to be compared. @param tableWords - what the table is about */
export function toReadyColumns(
  table: Table,
  glossary: ReadyGlossary,
  tableWords: readonly string[],
  vectorOf: EmbeddedProvider['vectorOf'],
  keyed: Keyed,
): readonly ReadyColumn[] {
  const columns = table.columns.map(({ name, samples }) => {
    const view = toNameView(name, glossary.tokensOf);
    const values = toValues(samples, keyed);
    return {
      name,
      view,
      values,
      vector: vectorOf(view.meant.join(' ')).vector,
      valueVector: valueVector([...values.words], vectorOf),
      tokens: keptWords(view.meant, keyed),
      understood: view.tokens.some(
        ({ word, meant }) => isPublicWord(meant) || vectorOf(word).confidence === 1 || glossary.words.numberOf.has(word),
      ),
      subjectNamed: view.meant.length > 0 && view.meant.every((word) => word === tableWords[0]),
    };
  });
  const first = columns.findIndex(
    ({ values: { profile } }) =>
      profile.count > 4 && profile.unique > 0.9 && profile.number < 0.2 && profile.date < 0.2 && profile.length > 3,
  );
  return columns.map((column, at) => ({ ...column, subjectFirst: at === first }));
}

/** A name's words as they may be kept: everybody's words in the clear, a tenant's own as keyed hashes. */
const keptWords = (meant: readonly string[], keyed: Keyed): readonly string[] =>
  meant.map((word) => (isPublicWord(word) ? word : keyed(word)));

const MOST_WORDS = 40;
/** The mean direction of the known words among values. */
function valueVector(words: readonly string[], vectorOf: EmbeddedProvider['vectorOf']): Float32Array | undefined {
  let sum: Float32Array | undefined;
  let count = 0;
  for (const word of words) {
    const { vector, confidence } = vectorOf(word);
    if (confidence < 1 || word.length < 3) continue;
    sum ??= new Float32Array(vector.length);
    for (let i = 0; i < vector.length; i++) sum[i] = (sum[i] ?? 0) + (vector[i] ?? 0);
    if (++count === MOST_WORDS) break;
  }
  if (sum === undefined) return undefined;
  const norm = Math.hypot(...sum) || 1;
  return sum.map((value) => value / norm);
}
