// Runs in browsers too.

/** What a refusal is about; the codes are those of Ancilla's error catalogue. */
export type RedactionErrorCode = 'redaction.failed' | 'redaction.refused' | 'redaction.policy';

/** The one error of this package: redaction did not happen and nothing was returned. Its message never quotes the input. */
export class RedactionError extends Error {
  override readonly name = 'RedactionError';
  readonly code: RedactionErrorCode;
  constructor(code: RedactionErrorCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
  }
}
