import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { AncillaError, type Io } from '@ancilla/contracts';

/** What keeps a run apart: told in the model's registry entry, so that nobody has to take it on trust. */
export interface Isolation {
  readonly command: string;
  readonly args: readonly string[];
  readonly layers: readonly string[];
}

const MEMORY_BYTES = 2 * 1024 ** 3;
const OUTPUT_BYTES = 64 * 1024 ** 2;

/** Node's permission model as a seat belt: no network, no child processes, no workers, no addons, reading only our own code. */
const permissions = (readable: readonly string[]): readonly string[] => [
  '--permission',
  // Not covered by the permission model: it would open files anywhere.
  '--no-experimental-sqlite',
  '--max-old-space-size=512',
  ...readable.map((folder) => `--allow-fs-read=${folder}`),
];

/**
 * How a program is run apart on this machine: the permission model always; a network namespace of its own and a bound on its data segment where the system has them.
 * @param has - whether a command exists and works here, asked once at start
 */
export function isolation(
  node: string,
  execArgv: readonly string[],
  readable: readonly string[],
  script: string,
  has: (command: string) => boolean,
): Isolation {
  let command = node;
  let args = [...execArgv, ...permissions(readable), script];
  const layers = ['fresh-process', 'empty-environment', 'no-descriptors', 'permission-model', 'time-limit'];
  if (has('prlimit')) {
    args = [`--data=${MEMORY_BYTES}`, '--core=0', command, ...args];
    command = 'prlimit';
    layers.push('data-limit');
  }
  if (has('unshare')) {
    args = ['--net', '--map-root-user', '--user', command, ...args];
    command = 'unshare';
    layers.push('network-namespace');
  }
  return { command, args, layers };
}

/** Where system commands are: the isolated process itself has no PATH. */
export const systemCommand = (name: string): string | undefined => [`/usr/bin/${name}`, `/bin/${name}`].find((path) => existsSync(path));

/**
 * Runs a program apart: input on stdin, output from stdout, nothing else in or out.
 * @param timeoutMs - after which it is killed
 * @throws {AncillaError} `internal` when it failed, was killed, or said too much; its own words are not passed on
 */
export async function runIsolated({ command, args }: Isolation, input: Uint8Array, timeoutMs: number, { signal }: Io): Promise<Uint8Array> {
  const child = spawn(systemCommand(command) ?? command, args, {
    env: {},
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    signal,
  });
  const out: Buffer[] = [];
  let size = 0;
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > OUTPUT_BYTES) child.kill('SIGKILL');
    else out.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('latin1')).slice(0, 4000);
  });
  // A program that dies early does not read to the end.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code, killed] = (await once(child, 'close')) as [number | null, string | null];
  if (code === 0) return Buffer.concat(out);
  const reason = size > OUTPUT_BYTES ? 'said too much' : killed !== null ? `was killed (${killed})` : `ended with status ${code}`;
  throw new AncillaError('internal', `the isolated run ${reason}`, { cause: new Error(said) });
}
