// Redaction on labelled cases, scored by the cases' own scorer, beside Presidio's patterns and two JavaScript libraries in the same run.
//   bench/redaction.ts [--cases FOLDER] [--peers FOLDER] [CASE …]
// The peers' folder has node_modules with @openredaction/core and compromise, and venv with presidio-analyzer; who is not there is left out, by name.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { cases: { type: 'string' }, peers: { type: 'string' } },
  allowPositionals: true,
});
const here = import.meta.dirname;
const cases = values.cases ?? join(here, '..', '..', 'shared', 'benchmarks', 'pii');
const peers = values.peers ?? '';
const TIMEOUT_MS = 180_000;

if (!existsSync(join(cases, 'score.py'))) {
  process.stdout.write(`no labelled cases at ${cases}: name a folder of them with --cases\n`);
  process.exit(0);
}

interface Library {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly needs: string;
}
const script = (name: string): string => join(here, 'redaction', name);
const known: readonly Library[] = [
  { name: 'ancilla', command: [process.execPath, '--conditions=ancilla-source', script('ancilla.mjs')], needs: here },
  { name: 'presidio (patterns)', command: [join(peers, 'venv/bin/python'), script('presidio.py')], needs: join(peers, 'venv/bin/python') },
  {
    name: 'openredaction',
    command: [process.execPath, script('openredaction.mjs')],
    needs: join(peers, 'node_modules/@openredaction/core'),
  },
  { name: 'compromise', command: [process.execPath, script('compromise.mjs')], needs: join(peers, 'node_modules/compromise') },
];
const libraries = known.filter(({ name, needs }) => {
  const there = name === 'ancilla' || (peers !== '' && existsSync(needs));
  if (!there) process.stdout.write(`${name} is not in the folder of --peers: left out\n`);
  return there;
});

interface Ran {
  readonly out: string;
  readonly err: string;
  readonly timedOut: boolean;
}
function run([command, ...args]: readonly [string, ...string[]], input: string, cwd: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, timeout: TIMEOUT_MS });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.stdin.on('error', () => {}); // One that ended early is told by its exit.
    child.on('error', reject);
    child.on('close', (_, signal) => resolve({ out, err, timedOut: signal !== null }));
    child.stdin.end(input);
  });
}

function at(of: unknown, ...path: readonly string[]): number {
  let found: unknown = of;
  for (const key of path) found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  return typeof found === 'number' ? found : Number.NaN;
}
const show = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(3));

/** Typed F2, F2 of structured types, leak rate, over-masking, MB per CPU second on a warm engine. */
async function figures(library: Library, path: string, folder: string): Promise<string> {
  const { out, err, timedOut } = await run(library.command, await readFile(path, 'utf8'), library.name === 'ancilla' ? here : peers);
  if (timedOut) return `more than ${TIMEOUT_MS / 1000} s`;
  const predictions = join(folder, 'predictions.jsonl');
  await writeFile(predictions, out);
  const { out: scored } = await run(['python3', join(cases, 'score.py'), path, predictions, '--json'], '', here);
  const all: unknown = scored === '' ? {} : JSON.parse(scored);
  return [
    at(all, 'overall', 'f2'),
    at(all, 'overall', 'structured', 'f2'),
    at(all, 'overall', 'leak_rate'),
    at(all, 'overall', 'overmask_rate'),
    Number(err.trim().split('\n').at(-1)),
  ]
    .map(show)
    .join(' / ');
}

const folder = await mkdtemp(join(tmpdir(), 'ancilla-redaction-'));
try {
  const names = (await readdir(cases))
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => name.slice(0, -'.jsonl'.length))
    .filter((name) => positionals.length === 0 || positionals.includes(name));
  process.stdout.write('typed F2 / F2 of structured types / leak rate / over-masking / MB per CPU second\n\n');
  process.stdout.write(`| case | ${libraries.map(({ name }) => name).join(' | ')} |\n|---|${libraries.map(() => '---|').join('')}\n`);
  for (const name of names.toSorted()) {
    const cells: string[] = [];
    for (const library of libraries) cells.push(await figures(library, join(cases, `${name}.jsonl`), folder));
    process.stdout.write(`| ${name} | ${cells.join(' | ')} |\n`);
  }
} finally {
  await rm(folder, { recursive: true });
}
