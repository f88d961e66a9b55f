// Runs in browsers too.
import { toBase64, toHex } from '#platform';
import { openCheckpoint, type Checkpoint } from './checkpoint.ts';
import { fromDecimal, sameBytes } from './encoding.ts';
import { Findings, type Problem } from './findings.ts';
import { CHECKPOINTS, checkpointPath, type LogSource } from './log-files.ts';
import { LogWalk } from './log-walk.ts';
import { parseVerifierKey, type VerifierKey } from './note-keys.ts';

/** A log to verify, and what its verifier already knows of it. */
export interface LogToVerify extends LogSource {
  /** The log's public keys, from somewhere else than the log. */
  readonly vkeys: readonly string[];
  /** A signed checkpoint that left the server's reach: what makes the report worth more than the server's word. */
  readonly trustedCheckpoint?: Uint8Array | string;
}

/** What verifying a log found. */
export interface LogReport {
  /**
   * `anchored`: everything agrees, the trusted checkpoint too. `self-consistent, not anchored`: everything agrees, but nothing shows that the server did not
   * write all of it anew. `refused`: see the problems.
   */
  readonly verdict: 'anchored' | 'self-consistent, not anchored' | 'refused';
  readonly origin?: string;
  /** Entries under the log's checkpoint. */
  readonly size: number;
  /** base64 */
  readonly root?: string;
  /** Entries the trusted checkpoint covers; those after it are as good as the log's own word. */
  readonly anchored_size: number;
  readonly earlier_checkpoints: number;
  /** Entries by collection. */
  readonly collections: Readonly<Record<string, number>>;
  readonly problems: readonly Problem[];
  /** Problems beyond the first hundred. */
  readonly problems_omitted: number;
}

/**
 * Verifies a log in C2SP tlog-tiles layout, with earlier checkpoints in `checkpoints/<size>`: recomputes every hash from the entries and compares it with the
 * hash tiles, each checkpoint's signed root, and the trusted checkpoint.
 * @throws {EvidenceError} `key.malformed` for a vkey that is none; whatever is wrong with the log is in the report
 */
export async function verifyLog(log: LogToVerify): Promise<LogReport> {
  const findings = new Findings();
  const keys = log.vkeys.map(parseVerifierKey);
  const trusted =
    log.trustedCheckpoint === undefined ? undefined : openMark('the trusted checkpoint', log.trustedCheckpoint, keys, findings);
  const current = openMark('checkpoint', await log.readFile('checkpoint'), keys, findings);
  const earlier = current === undefined ? new Set<number>() : await earlierSizes(log, findings);
  const walk = new LogWalk(log, current?.size ?? 0, findings);
  if (current !== undefined) {
    const kept = [current, ...(trusted ? [trusted] : [])];
    for (const size of [...new Set([...earlier, ...kept.map((mark) => mark.size)])].toSorted((a, b) => a - b)) {
      await walk.advanceTo(Math.min(size, current.size));
      // Earlier checkpoints are opened one at a time: a busy log has one for each second.
      const mark = earlier.has(size) ? await openEarlier(size, log, keys, findings) : undefined;
      for (const reached of [...(mark ? [mark] : []), ...kept.filter((held) => held.size === size)])
        compare(reached, current, walk, findings);
    }
  }
  const anchoredSize = findings.none ? (trusted?.size ?? 0) : 0;
  return {
    // A trusted checkpoint of the empty log vouches for nothing.
    verdict: findings.none ? (anchoredSize > 0 ? 'anchored' : 'self-consistent, not anchored') : 'refused',
    ...(current && { origin: current.origin, root: toBase64(current.root) }),
    size: current?.size ?? 0,
    anchored_size: anchoredSize,
    earlier_checkpoints: earlier.size,
    collections: Object.fromEntries(walk.collections),
    problems: findings.problems,
    problems_omitted: findings.omitted,
  };
}

/** A checkpoint that the log is held against, and what to call it. */
interface Mark extends Checkpoint {
  readonly where: string;
}

/** Holds the entries passed so far against a checkpoint of that size. */
function compare(mark: Mark, current: Mark, walk: LogWalk, findings: Findings): void {
  if (mark.origin !== current.origin)
    return findings.add('checkpoint.origin', `${mark.where}: it is of the log ${mark.origin}, this one is ${current.origin}`);
  if (mark.size > current.size)
    return findings.add(
      'log.rolled_back',
      `${mark.where}: signed for ${mark.size} entries, the log's own checkpoint for ${current.size}: the log was rolled back`,
    );
  if (walk.size < mark.size)
    return findings.add('log.cut', `${mark.where}: signed for ${mark.size} entries; of entry ${walk.size} neither entry nor hash is there`);
  const { ofEntries, ofTiles } = walk.roots();
  const entriesAgree = sameBytes(ofEntries, mark.root);
  const tilesAgree = sameBytes(ofTiles, mark.root);
  if (entriesAgree && tilesAgree) return;
  const culprit = entriesAgree
    ? 'the entries agree with it, the hash tiles were altered'
    : tilesAgree
      ? 'the hash tiles agree with it, the entries were altered'
      : 'neither entries nor hash tiles agree with it: history was rewritten';
  findings.add(
    'checkpoint.root',
    `${mark.where} (${mark.size} entries): signed root ${toHex(mark.root)}, log has ${toHex(ofEntries)}: ${culprit}`,
  );
}

function openMark(
  where: string,
  note: Uint8Array | string | undefined,
  keys: readonly VerifierKey[],
  findings: Findings,
): Mark | undefined {
  if (note === undefined) {
    findings.add('checkpoint.missing', `${where}: missing`);
    return undefined;
  }
  const checkpoint = findings.attempt(where, () => openCheckpoint(note, keys));
  return checkpoint && { ...checkpoint, where };
}

async function earlierSizes({ listFiles }: LogSource, findings: Findings): Promise<ReadonlySet<number>> {
  const sizes = (await listFiles(CHECKPOINTS)).flatMap((name) => {
    const size = fromDecimal(name);
    if (size === undefined) findings.add('checkpoint.misnamed', `${CHECKPOINTS}/${name}: the name is not a size`);
    return size ?? [];
  });
  return new Set(sizes);
}

async function openEarlier(
  size: number,
  { readFile }: LogSource,
  keys: readonly VerifierKey[],
  findings: Findings,
): Promise<Mark | undefined> {
  const where = checkpointPath(size);
  const mark = openMark(where, await readFile(where), keys, findings);
  if (mark === undefined || mark.size === size) return mark;
  findings.add('checkpoint.misnamed', `${where}: it is of ${mark.size} entries`);
  return undefined;
}
