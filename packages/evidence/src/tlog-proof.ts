// Runs in browsers too.
import { toBase64 } from '#platform';
import { openCheckpoint, type Checkpoint } from './checkpoint.ts';
import { fromBase64, fromDecimal } from './encoding.ts';
import { EvidenceError } from './errors.ts';
import { HASH_BYTES } from './merkle.ts';
import type { VerifierKey } from './note-keys.ts';
import { verifyInclusion } from './proofs.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';
const MAX_HASHES = 63;

/** A proof that fits in a file: where the leaf is, the hashes up to the root, and who signed that root. */
export interface TlogProof {
  readonly index: number;
  /** From the leaf to the root. */
  readonly hashes: readonly Uint8Array[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
  /** Bytes of the log's own that nothing here vouches for. */
  readonly extra?: Uint8Array;
}

/** The proof as a `.tlog-proof` file. @see https://c2sp.org/tlog-proof */
export function formatTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [HEADER, ...(extra === undefined ? [] : [`extra ${toBase64(extra)}`]), `index ${index}`, ...hashes.map(toBase64)];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** Reads a `.tlog-proof` file. @throws {EvidenceError} `proof.malformed` */
export function parseTlogProof(text: string): TlogProof {
  const split = text.indexOf('\n\n');
  const [header, ...lines] = text.slice(0, Math.max(split, 0)).split('\n');
  if (header !== HEADER) throw malformed(`the first line is not ${HEADER}, or no blank line follows`);
  const extraLine = lines[0]?.startsWith('extra ') ? lines.shift() : undefined;
  const extra = extraLine === undefined ? undefined : fromBase64(extraLine.slice('extra '.length));
  if (extraLine !== undefined && extra === undefined) throw malformed('extra is not base64');
  const indexLine = lines.shift();
  const index = indexLine?.startsWith('index ') ? fromDecimal(indexLine.slice('index '.length)) : undefined;
  if (index === undefined) throw malformed('no line "index <number>"');
  if (lines.length > MAX_HASHES) throw malformed(`more than ${MAX_HASHES} hashes`);
  const hashes = lines.map((line, i) => {
    const hash = fromBase64(line);
    if (hash?.length !== HASH_BYTES) throw malformed(`hash ${i + 1} is not base64 of 32 bytes`);
    return hash;
  });
  return { index, hashes, checkpoint: text.slice(split + 2), ...(extra && { extra }) };
}

/**
 * Accepts a proof file for a leaf.
 * @param leaf - leaf hash of the entry
 * @returns where the entry is and under which checkpoint
 * @throws {EvidenceError} whatever is wrong with file, signature or proof
 */
export function verifyTlogProof(
  text: string,
  leaf: Uint8Array,
  keys: readonly VerifierKey[],
): { readonly index: number; readonly checkpoint: Checkpoint } {
  const { index, hashes, checkpoint: note } = parseTlogProof(text);
  const checkpoint = openCheckpoint(note, keys);
  verifyInclusion({ index, leaf, hashes, size: checkpoint.size, root: checkpoint.root });
  return { index, checkpoint };
}

const malformed = (message: string) => new EvidenceError('proof.malformed', `not a tlog-proof: ${message}`);
