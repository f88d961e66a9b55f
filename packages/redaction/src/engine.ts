// Runs in browsers too. The pass over a text: every character once, each detector at its anchors only.
import { ANCHOR, classes, DIGIT, EASTERN, LETTER, LOWER, OTHER_LETTER, runStart, UPPER, WORD } from './characters.ts';
import { decodeBytes, decodeRun, mayGoOn, SHORTEST_ENCODED } from './decode.ts';
import { confidence, type Anchor, type Detector, type Found } from './detector.ts';
import { hashStep } from './keywords.ts';
import { toView } from './normalise.ts';
import { Scan } from './scan.ts';

/** Goes into receipts: another number may find other things. */
export const ENGINE_VERSION = '0.10.0';

/** Which detectors look at a run, by what the pass knows of it already; a bit each. */
export interface Engine {
  /** What each detector does at its anchors, by themselves: loaded once a run, from one shape of object. */
  readonly looks: readonly Detector['look'][];
  /** By kind of run (see {@link kindOf}), then by length. */
  readonly byLength: readonly Int32Array[];
  /** By a word's first three characters, and by its last three. */
  readonly byHead: Threes;
  readonly byTail: Threes;
  /** By the character behind a run, below 128. */
  readonly byNext: Int32Array;
  /** By character, below 128. */
  readonly byCharacter: Int32Array;
  readonly last: readonly Detector[];
}

/** Detectors by three characters, and by the two outermost of them: nearly every word is told by those, in a table that stays in the nearest cache. */
interface Threes {
  readonly byTwo: Int32Array;
  readonly byThree: Int32Array;
}

/** Longer runs are all alike. */
const LONGEST_COUNTED = 128;
/** The bits of a number. */
const MOST_DETECTORS = 32;
const kinds = [['number'], ['word'], ['word', 'capital'], ['mixed']] as const satisfies readonly (readonly Anchor[])[];
const NUMBER = 0;
/** Five bits of a character, so that the case of Latin letters does not count; a digit is no letter. */
const signOf = (code: number): number => (code >= 0x30 && code <= 0x39 ? BEHIND_LETTERS | (code & 3) : code & 31);
const BEHIND_LETTERS = 28;
const pairOf = (one: number, other: number): number => (signOf(one) << 5) | signOf(other);
const slotOf = (first: number, second: number, third: number): number => (pairOf(first, second) << 5) | signOf(third);
const EVERY = Array.from({ length: 32 }, (_, bits) => bits);

export function toEngine(all: readonly Detector[]): Engine {
  const detectors = all.filter(({ anchors }) => anchors.length > 0);
  if (detectors.length > MOST_DETECTORS) throw new Error(`at most ${MOST_DETECTORS} detectors`);
  const where = (holds: (detector: Detector) => boolean): number =>
    detectors.reduce((bits, detector, index) => (holds(detector) ? bits | (1 << index) : bits), 0);
  /** Of two declared characters any may be the third: behind a beginning, before an ending. */
  const threes = (declared: (detector: Detector) => readonly string[] | undefined, fromEnd: boolean): Threes => {
    const undeclared = where((detector) => declared(detector) === undefined);
    const byTwo = new Int32Array(1 << 10).fill(undeclared);
    const byThree = new Int32Array(1 << 15).fill(undeclared);
    for (const [index, detector] of detectors.entries())
      for (const each of declared(detector) ?? [])
        for (const form of [each, each.toUpperCase()]) {
          const bit = 1 << index;
          const two = fromEnd ? form.length - 2 : 0;
          const [one, other] = [form.charCodeAt(two), form.charCodeAt(two + 1)];
          const pair = pairOf(one, other);
          byTwo[pair] = (byTwo[pair] ?? 0) | bit;
          for (const third of form.length > 2 ? [form.charCodeAt(fromEnd ? 0 : 2)] : EVERY) {
            const slot = fromEnd ? slotOf(third, one, other) : slotOf(one, other, third);
            byThree[slot] = (byThree[slot] ?? 0) | bit;
          }
        }
    return { byTwo, byThree };
  };
  return {
    looks: detectors.map(({ look }) => look),
    byLength: kinds.map((anchors) =>
      Int32Array.from({ length: LONGEST_COUNTED + 1 }, (_, length) =>
        where(({ anchors: own, lengths }) =>
          anchors.some((anchor) => {
            const [least, most] = lengths?.[anchor] ?? [1, Infinity];
            return own.includes(anchor) && length >= least && (length <= most || (length === LONGEST_COUNTED && most > length));
          }),
        ),
      ),
    ),
    byHead: threes(({ heads }) => heads, false),
    byTail: threes(({ tails }) => tails, true),
    byNext: Int32Array.from({ length: 128 }, (_, code) =>
      where(({ next }) => next === undefined || next.includes(String.fromCharCode(code))),
    ),
    byCharacter: Int32Array.from({ length: 128 }, (_, code) =>
      where(({ anchors }) => anchors.some((each) => each === String.fromCharCode(code))),
    ),
    last: all.filter(({ finish }) => finish !== undefined),
  };
}

/** What is read of a text. */
export interface Reading {
  readonly text: string;
  /** Where the value begins: what stands before is context. */
  readonly floor: number;
  /** Regions for phone numbers without a country code. */
  readonly regions: readonly string[];
  /** Pairs of offsets in order: detectors look only between them. All of the text where nothing is said. */
  readonly only?: readonly number[] | undefined;
  /** Where ids and accounts' numbers end that were redacted before: their words have their numbers. */
  readonly given?: readonly number[] | undefined;
}

/** Everything the detectors find in a text, overlaps and all. */
export function detect(engine: Engine, { text, floor, regions, only, given }: Reading, depth = 0): Scan {
  const scan = new Scan(text, floor, regions, given);
  const { words } = scan;
  const { looks, byLength, byHead, byTail, byNext, byCharacter } = engine;
  const { length } = text;
  words.addAll(text, 0, floor);
  let encodedSeen = 0;
  let part = 0;
  let from = only === undefined ? 0 : (only[0] ?? length);
  let to = only === undefined ? length : (only[1] ?? length);
  for (let at = only === undefined ? floor : wayTo(text, floor, from); at < length;) {
    let code = text.charCodeAt(at);
    const first = classes[code] ?? 0;
    if ((first & (WORD | ANCHOR)) === 0) {
      at++;
      continue;
    }
    if (at >= to) {
      while (at >= to && to < length) {
        part += 2;
        from = only?.[part] ?? length;
        to = only?.[part + 1] ?? length;
      }
      const next = wayTo(text, at, from);
      if (next > at) {
        at = next;
        continue;
      }
    }
    let asked = 0;
    let end = at + 1;
    if ((first & WORD) !== 0) {
      const opening = code;
      let next = code;
      let later = 0;
      let hash = hashStep(0, code);
      for (; end < length; end++) {
        next = text.charCodeAt(end);
        const kind = classes[next] ?? 0;
        if ((kind & WORD) === 0) break;
        later |= kind;
        hash = hashStep(hash, next);
        code = next;
      }
      const all = first | later;
      if ((all & EASTERN) !== 0) scan.eastern = true;
      const long = end - at;
      const counted = long < LONGEST_COUNTED ? long : LONGEST_COUNTED;
      if ((all & LETTER) === 0) asked = byLength[NUMBER]?.[counted] ?? 0;
      else {
        const kind = (all & DIGIT) !== 0 ? MIXED : (all & UPPER) === 0 ? LOWER_WORD : CAPITAL_WORD;
        // A capital inside begins another word; letters next to digits are none.
        if ((later & UPPER) !== 0 && (all & LOWER_ANY) !== 0) {
          if (long <= LONGEST_IDENTIFIER) words.addAll(text, at, end);
        } else if (kind !== MIXED) words.add(at, end, hash);
        const second = text.charCodeAt(at + 1);
        const beforeLast = text.charCodeAt(end - 2);
        asked =
          (byLength[kind]?.[counted] ?? 0) & (byHead.byTwo[pairOf(opening, second)] ?? 0) & (byTail.byTwo[pairOf(beforeLast, code)] ?? 0);
        if (asked !== 0)
          asked &=
            (byHead.byThree[slotOf(opening, second, text.charCodeAt(at + 2))] ?? 0) &
            (byTail.byThree[slotOf(text.charCodeAt(end - 3), beforeLast, code)] ?? 0);
      }
      if (end < length && next < 128) asked &= byNext[next] ?? 0;
      if (end <= from) asked = 0;
      else if (depth < DEEPEST_ENCODING && at >= encodedSeen) {
        if (long >= SHORTEST_ENCODED) encodedSeen = lookInside(engine, scan, at, depth, decodeRun);
        // Bytes one by one, as a dump or a list has them.
        else if (long < 5 && (all & DIGIT) !== 0 && BETWEEN_BYTES.includes(next) && mayGoOn(text, end))
          encodedSeen = lookInside(engine, scan, at, depth, decodeBytes);
      }
    } else if (at >= from) asked = byCharacter[code] ?? 0;
    if (asked !== 0) scan.at = at;
    for (; asked !== 0; asked &= asked - 1) looks[31 - Math.clz32(asked & -asked)]?.(scan, at, end);
    at = end;
  }
  for (const { finish } of engine.last) finish?.(scan);
  return scan;
}
/** How far before a run words may be asked for by who looks at it. */
const BEHIND = 256;
/** From where to read to have all words that stand before what is looked at next, at `from` or in the run that holds it; where the reading is, if it is there already. */
function wayTo(text: string, at: number, from: number): number {
  if (from >= text.length) return text.length;
  const first = runStart(text, from, WORD, from - at);
  return first - BEHIND <= at ? at : runStart(text, first - BEHIND, WORD, first - BEHIND - at);
}
const LOWER_WORD = 1;
const CAPITAL_WORD = 2;
const MIXED = 3;
const LOWER_ANY = LOWER | OTHER_LETTER;
/** Longer runs with capitals inside are codes, not names. */
const LONGEST_IDENTIFIER = 60;

/** What begins the rule of a find in an encoded run. */
export const ENCODED = 'encoded.';
const DEEPEST_ENCODING = 2;
const LONGEST_ENCODED = 1024 * 1024;
const LEAD = 40;
/** A space, a comma, a dash, a colon. */
const BETWEEN_BYTES = [0x20, 0x2c, 0x2d, 0x3a];

/** What base 64 or hex hides is found too, and the whole encoded run goes. Its end, so that it is decoded once. */
function lookInside(engine: Engine, scan: Scan, start: number, depth: number, decode: typeof decodeRun): number {
  const { end, text } = decode(scan.text, start, LONGEST_ENCODED);
  if (text === undefined) return end;
  // What stands before the run says what it holds as it would of a value that is not encoded.
  const lead = scan.text.slice(Math.max(0, start - LEAD), start);
  const [first] = detect(engine, { text: lead + toView(text).text, floor: lead.length, regions: scan.regions }, depth + 1).found.toSorted(
    (a, b) => b.confidence - a.confidence || a.start - b.start,
  );
  // A guess inside what only might be text would make many hashes names.
  if (first !== undefined && first.confidence >= confidence.shape)
    scan.report({
      start,
      end,
      type: first.type,
      rule: `${ENCODED}${first.rule}`,
      confidence: first.confidence,
      validator: first.validator,
    });
  return end;
}

/**
 * One owner for each character. The surer find keeps its whole stretch; what a less sure one has besides is still covered,
 * under its own type, so that settling an overlap never uncovers anything.
 */
export function settle(found: readonly Found[]): readonly Found[] {
  if (found.length < 2) return found;
  const inOrder = found.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const kept: Found[] = [];
  // Only finds that touch one another are compared, so that a long text costs no more than its parts.
  let group: Found[] = [];
  let end = -1;
  for (const each of inOrder) {
    if (each.start >= end) {
      keep(kept, group);
      group = [];
    }
    group.push(each);
    end = Math.max(end, each.end);
  }
  keep(kept, group);
  return kept;
}

/** More than this many finds in one heap are an attack or a table of nothing else: one span over all of it. */
const MOST_IN_GROUP = 64;
/** A shorter rest is a bracket or a comma. */
const LEAST_REST = 3;

function keep(kept: Found[], group: readonly Found[]): void {
  const [first] = group;
  if (first === undefined) return;
  if (group.length === 1) {
    kept.push(first);
    return;
  }
  const surest = group.toSorted(
    (a, b) => b.confidence - a.confidence || b.end - b.start - (a.end - a.start) || a.start - b.start || (a.rule < b.rule ? -1 : 1),
  );
  const [best = first] = surest;
  if (group.length > MOST_IN_GROUP) {
    kept.push(
      part(
        best,
        first.start,
        group.reduce((end, each) => Math.max(end, each.end), 0),
      ),
    );
    return;
  }
  const chosen: Found[] = [];
  for (const each of surest) {
    const over = chosen.filter((other) => other.start < each.end && each.start < other.end).toSorted((a, b) => a.start - b.start);
    if (over.length === 0) chosen.push(each);
    else {
      let from = each.start;
      for (const other of over) {
        if (other.start - from >= LEAST_REST) add(chosen, each, from, other.start, other);
        from = Math.max(from, other.end);
      }
      if (each.end - from >= LEAST_REST) add(chosen, each, from, each.end, over.at(-1));
    }
  }
  kept.push(...chosen.toSorted((a, b) => a.start - b.start));
}

/** A rest of the same type as the find it touches makes that one longer. */
function add(chosen: Found[], found: Found, start: number, end: number, beside: Found | undefined): void {
  // What was redacted before stays as it is.
  const touched = beside?.type !== found.type || beside.confidence === confidence.kept ? -1 : chosen.indexOf(beside);
  if (beside === undefined || touched < 0) chosen.push(part(found, start, end));
  else chosen[touched] = { ...beside, start: Math.min(beside.start, start), end: Math.max(beside.end, end) };
}

const part = ({ canonical: _, ...found }: Found, start: number, end: number): Found => ({ ...found, start, end });
