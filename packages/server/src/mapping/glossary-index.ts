import { similarity as cosine, type EmbeddedProvider } from '../embedding/providers/index.ts';
import type { Term } from './glossaries.ts';
import { formsPromised } from './forms.ts';
import { toNameView, wordsOf, type NameView } from './text.ts';
import { expand, singular } from './vocabulary.ts';
import { openLikeness, type Likeness, type Rarity } from './word-likeness.ts';

/** A term made ready to be compared. */
export interface ReadyTerm {
  readonly term: Term;
  readonly names: readonly NameView[];
  /** Words of id, name and description. */
  readonly said: ReadonlySet<string>;
  /** Words of id and name. */
  readonly own: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
  readonly valueWords: ReadonlySet<string>;
  readonly vectors: readonly Float32Array[];
  readonly dtype: string;
  /** Forms of values that its own words promise. */
  readonly forms: readonly string[];
}

/** A glossary made ready: what one column after the other is held against. */
export interface ReadyGlossary {
  readonly terms: readonly ReadyTerm[];
  readonly byId: ReadonlyMap<string, ReadyTerm>;
  /** Of words among the terms. */
  readonly rarity: Rarity;
  /** Of values and their words among the terms: `yes` says nothing. */
  readonly valueRarity: Rarity;
  readonly likeness: Likeness;
  readonly isWord: (word: string) => boolean;
}

type VectorOf = EmbeddedProvider['vectorOf'];
const ready = new WeakMap<readonly Term[], ReadyGlossary>();

/** Made once for a list of terms, kept as long as the list is. */
export function toReadyGlossary(terms: readonly Term[], vectorOf: VectorOf): ReadyGlossary {
  const known = ready.get(terms);
  if (known !== undefined) return known;
  const own = new Set(
    terms.flatMap(({ semantic_id, name = '' }) => [...wordsOf(semantic_id), ...wordsOf(name)]).filter((word) => word.length > 3),
  );
  const isWord = (word: string): boolean => own.has(word);
  const made = terms.map((term) => toReadyTerm(term, vectorOf, isWord));
  const result: ReadyGlossary = {
    terms: made,
    byId: new Map(made.map((each) => [each.term.semantic_id, each])),
    rarity: rarityIn(made.map(({ said }) => said)),
    valueRarity: rarityIn(made.map(({ values, valueWords }) => new Set([...values, ...valueWords]))),
    likeness: openLikeness((a, b) => nearness(vectorOf, a, b)),
    isWord,
  };
  ready.set(terms, result);
  return result;
}

/** Cosine of two words that the model both knows; letters alone are no meaning. */
function nearness(vectorOf: VectorOf, a: string, b: string): number {
  const [one, other] = [vectorOf(a), vectorOf(b)];
  return one.confidence === 1 && other.confidence === 1 ? cosine(one.vector, other.vector) : 0;
}

function rarityIn(sets: readonly ReadonlySet<string>[]): Rarity {
  const counts = new Map<string, number>();
  for (const set of sets) for (const word of set) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (word) => Math.log(1 + sets.length / (1 + (counts.get(word) ?? 0))) + 0.1;
}

function toReadyTerm(term: Term, vectorOf: VectorOf, isWord: (word: string) => boolean): ReadyTerm {
  const tail = term.semantic_id.split(/[.:/#|]/).at(-1) ?? '';
  const names = [...new Set([term.name ?? '', tail])].filter((name) => name !== '').map((name) => toNameView(name, isWord));
  const plain = (text: string): readonly string[] => wordsOf(text).flatMap((word) => expand(word).map(singular));
  const own = new Set([...plain(term.semantic_id), ...names.flatMap(({ meant }) => meant)]);
  const values = (term.enum_values ?? term.sample_values ?? []).map((value) => value.toLowerCase());
  const short = term.name ?? wordsOf(tail).join(' ');
  return {
    term,
    names,
    own,
    said: new Set([...own, ...plain(term.description ?? '')]),
    values: new Set(values),
    valueWords: new Set(values.flatMap(wordsOf)),
    vectors: [short, `${short} ${(term.description ?? '').slice(0, 200)}`].map((text) => vectorOf(text).vector),
    dtype: (term.dtype ?? '').toLowerCase(),
    forms: formsPromised(`${short} ${term.description ?? ''}`.toLowerCase()),
  };
}
