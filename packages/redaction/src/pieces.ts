// Runs in browsers too. What is put in the place of what, kept apart from how it was found.
import type { Action } from './policy.ts';

/** A stretch that was redacted, in UTF-16 offsets of the input text, with what decided; never the value. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly type: string;
  readonly action: Action;
  readonly rule: string;
  readonly confidence: number;
  readonly validator?: string | undefined;
  readonly context?: string | undefined;
}

/** A span and what stands there now. */
export interface Piece extends Span {
  readonly as: string;
}

/** The rule of a piece that only escapes what looks like a token. */
export const IMITATION = 'imitation';

/** Pieces in the offsets of the text that others already replaced, added to those in the original's offsets. */
export function merge(done: readonly Piece[], pieces: readonly Piece[]): readonly Piece[] {
  if (done.length === 0) return pieces;
  // Both lists are in order, so one walk over each is enough.
  let next = 0;
  let shift = 0;
  const toBefore = (at: number): number => {
    for (let piece = done[next]; piece !== undefined && piece.start + shift + piece.as.length <= at; piece = done[next]) {
      shift += piece.as.length - (piece.end - piece.start);
      next++;
    }
    return at - shift;
  };
  const moved = pieces.map((piece) => ({ ...piece, start: toBefore(piece.start), end: toBefore(piece.end) }));
  // A find that swallows a dropped value or an escaped imitation takes it along.
  let near = 0;
  const left = done.filter(({ start, end }) => {
    while (near < moved.length && (moved[near]?.end ?? end) < end) near++;
    const over = moved[near];
    return over === undefined || over.start > start;
  });
  return [...left, ...moved].toSorted((x, y) => x.start - y.start);
}

/** How far from a piece its being replaced can make something else readable: a run of names before it, what was glued to its end. */
const BEFORE = 48;
const AFTER = 48;
/** How far behind a piece a word may stand that is judged by the words before it. */
const CONTEXT = 128;
/** How far behind a word that announces a line a piece may stand that changes what the line says. */
const LINE = 400;

/**
 * Where to look again once pieces are put in, in offsets of the text they are in: around each piece, and wherever a judgement rested on
 * words that a piece may have moved.
 * @param judged - where such judgements were made, in offsets of the text before
 * @param announced - where words stand that announce what their line says
 * @param stretch - how many characters are written for one that is read, at most: distances are of what is read
 */
export function toLookAgain(
  pieces: readonly Piece[],
  judged: readonly number[],
  announced: readonly number[],
  stretch: number,
): readonly number[] {
  const parts: number[] = [];
  // What begins before the last part's beginning may reach into several.
  const add = (from: number, to: number): void => {
    for (let end = parts.at(-1); end !== undefined && from <= end; end = parts.at(-1)) {
      parts.pop();
      from = Math.min(from, parts.pop() ?? from);
      to = Math.max(to, end);
    }
    parts.push(from, to);
  };
  const inOrder = judged.toSorted((a, b) => a - b);
  const lines = announced.toSorted((a, b) => a - b);
  let next = 0;
  let line = 0;
  let shift = 0;
  let behind = 0;
  for (const piece of [...pieces, undefined]) {
    const until = piece?.start ?? Infinity;
    for (; next < inOrder.length && (inOrder[next] ?? 0) < until; next++) {
      const at = inOrder[next] ?? 0;
      if (at >= behind && at < behind + CONTEXT * stretch && behind > 0) add(at + shift, at + shift + 1);
    }
    if (piece === undefined) break;
    while (next < inOrder.length && (inOrder[next] ?? 0) < piece.end) next++;
    const start = piece.start + shift;
    while ((lines[line] ?? Infinity) < Math.max(behind, piece.start - LINE * stretch)) line++;
    for (let i = line; (lines[i] ?? Infinity) < piece.start; i++) add((lines[i] ?? 0) + shift, (lines[i] ?? 0) + shift + 1);
    add(Math.max(0, start - BEFORE * stretch), start);
    add(start + piece.as.length, start + piece.as.length + AFTER * stretch);
    shift += piece.as.length - (piece.end - piece.start);
    behind = piece.end;
  }
  return parts;
}

/** The text with its pieces put in. */
export function replaced(value: string, pieces: readonly Pick<Piece, 'start' | 'end' | 'as'>[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end, as } of pieces) {
    parts.push(value.slice(from, start), as);
    from = end;
  }
  parts.push(value.slice(from));
  // Joined, not added: a text in one piece is read far faster than a tree of them.
  return parts.join('');
}

/** An imitation inside something that is redacted anyway goes with it. */
export function withoutOverlap(pieces: readonly Piece[]): readonly Piece[] {
  const sorted = pieces.toSorted((a, b) => a.start - b.start || (a.rule === IMITATION ? 1 : 0) - (b.rule === IMITATION ? 1 : 0));
  const kept: Piece[] = [];
  for (const piece of sorted) {
    const last = kept.at(-1);
    if (last === undefined || last.end <= piece.start) kept.push(piece);
    else if (last.rule === IMITATION)
      kept[kept.length - 1] = piece.end >= last.end ? { ...piece, start: last.start } : { ...piece, start: last.start, end: last.end };
    else if (piece.end > last.end) kept[kept.length - 1] = { ...last, end: piece.end };
  }
  return kept;
}
