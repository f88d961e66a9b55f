// Runs in browsers too.
import { toBase64 } from '#platform';
import { concatBytes, fromBase64, fromUtf8, toUtf8 } from './encoding.ts';
import { EvidenceError } from './errors.ts';
import { isKeyName, verifySignature, type NoteSigner, type VerifierKey } from './note-keys.ts';

// The limits of Go's note package: a note beyond them would be refused there.
const MAX_NOTE_LENGTH = 1_000_000;
const MAX_SIGNATURES = 100;
const SIGNATURE_LINE = /^\u2014 (?<name>[^ ]+) (?<blob>[^ ]+)$/u;

/** A note of which at least one known key's signature holds. */
export interface OpenNote {
  /** What was signed, its final newline included. */
  readonly text: string;
  /** The known keys that signed it, each once. */
  readonly signedBy: readonly VerifierKey[];
}

/**
 * Signs a text as a C2SP signed note.
 * @param text - ends in a newline
 * @throws {RangeError} for a text a note cannot carry, or without a signer
 * @see https://c2sp.org/signed-note
 */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!isNoteText(text)) throw new RangeError('a note text ends in a newline and has no other control characters');
  if (signers.length === 0) throw new RangeError('a note needs a signer');
  const message = toUtf8(text);
  const lines = signers.map(({ name, keyId, sign }) => `\u2014 ${name} ${toBase64(concatBytes([keyId, sign(message)]))}\n`);
  return `${text}\n${lines.join('')}`;
}

/**
 * Opens a C2SP signed note. Signatures by unknown keys say nothing and are passed over; one by a known key that does not hold refuses the note.
 * @throws {EvidenceError} `note.malformed`, `note.bad_signature` or `note.no_known_key`
 */
export function openNote(note: Uint8Array | string, keys: readonly VerifierKey[]): OpenNote {
  const whole = typeof note === 'string' ? note : fromUtf8(note);
  if (whole === undefined || whole.length > MAX_NOTE_LENGTH) throw malformed('not UTF-8, or too long');
  // The last blank line, because the text itself may have some.
  const split = whole.lastIndexOf('\n\n');
  if (split < 0) throw malformed('no blank line before the signatures');
  const text = whole.slice(0, split + 1);
  if (!isNoteText(text)) throw malformed('the text has control characters or lone surrogates');
  const signatures = whole.slice(split + 2);
  if (!signatures.endsWith('\n')) throw malformed('the signatures do not end in a newline');
  const lines = signatures.slice(0, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw malformed(`more than ${MAX_SIGNATURES} signatures`);

  const message = toUtf8(text);
  const signedBy = new Set<VerifierKey>();
  for (const { name, keyId, signature } of lines.map(parseSignature)) {
    const key = keys.find((known) => known.name === name && known.keyId.every((byte, i) => byte === keyId[i]));
    if (key === undefined || signedBy.has(key)) continue;
    if (!verifySignature(key, message, signature)) throw new EvidenceError('note.bad_signature', `the signature by ${name} does not hold`);
    signedBy.add(key);
  }
  if (signedBy.size === 0) throw new EvidenceError('note.no_known_key', 'no known key signed this note');
  return { text, signedBy: [...signedBy] };
}

function parseSignature(line: string): { name: string; keyId: Uint8Array; signature: Uint8Array } {
  const { name, blob } = SIGNATURE_LINE.exec(line)?.groups ?? {};
  const bytes = blob === undefined ? undefined : fromBase64(blob);
  if (name === undefined || !isKeyName(name) || bytes === undefined || bytes.length < 5) throw malformed('a signature line out of form');
  return { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

// oxlint-disable-next-line no-control-regex -- control characters are what the format forbids
const isNoteText = (text: string) => text.endsWith('\n') && text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f]/.test(text);

const malformed = (message: string) => new EvidenceError('note.malformed', `not a signed note: ${message}`);
