import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { AncillaError, type Io } from '@ancilla/contracts';

/** How a run is kept apart: told on the run and in the model's registry entry, so that nobody has to take it on trust. */
export interface Isolation {
  readonly command: string;
  readonly args: readonly string[];
  /** What holds on this machine. */
  readonly layers: readonly string[];
  /** What this machine has no means for. */
  readonly missing: readonly string[];
}

/** Limits of a run. */
export interface Limits {
  readonly timeoutMs: number;
  /** All that it asks the system for. */
  readonly memoryBytes: number;
  /** Of that, what JavaScript's objects take. */
  readonly heapBytes: number;
}

interface Wrapper {
  readonly command: string;
  readonly args: readonly string[];
  readonly layers: readonly string[];
}
const ALWAYS = ['fresh-process', 'empty-environment', 'no-descriptors', 'permission-model', 'time-limit'];
const OUTPUT_BYTES = 64 * 1024 ** 2;

/** Programs of the system that keep more apart than Node can, strongest first; of each the first that works is used. */
const wrappers = ({ memoryBytes, timeoutMs }: Limits): readonly (readonly Wrapper[])[] => {
  // A user namespace of its own lets anybody make the others.
  const unshare = (args: readonly string[], layers: readonly string[]): Wrapper => ({
    command: 'unshare',
    args: ['--user', '--map-root-user', ...args],
    layers,
  });
  const prlimit = {
    command: 'prlimit',
    args: [`--data=${memoryBytes}`, `--cpu=${Math.ceil(timeoutMs / 1000) + 1}`, '--fsize=0', '--core=0'],
    layers: ['memory-limit', 'cpu-limit', 'no-file-writes'],
  };
  return [
    [
      {
        command: 'setpriv',
        args: ['--pdeathsig', 'KILL', '--no-new-privs'],
        layers: ['ends-with-the-server', 'no-new-privileges'],
      },
    ],
    [
      // Process 1 of its own: whoever started it cannot be named from inside, and nothing outlives it.
      unshare(['--net', '--ipc', '--pid', '--fork', '--kill-child'], ['network-namespace', 'ipc-namespace', 'process-namespace']),
      unshare(['--net'], ['network-namespace']),
    ],
    [prlimit],
  ];
};

/** Node's permission model as a seat belt: no network, no child processes, no workers, no addons, reading only our own code. */
const permissions = (readable: readonly string[], { heapBytes }: Limits): readonly string[] => [
  '--permission',
  // Not covered by the permission model: it would open files anywhere.
  '--no-experimental-sqlite',
  `--max-old-space-size=${Math.ceil(heapBytes / 1024 ** 2)}`,
  ...readable.map((folder) => `--allow-fs-read=${folder}`),
];

/**
 * How a program is run apart on this machine: Node's permission model always; namespaces and limits where the system has them, which is tried, not assumed.
 * @param works - whether a command line can be run here
 */
export async function isolationFor(
  of: {
    readonly node: string;
    readonly script: string;
    readonly readable: readonly string[];
    readonly limits: Limits;
    readonly flags?: readonly string[];
  },
  works: (command: string, args: readonly string[]) => Promise<boolean> = worksHere,
): Promise<Isolation> {
  const { node, script, readable, limits, flags = [] } = of;
  // Only this: what the server itself was started with (a debugger, a preloaded module) has no place here.
  const condition = extname(script) === '.ts' ? ['--conditions=ancilla-source'] : [];
  const inner = [...condition, ...flags, ...permissions(readable, limits), script];
  const used: Wrapper[] = [];
  const missing: string[] = [];
  for (const choices of wrappers(limits)) {
    const layers = new Set(choices.flatMap((each) => each.layers));
    for (const wrapper of choices)
      if (await works(wrapper.command, [...wrapper.args, node, '--version'])) {
        used.push(wrapper);
        for (const layer of wrapper.layers) layers.delete(layer);
        break;
      }
    missing.push(...layers);
  }
  const line = [...used.flatMap((each) => [systemCommand(each.command), ...each.args]), node, ...inner];
  const [command = node, ...args] = line;
  return { command, args, layers: [...ALWAYS, ...used.flatMap(({ layers }) => layers)], missing };
}

/** Finds out once, when it is first asked, how a program is run apart here. */
export function openIsolation(of: Parameters<typeof isolationFor>[0]): () => Promise<Isolation> {
  let found: Promise<Isolation> | undefined;
  return () => (found ??= isolationFor(of));
}

/** Where system commands are: the isolated process itself has no PATH. */
const systemCommand = (name: string): string => [`/usr/bin/${name}`, `/bin/${name}`].find((path) => existsSync(path)) ?? name;

/** Whether a command line works here: it is run once, with nothing in and nothing out. */
async function worksHere(command: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(systemCommand(command), args, { env: {}, cwd: '/', stdio: 'ignore', timeout: 10_000, killSignal: 'SIGKILL' });
  const ended = await Promise.race([once(child, 'exit'), once(child, 'error').then(() => [1])]).catch(() => [1]);
  return ended[0] === 0;
}

/** What Node says when there is no more memory to be had: for objects, for buffers. */
const NO_MEMORY = /heap out of memory|near heap limit|ERR_MEMORY_ALLOCATION_FAILED|Array buffer allocation failed|bad_alloc/i;
const gigabytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GB`;

/**
 * Runs a program apart: input on stdin, output from stdout, nothing else in or out.
 * @throws {AncillaError} `training.isolated` when it failed, was killed, or said too much; its own words are not passed on
 */
export async function runIsolated(
  { command, args }: Isolation,
  input: Uint8Array,
  { timeoutMs, memoryBytes, heapBytes }: Limits,
  { signal }: Io,
): Promise<Uint8Array> {
  signal.throwIfAborted();
  const late = AbortSignal.timeout(timeoutMs);
  // A session of its own: a signal to its group reaches nobody else, and one to the group from here reaches all of it.
  const child = spawn(command, args, { env: {}, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const end = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  const enough = AbortSignal.any([signal, late]);
  enough.addEventListener('abort', end);
  try {
    const out: Buffer[] = [];
    let size = 0;
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > OUTPUT_BYTES) end();
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('latin1')).slice(0, 4000);
    });
    // A program that dies early does not read to the end.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const [code, killed] = (await once(child, 'close')) as [number | null, string | null];
    signal.throwIfAborted();
    if (code === 0) return Buffer.concat(out);
    const reason =
      size > OUTPUT_BYTES
        ? 'said too much'
        : late.aborted
          ? `took longer than ${timeoutMs} ms`
          : NO_MEMORY.test(said)
            ? `needed more memory than it may have (${gigabytes(memoryBytes)}, of it ${gigabytes(heapBytes)} for objects) for ${input.byteLength} bytes of input`
            : `ended with ${killed ?? code}`;
    throw new AncillaError('training.isolated', `the isolated run ${reason}`, { cause: new Error(said) });
  } finally {
    enough.removeEventListener('abort', end);
  }
}
