import type { Saga, Step, Wait } from '@ancilla/contracts';
import { canonicalJson, sha256Hex } from '@ancilla/evidence';
import type { TObject } from 'typebox';

export type AnyStep = Step<Record<string, unknown>> | Wait;
/** A saga as the engine sees it: its memo is a record, checked by its schema when it is read back. */
export interface AnySaga {
  readonly name: string;
  readonly memo: TObject;
  readonly steps: readonly AnyStep[];
}

/** The engine hands a step the memo that the saga's own schema accepted: the type the step declared. */
export const toAnySaga = (saga: Saga): AnySaga => saga;

export const isWait = (step: AnyStep): step is Wait => 'signal' in step;

/** Names, order and policies of a saga: what must not have changed when one is resumed. */
export const definitionHash = ({ name, steps }: AnySaga): string =>
  sha256Hex(
    canonicalJson({
      name,
      steps: steps.map((step) =>
        isWait(step)
          ? { name: step.name, signal: step.signal }
          : { name: step.name, unknown: step.unknown.on, compensate: step.compensate?.ref ?? null },
      ),
    }),
  );
