// Runs in browsers too.

/** What was wrong with a piece of evidence. `malformed`: it cannot be read; `mismatch`: it can, and does not prove what it should. */
export type EvidenceErrorCode =
  | 'json.malformed'
  | 'entry.malformed'
  | 'note.malformed'
  | 'note.bad_signature'
  | 'note.no_known_key'
  | 'key.malformed'
  | 'checkpoint.malformed'
  | 'checkpoint.foreign_key'
  | 'tile.malformed'
  | 'proof.malformed'
  | 'proof.mismatch';

/** Evidence was refused. Callers switch on `code`; `message` says where and what was expected, for people. */
export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
  readonly code: EvidenceErrorCode;
  constructor(code: EvidenceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
