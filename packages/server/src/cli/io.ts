import type { RedactIo } from './redact.ts';

/** What a command talks to: given, so that it can be tested without a process. */
export interface CommandIo extends RedactIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves when the process is asked to stop. */
  readonly stopped: Promise<void>;
}

/** What was typed is wrong: told in one line with how to do it right, exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The server refused: its own words and its mend. */
export class UsageProblem extends Error {
  override readonly name = 'UsageProblem';
}

/** `--name value` and `--flag` out of arguments; the rest in order. @throws {UsageError} for a name that is not among these */
export function parseOptions<const V extends readonly string[], const F extends readonly string[]>(
  args: readonly string[],
  { values, flags }: { readonly values: V; readonly flags: F },
): {
  readonly options: Readonly<Partial<Record<V[number], string>>>;
  readonly set: ReadonlySet<F[number]>;
  readonly rest: readonly string[];
} {
  const options: Partial<Record<string, string>> = {};
  const set = new Set<string>();
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (!arg.startsWith('--')) rest.push(arg);
    else if (flags.includes(arg.slice(2))) set.add(arg.slice(2));
    else if (values.includes(arg.slice(2))) {
      const value = args[++i];
      if (value === undefined) throw new UsageError(`${arg} needs a value`);
      options[arg.slice(2)] = value;
    } else throw new UsageError(`no option ${arg}; there are ${[...values, ...flags].map((name) => `--${name}`).join(', ') || 'none'}`);
  }
  return { options: options as Partial<Record<V[number], string>>, set, rest };
}
