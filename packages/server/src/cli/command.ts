// The `ancilla` command: a table of commands, one line for what is wrong, exit codes 0, 1 (refused), 2 (wrong usage).
import { readFile } from 'node:fs/promises';
import { isAncillaError } from '@ancilla/contracts/errors';
import { UsageError, UsageProblem, type CommandIo } from './io.ts';
import { commands, usageOf, type CommandName } from './usage.ts';

/** Loads a command when it is asked for: `ancilla redact` in a pipe should not wait for a database engine it never opens. */
const open: Readonly<Record<CommandName, () => Promise<(args: readonly string[], io: CommandIo) => Promise<number>>>> = {
  serve: async () => (await import('./serve.ts')).serveCommand,
  demo: async () => (await import('./demo.ts')).demoCommand,
  redact: async () => (await import('./redact.ts')).redactCommand,
  'leak-report': async () => (await import('./leak-report.ts')).leakReportCommand,
  map: async () => (await import('./map.ts')).mapCommand,
  train: async () => (await import('./train.ts')).trainCommand,
  verify: async () => (await import('./verify.ts')).verifyCommand,
  tenant: async () => (await import('./tenant.ts')).tenantCommand,
  key: async () => (await import('./tenant.ts')).keyCommand,
  migrate: async () => (await import('./migrate.ts')).migrateCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
};

const io: CommandIo = {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  readFile: (path) => readFile(path, 'utf8'),
  stopped: new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  }),
};

const overview = (): string =>
  `usage: ancilla COMMAND\n\n${Object.entries(commands)
    .map(([name, { what }]) => `  ${name.padEnd(11)} ${what}`)
    .join('\n')}\n\nancilla COMMAND --help says how one is called.\n`;

const isCommand = (name: string): name is CommandName => Object.hasOwn(commands, name);

async function run([name = '', ...args]: readonly string[]): Promise<number> {
  if (name === '' || name === '--help' || name === 'help') {
    io.stdout.write(overview());
    return name === '' ? 2 : 0;
  }
  if (!isCommand(name)) {
    io.stderr.write(`ancilla: no command ${name}\n${overview()}`);
    return 2;
  }
  if (args.includes('--help')) {
    io.stdout.write(`${usageOf(name)}\n\n${commands[name].what}\n`);
    return 0;
  }
  try {
    const runCommand = await open[name]();
    return await runCommand(args, io);
  } catch (error) {
    const isKnown = error instanceof UsageError || error instanceof UsageProblem || isAncillaError(error);
    // Where something unforeseen was thrown helps only who looks for the mistake in the code.
    const isLookedFor = !isKnown && error instanceof Error && io.env['ANCILLA_LOG_LEVEL'] === 'debug';
    const said = error instanceof Error ? error.message : String(error);
    io.stderr.write(`ancilla ${name}: ${isLookedFor ? error.stack : said}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

// Who reads what is written may have seen enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
// A log that cannot be written, because its disk is full or its reader is gone, ends no server: the lines are lost until it can.
process.stderr.on('error', () => {});
process.exitCode = await run(process.argv.slice(2));
