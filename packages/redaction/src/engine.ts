// Runs in browsers too. The pass over a text: every character once, each detector at its anchors only.
import { ANCHOR, classAt, DIGIT, LETTER, WORD } from './characters.ts';
import { decodeRun } from './decode.ts';
import { confidence, type Anchor, type Detector, type Found } from './detector.ts';
import { Scan } from './scan.ts';

/** Goes into receipts: another number may find other things. */
export const ENGINE_VERSION = '0.1.0';

/** Detectors by anchor, so that the pass looks nothing up. */
export type Engine = Readonly<Record<Anchor | 'finish', readonly Detector[]>>;

export function toEngine(detectors: readonly Detector[]): Engine {
  const at = (anchor: Anchor) => detectors.filter(({ anchors }) => anchors.includes(anchor));
  return {
    number: at('number'),
    word: at('word'),
    mixed: at('mixed'),
    '@': at('@'),
    ':': at(':'),
    '=': at('='),
    '-': at('-'),
    finish: detectors.filter(({ finish }) => finish !== undefined),
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
      const group = (kinds & DIGIT) === 0 ? engine.word : (kinds & LETTER) === 0 ? engine.number : engine.mixed;
      for (const detector of group) detector.look(scan, at, end);
      if (end - at >= SHORTEST_ENCODED && at >= encodedSeen && depth < DEEPEST_ENCODING) encodedSeen = lookInside(engine, scan, at, depth);
      at = end;
    } else {
      if ((kind & ANCHOR) !== 0) {
        const code = text.charCodeAt(at);
        const group = code === 0x40 ? engine['@'] : code === 0x3a ? engine[':'] : code === 0x3d ? engine['='] : engine['-'];
        for (const detector of group) detector.look(scan, at, at + 1);
      }
      at++;
    }
  }
  for (const { finish } of engine.finish) finish?.(scan);
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
