// The second gate: the server's one caller of redact(). Routes, the command line, the leak test and the dry run go through here.
import { AncillaError } from '@ancilla/contracts/errors';
import { RedactionError, redactor, type JsonValue, type Policy, type Receipt, type Span, type TokenKey } from '@ancilla/redaction';

export interface Gate {
  /** @throws {AncillaError} `redaction.failed` or `redaction.refused`; then nothing of the value may be kept or sent on */
  clean(value: unknown): { readonly value: JsonValue; readonly receipt: Receipt };
  /** A text, with the stretches that were redacted in offsets of the input. */
  text(text: string): { readonly text: string; readonly spans: readonly Span[] };
}

/**
 * One tenant's gate under one policy.
 * @throws {AncillaError} when there is no usable policy, or it asks for tokens and there is no key
 */
export function openGate(of: { readonly policy: Policy; readonly tokenKey: TokenKey | undefined }): Gate {
  const { redact } = guarded(() => redactor(of));
  return {
    clean(value) {
      const { value: clean, receipt } = guarded(() => redact(value));
      return { value: clean, receipt };
    },
    text(text) {
      const { value: clean, spans } = guarded(() => redact(text));
      if (typeof clean !== 'string') throw new AncillaError('redaction.failed', 'a text became something else');
      return { text: clean, spans };
    },
  };
}

/** The engine's refusals under the server's error codes; anything else it throws is a failure too, and never carries the input. */
function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof RedactionError) throw new AncillaError(error.code, error.message, { cause: error });
    throw new AncillaError('redaction.failed', 'redaction failed for a reason of its own');
  }
}
