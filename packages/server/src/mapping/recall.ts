import { isSameOrCut, type ReadyGlossary } from './glossary-index.ts';
import type { Profile } from './profile-shape.ts';
import { profileSimilarity } from './profile.ts';
import type { ReadyColumn } from './similarities.ts';
import { jaccardOf, wordsOf } from './text.ts';
import { meaningOf, singular } from './vocabulary.ts';

/** A column that people decided on: what new ones are held against. */
export interface Approved {
  /** What it means; undefined when they said that no term fits. */
  readonly semantic_id: string | undefined;
  readonly tokens: readonly string[];
  readonly profile: Profile | undefined;
  readonly table: string;
  readonly column: string;
}

/** What decided columns say of a term, or of `none`: its best look-alike by name, by values, by both, 0 to 1. */
interface Recalled {
  readonly name: number;
  readonly value: number;
  readonly both: number;
  /** Like `both`, where name or table leave no doubt: a name that fits many terms is a look-alike only in a table about the same. */
  readonly specific: number;
  /** Share of the columns of the same name, less when they are few. */
  readonly votes: number;
  /** Share of the tables in which it occurs, times how seldom a table brings a new term at all. */
  readonly share: number;
  /** The look-alike: `table.column`, for the reason. */
  readonly where: string;
}
export interface Memories {
  readonly byTerm: ReadonlyMap<string, Recalled>;
  readonly none: Recalled | undefined;
  /** How near the nearest of all is. */
  readonly nearest: number;
}

/** How much a look-alike counts whose meaning came from words that are not here: `orders.id` says little of `customers.id`, `ship_city` of `city`. */
const OTHER_SUBJECT = 0.1;

/** The words a table is about. */
export const subjectOf = (table: string): readonly string[] => [
  ...new Set(wordsOf(table).flatMap((word) => meaningOf(singular(word)).map(singular))),
];

/** Decided columns made ready to be looked through by one column after the other. */
export interface ReadyMemory {
  readonly columns: readonly ReadyApproved[];
  readonly tables: number;
}
interface ReadyApproved extends Approved {
  readonly joined: string;
  /** Its name as it is written, but for case and what parts its words. */
  readonly spelt: string;
  readonly words: ReadonlySet<string>;
  readonly subject: readonly string[];
}

export function toReadyMemory(approved: readonly Approved[]): ReadyMemory {
  const subjects = new Map<string, readonly string[]>();
  const columns = approved.map((decided): ReadyApproved => {
    const subject = subjects.get(decided.table) ?? subjectOf(decided.table);
    subjects.set(decided.table, subject);
    return {
      ...decided,
      joined: decided.tokens.join(' '),
      spelt: wordsOf(decided.column).join(' '),
      words: new Set(decided.tokens),
      subject,
    };
  });
  return { columns, tables: subjects.size };
}

/** So many tables or columns must agree before it counts half. */
const DOUBT = 2;

/** What is found of a term so far. */
interface Found extends Omit<Recalled, 'share'> {
  readonly tables: Set<string>;
}

/**
 * What decided columns say of each term.
 * @param specificity - how few terms the column's name fits, 0 to 1
 */
export function recall(
  { view, values, tokens }: ReadyColumn,
  memory: ReadyMemory,
  glossary: ReadyGlossary,
  tableWords: readonly string[],
  specificity: number,
): Memories {
  if (memory.columns.length === 0) return { byTerm: new Map(), none: undefined, nearest: 0 };
  const best = new Map<string | undefined, Found>();
  const mine = new Set(tokens);
  const joined = tokens.join(' ');
  const here = new Set([...view.meant, ...tableWords]);
  const about = new Set(tableWords);
  /** Words of the name that terms are told apart by. */
  const telling = view.meant.flatMap((word, i) => (glossary.tells(word) ? [{ word, token: tokens[i] ?? word }] : []));
  /** Name and table together are exactly what some term says. */
  const meantHere = glossary.terms.some((term) => isMeant(term.telling, view.meant, here));
  /** Terms that name and table say in full. */
  const saidHere = glossary.terms.filter(({ ways }) => ways.some((way) => isAll(way, view.meant, here)));
  /** Whether a decided column's name stands for something else there. */
  const isAbroad = ({ semantic_id, words, subject }: ReadyApproved): boolean => {
    const term = semantic_id === undefined ? undefined : glossary.byId.get(semantic_id);
    return (
      view.tokens.length > 0 &&
      words.size > 0 &&
      term !== undefined &&
      (isFromElsewhere(term.own, words, subject, here) ||
        saysMore(telling, term.own, words) ||
        (meantHere && isSaidNowhere(term.telling, words, here)) ||
        saidHere.some((other) => other !== term && !other.ways.some((way) => isSaidBy(way, words, subject))))
    );
  };
  // What is said of this very name, by people or else by the glossary: then names that only mean the same say little.
  const spelt = view.words.join(' ');
  const decidedSo = new Set(
    memory.columns.flatMap((decided) => (decided.spelt === spelt && !isAbroad(decided) ? [decided.semantic_id] : [])),
  );
  const calledSo = (glossary.byName.get(spelt) ?? []).map((at) => glossary.terms[glossary.names.terms[at] ?? 0]?.term.semantic_id);
  const saidSo = decidedSo.size === 0 ? new Set(calledSo) : decidedSo.size === 1 ? decidedSo : undefined;
  let sameName = 0;
  for (const decided of memory.columns) {
    const { semantic_id, joined: theirs, words, profile, table, column, subject } = decided;
    const named = view.tokens.length > 0 && words.size > 0;
    const same = named && theirs === joined;
    const name = named ? (same ? 1 : 0.8 * jaccardOf(mine, words)) : undefined;
    const value = profile === undefined ? undefined : profileSimilarity(values.profile, profile);
    const isSynonym = same && decided.spelt !== spelt && saidSo !== undefined && saidSo.size > 0 && !saidSo.has(semantic_id);
    const counts = isSynonym || isAbroad(decided) ? OTHER_SUBJECT : 1;
    const was = best.get(semantic_id);
    const both = counts * nearness(name, value);
    if (same) sameName += counts;
    best.set(semantic_id, {
      name: Math.max(was?.name ?? 0, counts * (name ?? 0) ** 2),
      // Beside a name, values must be very alike to say something: any two columns of numbers are a little.
      value: Math.max(was?.value ?? 0, (named ? counts : 1) * Math.max(0, 2 * (value ?? 0) - 1)),
      both: Math.max(was?.both ?? 0, both),
      specific: Math.max(was?.specific ?? 0, both * (named ? Math.max(specificity, jaccardOf(about, new Set(subject))) : 1)),
      votes: (was?.votes ?? 0) + (same ? counts : 0),
      where: was !== undefined && both <= was.both ? was.where : `${table}.${column}`,
      tables: (was?.tables ?? new Set<string>()).add(table),
    });
  }
  const known = 1 - newness([...best].flatMap(([id, { tables }]) => (id === undefined ? [] : [tables.size])));
  const finish = ({ tables, ...found }: Found): Recalled => ({
    ...found,
    votes: found.votes / (sameName + DOUBT),
    share: (known * tables.size) / (memory.tables + DOUBT),
  });
  const byTerm = new Map<string, Recalled>();
  let nearest = 0;
  for (const [id, found] of best) {
    nearest = Math.max(nearest, found.both);
    if (id !== undefined) byTerm.set(id, finish(found));
  }
  const none = best.get(undefined);
  return { byTerm, none: none === undefined ? undefined : finish(none), nearest };
}

/** How likely the next column means a term that was not seen: the share of those seen once. @see Good 1953, Turing's estimate of the unseen */
function newness(counts: readonly number[]): number {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return all === 0 ? 1 : counts.filter((count) => count === 1).length / all;
}

/** Near to the power of three: a far neighbour weighs nothing, a near one almost decides. */
function nearness(name: number | undefined, value: number | undefined): number {
  if (name === undefined || value === undefined) return (name ?? value ?? 0) ** 2;
  return (0.65 * name + 0.35 * value) ** 3;
}

/** Whether name and table together have all telling words of a term, and the name some of them. */
const isMeant = (own: readonly string[], name: readonly string[], here: ReadonlySet<string>): boolean =>
  own.length > 1 && own.every((word) => here.has(word)) && name.some((word) => own.includes(word));

/** Whether name and table together say a term in full, and the name nothing besides: `id` of `order_lines` is a line's. */
const isAll = (way: readonly string[], name: readonly string[], here: ReadonlySet<string>): boolean =>
  way.length > 1 && name.length > 0 && way.every((word) => here.has(word)) && name.every((word) => way.includes(word));

/** Whether a decided column's name and table say it, too: those of `id` of `orders` do not. */
const isSaidBy = (way: readonly string[], theirs: ReadonlySet<string>, subject: readonly string[]): boolean =>
  way.length > 1 && way.every((word) => theirs.has(word) || subject.includes(word));

/** Whether a term has a word that neither the decided column's name has nor anything here: in `customers`, the `id` of a contact is another. */
const isSaidNowhere = (own: readonly string[], theirs: ReadonlySet<string>, here: ReadonlySet<string>): boolean =>
  own.some((word) => !theirs.has(word) && !here.has(word));

/** Whether a name has a telling word that neither the decided column has nor its term: `ship_city` is no `city`. */
function saysMore(
  telling: readonly { readonly word: string; readonly token: string }[],
  own: ReadonlySet<string>,
  theirs: ReadonlySet<string>,
): boolean {
  return telling.some(({ word, token }) => !theirs.has(token) && ![...own].some((each) => isSameOrCut(word, each)));
}

/** Whether a term's words come from the decided column's name or table and are not here. */
function isFromElsewhere(
  own: ReadonlySet<string>,
  theirs: ReadonlySet<string>,
  subject: readonly string[],
  here: ReadonlySet<string>,
): boolean {
  for (const word of theirs) if (own.has(word) && !here.has(word)) return true;
  const about = subject.filter((word) => own.has(word));
  return about.length > 0 && !about.some((word) => here.has(word));
}
