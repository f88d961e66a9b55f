#!/usr/bin/env node
// The `ancilla` command: a table of commands, one line for what is wrong, exit codes 0, 1 (refused), 2 (wrong usage).
import { readFile } from 'node:fs/promises';
import { isAncillaError } from '@ancilla/contracts/errors';
import { UsageError, UsageProblem, type CommandIo } from './io.ts';

interface Command {
  /** Loads the command when it is asked for: `ancilla redact` in a pipe should not wait for a database engine it never opens. */
  readonly open: () => Promise<(args: readonly string[], io: CommandIo) => Promise<number>>;
  readonly what: string;
}

const commands: Readonly<Record<string, Command>> = {
  serve: { open: async () => (await import('./serve.ts')).serveCommand, what: 'run the server on the data folder' },
  demo: { open: async () => (await import('./demo.ts')).demoCommand, what: 'run the server and the whole loop on public tables' },
  redact: {
    open: async () => (await import('./redact.ts')).redactCommand,
    what: 'redact lines of JSON: {"id","text"} in, {"id","text","spans"} out',
  },
  'leak-report': {
    open: async () => (await import('./leak-report.ts')).leakReportCommand,
    what: 'receive OpenTelemetry spans, keep none, and say what raw content they carry',
  },
  map: {
    open: async () => (await import('./map.ts')).mapCommand,
    what: 'suggest terms of a glossary for the columns of CSV files, without a server',
  },
  train: {
    open: async () => (await import('./train.ts')).trainCommand,
    what: 'learn the base model for mapping from tables whose meaning is known',
  },
  verify: { open: async () => (await import('./verify.ts')).verifyCommand, what: 'verify a log or a proof offline' },
  tenant: { open: async () => (await import('./tenant.ts')).tenantCommand, what: 'make and list tenants' },
  key: { open: async () => (await import('./tenant.ts')).keyCommand, what: 'make, list and disable API keys' },
  migrate: {
    open: async () => (await import('./migrate.ts')).migrateCommand,
    what: 'make the tables in PostgreSQL as their owner, for servers whose role owns nothing',
  },
  doctor: {
    open: async () => (await import('./doctor.ts')).doctorCommand,
    what: 'say what is wrong with this installation and how to mend it',
  },
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

const usage = (): string =>
  `usage: ancilla COMMAND\n\n${Object.entries(commands)
    .map(([name, { what }]) => `  ${name.padEnd(11)} ${what}`)
    .join('\n')}\n`;

async function run([name = '', ...args]: readonly string[]): Promise<number> {
  if (name === '' || name === '--help' || name === 'help') {
    io.stdout.write(usage());
    return name === '' ? 2 : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    io.stderr.write(`ancilla: no command ${name}\n${usage()}`);
    return 2;
  }
  try {
    const runCommand = await command.open();
    return await runCommand(args, io);
  } catch (error) {
    if (error instanceof UsageError) {
      io.stderr.write(`ancilla ${name}: ${error.message}\n`);
      return 2;
    }
    if (error instanceof UsageProblem || isAncillaError(error)) {
      io.stderr.write(`ancilla ${name}: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

process.exitCode = await run(process.argv.slice(2));
