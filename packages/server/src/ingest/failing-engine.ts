import { AncillaError } from '@ancilla/contracts';
import { openGate } from './gate.ts';

/** A redaction engine with a switch, for drills and tests: while it is down it fails as an engine that is not there does. */
export function failingEngine(): { readonly engine: typeof openGate; down: boolean } {
  const outage = {
    down: false,
    engine(of: Parameters<typeof openGate>[0]) {
      const gate = openGate(of);
      const whileUp =
        <A extends readonly unknown[], R>(run: (...args: A) => R) =>
        (...args: A): R => {
          if (outage.down) throw new AncillaError('redaction.failed', 'the redaction engine is switched off');
          return run(...args);
        };
      return { clean: whileUp(gate.clean), text: whileUp(gate.text), take: whileUp(gate.take) };
    },
  };
  return outage;
}
