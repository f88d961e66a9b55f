import type { Clock } from '@ancilla/contracts';

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];

/** One line about a request or an error: ids, templates and numbers, never a query, header or body. */
export type Log = (level: Exclude<LogLevel, 'silent'>, line: Readonly<Record<string, string | number | boolean | undefined>>) => void;

/** One JSON line an event. @param least - what is less than this is left out */
export const openLog =
  ({ least, clock, write }: { readonly least: LogLevel; readonly clock: Clock; readonly write: (text: string) => void }): Log =>
  (level, line) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    write(`${JSON.stringify({ t: new Date(clock.now()).toISOString(), level, ...line })}\n`);
  };

/** What may be logged of an error of unknown origin: its class, its code and where it was thrown. Its message may quote anything. */
export function describeError(error: unknown): { readonly name: string; readonly code: string; readonly frames: string } {
  if (!(error instanceof Error)) return { name: typeof error, code: '', frames: '' };
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim())
    .join(' | ');
  return { name: error.name, code: 'code' in error ? String(error.code) : '', frames };
}
