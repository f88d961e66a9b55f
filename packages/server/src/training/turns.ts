import { setImmediate } from 'node:timers/promises';

/** Has whoever else the process serves come first. */
export const nextTurn = (): Promise<void> => setImmediate();

/** Long work in parts: it yields between them. */
export type InParts<T> = Generator<undefined, T, undefined>;

/** Does it without a break. */
export function atOnce<T>(work: InParts<T>): T {
  for (;;) {
    const part = work.next();
    if (part.done === true) return part.value;
  }
}

/** Does it part by part: whoever else the process serves has their turn in between. */
export async function inTurns<T>(work: InParts<T>): Promise<T> {
  for (;;) {
    const part = work.next();
    if (part.done === true) return part.value;
    await nextTurn();
  }
}
