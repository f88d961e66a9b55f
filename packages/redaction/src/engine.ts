// Runs in browsers too. The pass over a text: every character once, each detector at its anchors only.
import { ANCHOR, classAt, DIGIT, LETTER, UPPER, WORD } from './characters.ts';
import { decodeRun } from './decode.ts';
import { confidence, type Anchor, type Detector, type Found } from './detector.ts';
import { Scan } from './scan.ts';

/** Goes into receipts: another number may find other things. */
export const ENGINE_VERSION = '0.1.0';

type Group = readonly Detector[];
/** Detectors by anchor and by length of the run, so that the pass calls only those that may find something. */
export interface Engine {
  readonly runs: Readonly<Record<'number' | 'word' | 'capital' | 'mixed', readonly Group[]>>;
  readonly characters: Readonly<Record<'@' | ':' | '=' | '-', Group>>;
  readonly last: Group;
}

/** Longer runs are all alike. */
const LONGEST_COUNTED = 128;

export function toEngine(detectors: readonly Detector[]): Engine {
  const at = (anchor: Anchor, length = 1): Group =>
    detectors.filter(({ anchors, lengths }) => {
      const [least, most] = lengths?.[anchor] ?? [1, Infinity];
      return anchors.includes(anchor) && length >= least && (length <= most || (length === LONGEST_COUNTED && most > length));
    });
  const byLength = (...anchors: readonly Anchor[]): readonly Group[] =>
    Array.from({ length: LONGEST_COUNTED + 1 }, (_, length) => anchors.flatMap((anchor) => at(anchor, length)));
  return {
    runs: { number: byLength('number'), word: byLength('word'), capital: byLength('word', 'capital'), mixed: byLength('mixed') },
    characters: { '@': at('@'), ':': at(':'), '=': at('='), '-': at('-') },
    last: detectors.filter(({ finish }) => finish !== undefined),
  };
}

/**
 * Everything the detectors find in a text, overlaps and all.
 * @param floor - where the value begins: what stands before is context
 */
export function detect(engine: Engine, text: string, floor: number, regions: readonly string[], depth = 0): Scan {
  const scan = new Scan(text, floor, regions);
  let encodedSeen = 0;
  for (let at = floor; at < text.length;) {
    const kind = classAt(text, at);
    if ((kind & WORD) !== 0) {
      let kinds = 0;
      let end = at;
      for (let each = kind; (each & WORD) !== 0; each = classAt(text, ++end)) kinds |= each;
      const { runs } = engine;
      const groups =
        (kinds & DIGIT) === 0 ? ((kind & UPPER) === 0 ? runs.word : runs.capital) : (kinds & LETTER) === 0 ? runs.number : runs.mixed;
      for (const detector of groups[Math.min(end - at, LONGEST_COUNTED)] ?? []) detector.look(scan, at, end);
      if (end - at >= SHORTEST_ENCODED && at >= encodedSeen && depth < DEEPEST_ENCODING) encodedSeen = lookInside(engine, scan, at, depth);
      at = end;
    } else {
      if ((kind & ANCHOR) !== 0) {
        const code = text.charCodeAt(at);
        const { characters } = engine;
        const group = code === 0x40 ? characters['@'] : code === 0x3a ? characters[':'] : code === 0x3d ? characters['='] : characters['-'];
        for (const detector of group) detector.look(scan, at, at + 1);
      }
      at++;
    }
  }
  for (const { finish } of engine.last) finish?.(scan);
  return scan;
}

const SHORTEST_ENCODED = 12;
const DEEPEST_ENCODING = 2;
const LONGEST_ENCODED = 1024 * 1024;

/** What base 64 or hex hides is found too, and the whole encoded run goes. Its end, so that it is decoded once. */
function lookInside(engine: Engine, scan: Scan, start: number, depth: number): number {
  const { end, text } = decodeRun(scan.text, start, LONGEST_ENCODED);
  if (text === undefined) return end;
  const [first] = detect(engine, text, 0, scan.regions, depth + 1).found.toSorted(
    (a, b) => b.confidence - a.confidence || a.start - b.start,
  );
  // A guess inside what only might be text would make many hashes names.
  if (first !== undefined && first.confidence > confidence.shape)
    scan.report({ start, end, type: first.type, rule: `encoded.${first.rule}`, confidence: first.confidence, validator: first.validator });
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
        if (other.start - from >= LEAST_REST) chosen.push(part(each, from, other.start));
        from = Math.max(from, other.end);
      }
      if (each.end - from >= LEAST_REST) chosen.push(part(each, from, each.end));
    }
  }
  kept.push(...chosen.toSorted((a, b) => a.start - b.start));
}

const part = ({ canonical: _, ...found }: Found, start: number, end: number): Found => ({ ...found, start, end });
