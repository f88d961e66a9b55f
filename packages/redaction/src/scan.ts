// Runs in browsers too. One pass over one text: what detectors see and where they report.
import { DIGIT, isBare, isOpaque, LETTER, SPACE, classAt } from './characters.ts';
import { Context } from './context.ts';
import type { Found } from './detector.ts';
import type { Word } from './detectors/name-run.ts';
import { Table } from './table.ts';
import { Words } from './words.ts';

/** Digit groups with at most two separators between: a number as people write it. */
export interface NumberCluster {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** How many digits the groups have together. */
  readonly digits: number;
}

export class Scan {
  readonly text: string;
  /** Where the value begins; what stands before is only context (the key of a JSON value). */
  readonly floor: number;
  /** Regions for phone numbers without a country code. */
  readonly regions: readonly string[];
  readonly found: Found[] = [];
  /** Parts of the names found so far, and the capitalised words that were none at first sight. */
  readonly people: string[] = [];
  readonly capitalised: { readonly start: number; readonly end: number }[] = [];
  /** Up to here, words belong to a name already. */
  personsSeen = 0;
  /** The capitalised words read last, one after the other: the next look may begin at one of them. */
  run: readonly Word[] = [];
  /** The name found last stands in a list of names. */
  listing = false;
  /** Up to here, digits belong to a labelled number already. */
  numbersSeen = 0;
  /** Up to here, words belong to an address already. */
  addressesSeen = 0;
  /** A word of a script without capitals was read. */
  eastern = false;
  readonly words = new Words();
  readonly #table: Table;
  /** Where the pass is: detectors look from here. */
  at = 0;
  /** Where the words around were asked for: there a change nearby can change the judgement. */
  readonly judged: number[] = [];
  /** Where a word announced what its line says: there a change further on can change the judgement. */
  readonly announced: number[] = [];
  /** Where addresses begin by what stands before. */
  readonly livesAt: number[] = [];
  #cluster: { readonly at: number; readonly cluster: NumberCluster } | undefined;
  readonly #stretches = { opaque: { from: 0, to: 0 }, bare: { from: 0, to: 0 } };
  #german = { from: 0, to: -1, is: false };
  readonly #given: readonly number[];
  #givenSeen = 0;
  #nextAt = -1;
  #contextAt = -1;
  #context: Context | undefined;

  /** @param given - where ids and accounts' numbers end that were redacted before, in order */
  constructor(text: string, floor: number, regions: readonly string[], given: readonly number[] = []) {
    this.#given = given;
    this.text = text;
    this.floor = floor;
    this.regions = regions;
    this.#table = new Table(text);
  }

  report(found: Found): void {
    if (found.start >= this.floor && found.end > found.start) this.found.push(found);
  }

  /** The words around an offset; several detectors ask for the same one. */
  contextBefore(at: number): Context {
    if (this.judged.at(-1) !== this.at) this.judged.push(this.at);
    if (this.#context !== undefined && this.#contextAt === at) return this.#context;
    this.#contextAt = at;
    return (this.#context = new Context(this.text, this.words, this.#table, at));
  }

  /**
   * Where a stretch of characters of one kind ends. Asked again from inside the same stretch, it does not walk again:
   * a text that is one stretch of secrets' beginnings costs no more than another.
   */
  stretchEnd(kind: 'opaque' | 'bare', at: number): number {
    const walked = this.#stretches[kind];
    if (at >= walked.from && at < walked.to) return walked.to;
    const inside = kind === 'opaque' ? isOpaque : isBare;
    let to = at;
    while (to < this.text.length && inside(this.text, to)) to++;
    this.#stretches[kind] = { from: at, to };
    return to;
  }

  /**
   * Whether the line at an offset reads as German, where every noun has a capital. By line, since prompts mix languages and a line keeps its words
   * when values in it are replaced.
   */
  isGermanAt(at: number): boolean {
    const line = this.#german;
    if (at >= line.from && at <= line.to) return line.is;
    const { text } = this;
    const from = text.lastIndexOf('\n', at - 1) + 1;
    const end = text.indexOf('\n', at);
    const to = end < 0 ? text.length : end;
    const read = text.slice(from, Math.min(to, from + LONGEST_LINE));
    let [first, is] = ['', false];
    // A loop of its own: to set up an iterator takes longer than to read most lines.
    GERMAN_WORDS.lastIndex = 0;
    for (let match = GERMAN_WORDS.exec(read); match !== null; match = GERMAN_WORDS.exec(read)) {
      const [word] = match;
      const start = from + match.index;
      if (((classAt(text, start - 1) | classAt(text, start + word.length)) & LETTER) !== 0 || word === first) continue;
      if ((is = first !== '')) break;
      first = word;
    }
    this.#german = { from, to, is };
    return is;
  }

  /** Where the last id or account's number before an offset ends, found or given; 0 where there is none. Asked from left to right. */
  numberBefore(at: number): number {
    while ((this.#given[this.#givenSeen] ?? Infinity) <= at) this.#givenSeen++;
    return Math.max(this.numbersSeen, this.#given[this.#givenSeen - 1] ?? 0);
  }

  /** Whether an at sign stands in a stretch; asked from left to right, it is looked for once. */
  hasAt(from: number, to: number): boolean {
    if (this.#nextAt < from) {
      const next = this.text.indexOf('@', from);
      this.#nextAt = next < 0 ? Infinity : next;
    }
    return this.#nextAt < to;
  }

  /** The groups of the number that begins at `start`; several detectors ask for the same one. */
  cluster(start: number): NumberCluster {
    if (this.#cluster?.at === start) return this.#cluster.cluster;
    const { text } = this;
    const starts: number[] = [];
    const ends: number[] = [];
    let digits = 0;
    let at = start;
    while (digits < MOST_DIGITS && starts.length < MOST_GROUPS) {
      let end = at;
      while (end - at <= MOST_DIGITS && (classAt(text, end) & DIGIT) !== 0) end++;
      starts.push(at);
      ends.push(end);
      digits += end - at;
      if ((classAt(text, end) & LETTER) !== 0) break;
      const next = separatorEnd(text, end);
      if (next < 0) break;
      at = next;
    }
    this.#cluster = { at: start, cluster: { starts, ends, digits } };
    return this.#cluster.cluster;
  }
}

const MOST_DIGITS = 40;
const MOST_GROUPS = 20;

/** Past the separator at `at`, where a digit group follows: spaces, dashes, dots, slashes, brackets, one line break; -1 where none does. */
export function separatorEnd(text: string, at: number): number {
  let breaks = 0;
  for (let next = at; next < at + 4; next++) {
    const code = text.charCodeAt(next);
    if (code >= 0x30 && code <= 0x39) return next > at ? next : -1;
    if (code === 0x0a && ++breaks > 1) return -1;
    if (
      code !== 0x20 &&
      code !== 0x2d &&
      code !== 0x2e &&
      code !== 0x2f &&
      code !== 0x28 &&
      code !== 0x29 &&
      code !== 0x7e &&
      code !== 0x0a &&
      code !== 0x0d &&
      code !== 0x09
    )
      return -1;
  }
  return -1;
}

const LONGEST_LINE = 4000;
/** Small words that other languages do not have, a longer one first; two of them tell. Whether they are whole words is looked at where one is met. */
const GERMAN_WORDS = /und|nicht|ist|wird|für|auf|mit|dem|den|einen|eine|zum|zur|bei|wir|von|sind|hat|werden|oder|auch/g;

/** The digits of a stretch. */
export function digitsOf(text: string, start: number, end: number): string {
  let digits = '';
  for (let at = start; at < end;) {
    if ((classAt(text, at) & DIGIT) === 0) {
      at++;
      continue;
    }
    const from = at;
    while (at < end && (classAt(text, at) & DIGIT) !== 0) at++;
    if (from === start && at === end) return text.slice(start, end);
    digits += text.slice(from, at);
  }
  return digits;
}

/** The identifier before an offset, over spaces, quotes and a separator: `"api_key": ` gives api_key. */
export function identifierBefore(text: string, at: number): string {
  let end = at;
  const limit = Math.max(0, at - 12);
  while (end > limit && ((classAt(text, end - 1) & SPACE) !== 0 || '"\'`=:>([{|'.includes(text[end - 1] ?? ' '))) end--;
  if (end === at) return '';
  let start = end;
  const first = Math.max(0, end - 60);
  while (start > first && ((classAt(text, start - 1) & (DIGIT | LETTER)) !== 0 || '_-.$'.includes(text[start - 1] ?? ' '))) start--;
  return text.slice(start, end);
}
