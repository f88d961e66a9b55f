// Runs in browsers too: what the test beside it has both sides do.
import { RedactionError, redactor, tenantDefaultPolicy, type Action } from '../src/index.ts';

const policy = {
  ...tenantDefaultPolicy,
  entities: {},
  locales: ['US', 'GB', 'DE', 'FR', 'ES'],
  deny: ['Falcon'],
  patterns: [{ type: 'TICKET', pattern: 'T-[0-9]+' }],
};
// Browsers have no token key; with one for tests the tokens are compared too.
const tokenKey = { version: 1, bytes: Uint8Array.from({ length: 32 }, (_, at) => at) };

/**
 * Redacts each value under each action, the second time by memory.
 * @param values - JSON, whose escapes bring lone surrogates through where a text would not
 * @returns for each value JSON of what became of it, spans and receipts included
 */
export function redactAll(values: string): readonly string[] {
  const actions: readonly Action[] = ['mask', 'drop', 'token'];
  const redactors = actions.map((action) => redactor({ policy: { ...policy, default_action: action }, tokenKey }));
  const outcome = (run: () => unknown): unknown => {
    try {
      return run();
    } catch (error) {
      if (error instanceof RedactionError) return { code: error.code, message: error.message };
      throw error;
    }
  };
  const all: readonly unknown[] = JSON.parse(values);
  return all.map((value) => JSON.stringify(redactors.map(({ redact }) => [1, 2].map(() => outcome(() => redact(value))))));
}
