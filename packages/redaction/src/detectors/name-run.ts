// Runs in browsers too. Words of names as they stand in a text, and runs of them.
import { classAt, isWord, LETTER, LOWER, OTHER_LETTER, UPPER } from '../characters.ts';
import { wordSet } from '../keywords.ts';
import { isListed, isListedGiven, marksOf, OTHERWISE } from '../names/lookup.ts';
import { toName } from '../names/name-filter.ts';
import { BEGIN_FAMILY, titles } from './person-announced.ts';

export const particles = wordSet(`${BEGIN_FAMILY},binti,bint,y,e,st,mc,o,d,l,dit,und zu`);

/** A capitalised word; what the lists say of it is asked once. */
export class Word {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** Behind "van 't" any word is a part of a name. */
  readonly joined: boolean;
  #listed: boolean | undefined;
  #given: boolean | undefined;
  #marks: number | undefined;

  constructor(start: number, end: number, name: string, joined: boolean) {
    this.start = start;
    this.end = end;
    this.name = name;
    this.joined = joined;
  }

  get listed(): boolean {
    return (this.#listed ??= isListed(this.name));
  }
  get given(): boolean {
    return (this.#given ??= isListedGiven(this.name));
  }
  /** It makes the run an organisation's name, or a place's. */
  get otherwise(): boolean {
    return ((this.#marks ??= marksOf(this.name)) & OTHERWISE) !== 0;
  }
  get everyday(): boolean {
    return (this.#marks ??= marksOf(this.name)) !== 0;
  }
}

/** A word of a name is no longer. */
export const LONGEST_NAME = 40;
/** A capitalised word: Anna, O'Neil, Jean-Luc, McKay, J., or ANNA. */
export function wordAt(text: string, start: number, joined = false): Word | undefined {
  if ((classAt(text, start) & UPPER) === 0) return undefined;
  let end = start + 1;
  const limit = Math.min(text.length, start + LONGEST_NAME);
  let inside = 0;
  let hyphen = 0;
  for (; end < limit; end++) {
    const kind = classAt(text, end);
    if ((kind & LETTER) !== 0) {
      inside |= kind;
      continue;
    }
    const code = text[end];
    if (code === '-') hyphen = end;
    if (
      (code === "'" || code === '’' || code === '-') &&
      (classAt(text, end + 1) & LETTER) !== 0 &&
      !(code !== '-' && text[end + 1] === 's' && !isWord(text, end + 2))
    )
      continue;
    break;
  }
  if (isWord(text, end)) return undefined;
  // Most words have neither an apostrophe nor a hyphen.
  if ((isApostrophe(text, start + 1) || isApostrophe(text, start + 2)) && ELISION.test(text.slice(start, start + 4))) return undefined;
  if (hyphen > start) end -= HONORIFIC.exec(text.slice(hyphen, end))?.[0].length ?? 0;
  const raw = text.slice(start, end);
  // The trailing letters of camelCase are code.
  if (
    (inside & UPPER) !== 0 &&
    isCamelCase(text, start, end) &&
    raw !== 'GmbH' &&
    !/^(?:Mc|Mac|Fitz|De|Di|Le|La|Van|Von|Du|O)[A-Z]/.test(raw) &&
    !raw.includes('-') &&
    !raw.includes("'")
  )
    return undefined;
  const isAscii = ((classAt(text, start) | inside) & OTHER_LETTER) === 0;
  return new Word(start, end, isAscii ? raw.toLowerCase() : toName(raw), joined);
}

const isApostrophe = (text: string, at: number): boolean => text.charCodeAt(at) === 0x27 || text.charCodeAt(at) === 0x2019;
/** L'agent: the article of a word that is none of a name. */
const ELISION = /^(?:[LJCNS]|Qu)['’]\p{Ll}/u;
/** Ueda-san, Sakurai-buchō */
const HONORIFICS = 'san|sama|sensei|senpai|kun|chan|buch[oō]u?|kach[oō]u?|shach[oō]u?';
const HONORIFIC = new RegExp(`^-(?:${HONORIFICS})$`);
/** Behind a name. */
export const HONOURED = new RegExp(`^-(?:${HONORIFICS})(?![\\p{L}\\d-])`, 'u');

/** A capital, small letters, a capital. */
function isCamelCase(text: string, start: number, end: number): boolean {
  let at = start + 1;
  while (at < end && classAt(text, at) === LOWER) at++;
  return at > start + 1 && at < end && classAt(text, at) === UPPER && classAt(text, start) === UPPER;
}

export const isInitial = ({ start, end }: Word): boolean => end - start === 1;

const MOST_WORDS = 5;

/** A word that was read already. What the lists say of it is not asked again. */
export function readWord(run: readonly Word[], start: number, joined = false): Word | undefined {
  for (const word of run) if (word.start === start && word.joined === joined) return word;
  return undefined;
}

/** The run of capitalised words from here, with particles and initials between, on one line. @param read - words that were read already */
export function runFrom(text: string, first: Word, read: readonly Word[]): readonly Word[] {
  const run: Word[] = [first];
  for (let last = first; run.length < MOST_WORDS;) {
    let at = last.end;
    if (isInitial(last) && text.charCodeAt(at) === 0x2e) at++;
    if (text.charCodeAt(at) !== 0x20 && !(isInitial(last) && (classAt(text, at) & UPPER) !== 0)) break;
    while (text.charCodeAt(at) === 0x20 && at - last.end < 2) at++;
    // Lower-case particles belong to what follows them.
    let from = at;
    if ((classAt(text, from) & UPPER) === 0) {
      for (let seen = 0; seen < 2; seen++) {
        const end = lowerEnd(text, from);
        if (end === from || text[end] !== ' ' || !particles.has(text, from, end)) break;
        from = end + 1;
      }
      from += NEAR.exec(text.slice(from, from + 10))?.[0].length ?? 0;
      if (text.startsWith("'t ", from) || text.startsWith('’t ', from)) from += 3;
      else if (ELIDED.test(text.slice(from, from + 3))) from += 2;
      else if ((text[from + 2] === '-' || text[from + 3] === '-') && ARTICLE.test(text.slice(from, from + 5)))
        from = text.indexOf('-', from) + 1;
    }
    // Keisha St. Clair
    if (text.startsWith('St. ', from)) from += 4;
    const next = readWord(read, from, from > at + 2) ?? wordAt(text, from, from > at + 2);
    if (
      next === undefined ||
      // Columns of a page stand as far apart as this; what stands in the next is a name only if it is known as one.
      (text.charCodeAt(last.end) === 0x20 && text.charCodeAt(last.end + 1) === 0x20 && !next.listed) ||
      (joinsTwo(text, at, from) &&
        (run.length > 1 || first.given) &&
        (next.given || titles.has(next.name) || TWO_NAMES.test(text.slice(next.end, next.end + 6))))
    )
      break;
    run.push(next);
    last = next;
  }
  return run;
}

/** Op den Camp, in 't Veld */
const NEAR = /^(?:op|in|aan|uit|bij|onder|over) (?:de[nr]? |het |(?=['’]t ))/;
/** d'Arcimoles */
const ELIDED = /^[dl]['’]\p{Lu}/u;
/** "Ortega y Gasset" is one person, "Ana Ruiz y Luis Sanz" are two. */
const TWO_NAMES = /^ (?:\p{Lu}|d[aeo][ls]? )/u;
const joinsTwo = (text: string, at: number, to: number): boolean => to === at + 2 && (text[at] === 'e' || text[at] === 'y');

/** al-Rashidi, ash-Shami */
const ARTICLE = /^(?:a[ldnrst]|el|ash)-\p{Lu}/u;
const ARTICLE_BEFORE = /(?<![\p{L}\d-])(?:(?:a[ldnrst]|el|ash)-|[dl]['’])$/u;
/** Where the article before a name begins; `start` where there is none. */
export const articleStart = (text: string, start: number): number =>
  start - (ARTICLE_BEFORE.exec(text.slice(Math.max(0, start - 5), start))?.[0].length ?? 0);

export const lowerEnd = (text: string, at: number): number => {
  let end = at;
  while (end < at + 6 && (classAt(text, end) & (LOWER | OTHER_LETTER)) !== 0) end++;
  return end;
};

export function isCapitals(text: string, start: number, end: number): boolean {
  if (classAt(text, start + 1) === LOWER) return false;
  const word = text.slice(start, end);
  return word === word.toUpperCase();
}
