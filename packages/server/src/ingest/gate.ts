// The second gate: the server's one caller of redact(). Routes, the command line, the leak test and the dry run go through here.
import { AncillaError } from '@ancilla/contracts/errors';
import type { Io } from '@ancilla/contracts';
import { RedactionError, redactor, type Policy, type Redacted, type Span, type TokenKey } from '@ancilla/redaction';
import type { RedactedValue } from './redaction-thread.ts';
import { sizeOf, type RedactionThreads } from './redaction-threads.ts';

export interface Gate {
  /**
   * Any JSON value; where the gate has threads, all but short ones are read there.
   * @throws {AncillaError} `redaction.failed` or `redaction.refused`; then nothing of the value may be kept or sent on
   */
  clean(value: unknown, io: Io): Promise<RedactedValue>;
  /** A short text, at once, with the stretches that were redacted in offsets of the input. */
  text(text: string): { readonly text: string; readonly spans: readonly Span[] };
  /** A text of any length, one of many: read in a thread where the gate has some. @throws as {@link clean} */
  take(text: string, io: Io): Promise<Taken>;
}

/** What is left of a text, what was taken out of it, and of which types that is. */
export interface Taken {
  readonly text: string;
  readonly removed: readonly string[];
  readonly types: readonly string[];
}

export interface GateParts {
  readonly policy: Policy;
  readonly tokenKey: TokenKey | undefined;
  readonly threads?: RedactionThreads | undefined;
}

/** Reading this much takes no longer than handing it to a thread. */
const SHORT = 1024;
let opened = 0;

/**
 * One tenant's gate under one policy.
 * @throws {AncillaError} when there is no usable policy, or it asks for tokens and there is no key
 */
export function openGate({ policy, tokenKey, threads }: GateParts): Gate {
  const redact = redactorOf({ policy, tokenKey });
  const recipe = { id: opened++, policy, tokenKey };
  return {
    async clean(value, io) {
      if (threads !== undefined && sizeOf(value, SHORT) >= SHORT) return await threads.redact(recipe, value, io);
      const { value: clean, receipt } = redact(value);
      return { value: clean, receipt };
    },
    text(text) {
      const { value: clean, spans } = redact(text);
      return { text: asText(clean), spans };
    },
    async take(text, io) {
      if (threads === undefined) {
        const { value: clean, spans } = redact(text);
        return { text: asText(clean), removed: stretches(text, spans), types: [...new Set(spans.map(({ type }) => type))] };
      }
      const { value, receipt, removed = [] } = await threads.take(recipe, text, io);
      return { text: asText(value), removed, types: Object.keys(receipt.counts) };
    },
  };
}

function asText(clean: unknown): string {
  if (typeof clean !== 'string') throw new AncillaError('redaction.failed', 'a text became something else');
  return clean;
}

/** What stood where something was found. */
export const stretches = (text: string, spans: readonly Span[]): readonly string[] => spans.map(({ start, end }) => text.slice(start, end));

export type Redact = (value: unknown) => Redacted;

/** Redaction under the server's error codes; what it throws never carries the input. @throws as {@link openGate} */
export function redactorOf(of: Pick<GateParts, 'policy' | 'tokenKey'>): Redact {
  const { redact } = guarded(() => redactor(of));
  return (value) => guarded(() => redact(value));
}

/** The engine's refusals under the server's error codes; anything else it throws is a failure too. */
function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof RedactionError) throw new AncillaError(error.code, error.message, { cause: error });
    throw new AncillaError('redaction.failed', 'redaction failed for a reason of its own');
  }
}
