// Runs in browsers too.
import { toBase64 } from '#platform';
import { fromBase64, fromDecimal } from './encoding.ts';
import { EvidenceError } from './errors.ts';
import { HASH_BYTES } from './merkle.ts';
import { isKeyName, type NoteSigner, type VerifierKey } from './note-keys.ts';
import { openNote, signNote } from './note.ts';

/** What a log's key signs: this log had this size and root. */
export interface Checkpoint {
  /** Name of the log, a URL without scheme. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * A checkpoint as the body of a note.
 * @throws {RangeError} for an origin, size or root that cannot be one
 * @see https://c2sp.org/tlog-checkpoint
 */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  if (!isKeyName(origin)) throw new RangeError('an origin has no spaces and no plus sign');
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`a checkpoint of size ${size}`);
  if (root.length !== HASH_BYTES) throw new RangeError(`a root of ${root.length} bytes`);
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Reads the body of a checkpoint note; extension lines are allowed and passed over. @throws {EvidenceError} `checkpoint.malformed` */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  const [origin = '', sizeLine = '', rootLine = ''] = lines;
  const size = fromDecimal(sizeLine);
  const root = fromBase64(rootLine);
  if (lines.pop() !== '' || lines.length < 3 || lines.includes('')) throw malformed('it has lines origin, size, root, none empty');
  if (!isKeyName(origin)) throw malformed('the origin has spaces or a plus sign');
  if (size === undefined) throw malformed('the size is not a plain decimal number');
  if (root?.length !== HASH_BYTES) throw malformed('the root is not base64 of 32 bytes');
  return { origin, size, root };
}

/** The signed checkpoint: the bytes to store, serve and never change. */
export const signCheckpoint = (checkpoint: Checkpoint, signers: readonly NoteSigner[]): string =>
  signNote(formatCheckpoint(checkpoint), signers);

/**
 * Opens a checkpoint signed by its own log: by a known key whose name is the origin. A key of one log thus never vouches for another.
 * @throws {EvidenceError} `note.*`, `checkpoint.malformed` or `checkpoint.foreign_key`
 */
export function openCheckpoint(note: Uint8Array | string, keys: readonly VerifierKey[]): Checkpoint {
  const { text, signedBy } = openNote(note, keys);
  const checkpoint = parseCheckpoint(text);
  if (!signedBy.some(({ name }) => name === checkpoint.origin))
    throw new EvidenceError(
      'checkpoint.foreign_key',
      `the checkpoint of ${checkpoint.origin} is signed by ${signedBy.map(({ name }) => name).join(', ')} only`,
    );
  return checkpoint;
}

const malformed = (message: string) => new EvidenceError('checkpoint.malformed', `not a checkpoint: ${message}`);
