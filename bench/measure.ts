/** The middle value. */
export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** How many of `n` things a second `run` does. */
export async function rate(n: number, run: () => Promise<unknown> | void): Promise<number> {
  const start = performance.now();
  await run();
  return n / ((performance.now() - start) / 1000);
}

/** Works through all, `count` at a time. */
export async function lanes<T>(count: number, all: readonly T[], run: (each: T) => Promise<unknown>): Promise<void> {
  const rest = all.values();
  await Promise.all(
    Array.from({ length: count }, async () => {
      for (const each of rest) await run(each);
    }),
  );
}
