// The `ancilla` command as a person calls it: processes, exit codes, what they print.
import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { commands } from '../src/cli/usage.ts';
import { readConfig } from '../src/config.ts';
import { openAncilla } from '../src/main.ts';
import { cert, key } from './certificate.ts';

const ANCILLA = join(import.meta.dirname, '..', 'bin', 'ancilla.js');
const inTime = { timeout: 300_000 };

type Env = Readonly<Record<string, string>>;
/** What a command has of this process: nobody's home, and what the test run compiled already. */
const { PATH, NODE_COMPILE_CACHE } = process.env;
const start = (args: readonly string[], env: Env) =>
  spawn(process.execPath, ['--conditions=ancilla-source', ANCILLA, ...args], { env: { PATH, NODE_COMPILE_CACHE, ...env } });

async function run(args: readonly string[], env: Env = {}) {
  const child = start(args, env);
  child.stdin.end();
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as unknown, out, err };
}

async function openFolder(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-command-'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return { in: (name: string) => join(folder, name), [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test(
  'from the first start on: tenants and keys are made on the running server, wherever it listens, and without one; doctor and verify say what is so',
  inTime,
  async (context) => {
    await using files = await openFolder({ 'cert.pem': cert, 'key.pem': key });
    const data = files.in('data');
    const env = { ANCILLA_DATA: data, ANCILLA_PORT: '0', ANCILLA_TLS_CERT: files.in('cert.pem'), ANCILLA_TLS_KEY: files.in('key.pem') };
    const ancilla = (...args: readonly string[]) => run(args, env);

    const server = start(['serve'], env);
    const ended = once(server, 'exit');
    context.after(() => server.kill('SIGKILL'));
    let said = '';
    server.stdout.setEncoding('utf8').on('data', (more: string) => (said += more));
    while (!/\n.*\n/.test(said)) await sleep(20);
    match(said, /^https:\/\/127\.0\.0\.1:\d+\nfirst start: the platform admin's key is in \S+platform-admin-key \(mode 0600\)\n/);
    deepEqual([await modeOf(join(data, 'platform-admin-key')), await modeOf(join(data, 'server-url'))], [0o600, 0o600]);

    const made = await ancilla('tenant', 'create', 'acme');
    deepEqual([made.code, made.err], [0, '']);
    match(made.out, /^\{"tenant_id":"acme",/);
    const again = await ancilla('tenant', 'create', 'acme');
    deepEqual([again.code, again.out], [1, '']);
    match(again.err, /^ancilla tenant: tenant acme exists already\. [^\n]+\n$/);
    const wrong = await ancilla('tenant', 'crate', 'acme');
    deepEqual([wrong.code, wrong.err], [2, `ancilla tenant: usage: ${commands.tenant.usage}\n`]);
    const issued = await ancilla('key', 'create', '--tenant', 'acme', '--role', 'auditor', '--subject', 'ann');
    equal(issued.code, 0);
    match(issued.out, /"secret":"/);
    const busy = await ancilla('doctor');
    deepEqual([busy.code, busy.err], [0, '']);
    match(busy.out, /a server has the folder open/);
    const early = await ancilla('key', 'rotate-master');
    equal(early.code, 1);
    match(early.err, /another process/);
    server.kill('SIGTERM');
    deepEqual(await ended, [0, null]);

    const master = await readFile(join(data, 'keys', 'master.key'), 'utf8');
    deepEqual((await ancilla('key', 'rotate-master')).code, 0);
    notEqual(await readFile(join(data, 'keys', 'master.key'), 'utf8'), master);
    const listed = await ancilla('key', 'list');
    equal(listed.code, 0);
    match(listed.out, /"subject":"ann"/);
    match(listed.out, /"next_cursor":null\}\n$/);
    equal((await readdir(data)).includes('server-url'), false);
    match((await ancilla('key', 'token', '--tenant', 'acme')).out, /^1:[0-9a-f]{64}\n$/);
    match((await ancilla('key', 'rotate-token', '--tenant', 'acme')).out, /^the token key of acme is version 2: start every server again/);
    await chmod(join(data, 'keys'), 0o755);
    const platform = join(data, 'store', 'platform.db');
    await copyFile(platform, files.in('older.db'));
    equal((await ancilla('key', 'create', '--tenant', 'acme', '--role', 'agent', '--subject', 'bot')).code, 0);
    await copyFile(files.in('older.db'), platform);
    const found = await ancilla('doctor', '--documents');
    equal(found.code, 1);
    match(found.out, /^PROBLEM \S+keys can be read by others\n {8}chmod 700 /m);
    match(found.out, /^ok {6}tenant acme: \d+ entries, .*, each document as it was written$/m);
    match(found.out, /^PROBLEM platform: the ledger has \d+ entries, a checkpoint kept outside has \d+: an older file/m);

    const [log_id = ''] = await readdir(join(data, 'evidence'));
    const log = join(data, 'evidence', log_id);
    const whole = await ancilla('verify', log);
    equal(whole.code, 0);
    match(whole.out, /\nverdict {3}self-consistent, not anchored\n$/);
    const checkpoint = await readFile(join(log, 'checkpoint'), 'utf8');
    await writeFile(
      join(log, 'checkpoint'),
      checkpoint.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1}\n`),
    );
    const altered = await ancilla('verify', log);
    equal(altered.code, 1);
    match(altered.out, /^PROBLEM [\s\S]*\nverdict {3}refused\n$/m);
    equal((await ancilla('verify')).code, 2);
  },
);

/** Another server, on a data folder of its own. */
async function openAncillaOn(folder: string): Promise<AsyncDisposable> {
  const server = await openAncilla(readConfig({ ANCILLA_DATA: folder, ANCILLA_PORT: '0', ANCILLA_LOG_LEVEL: 'silent' }));
  return { [Symbol.asyncDispose]: () => server.close() };
}

test('what is wrong is said in one line, by the setting or the file that mends it', inTime, async (t) => {
  await using files = await openFolder({
    file: '',
    'not.json': 'proof',
    'glossary.json': '[{"semantic_id":"person.name"}]',
    'people.csv': 'name\nAnn\n',
  });
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  const data = files.in('data');
  const inUse = files.in('in-use');
  await using _ = await openAncillaOn(inUse);
  const free = { ANCILLA_DATA: data, ANCILLA_PORT: '0', ANCILLA_LOG_LEVEL: 'silent' };
  const cases: readonly (readonly [what: string, args: readonly string[], env: Env, code: number, said: RegExp])[] = [
    ['a port that is taken', ['serve'], { ...free, ANCILLA_PORT: port }, 1, /127\.0\.0\.1:\d+ is taken: .*ANCILLA_PORT/],
    [
      'a data folder that is a file',
      ['serve'],
      { ...free, ANCILLA_DATA: files.in('file') },
      1,
      /ANCILLA_DATA: \S+file cannot be made a folder/,
    ],
    [
      'a data folder that is taken',
      ['serve'],
      { ...free, ANCILLA_DATA: inUse },
      1,
      /ANCILLA_DATA: another process has \S+in-use open: stop it/,
    ],
    [
      'a certificate that is not there',
      ['serve'],
      { ...free, ANCILLA_TLS_CERT: '/nope/cert.pem', ANCILLA_TLS_KEY: files.in('file') },
      1,
      /ANCILLA_TLS_CERT: \/nope\/cert\.pem cannot be read \(ENOENT\)/,
    ],
    [
      'a certificate that is none',
      ['serve'],
      { ...free, ANCILLA_TLS_CERT: files.in('not.json'), ANCILLA_TLS_KEY: files.in('file') },
      1,
      /ANCILLA_TLS_CERT and ANCILLA_TLS_KEY are no PEM certificate/,
    ],
    [
      'a file in a folder that is not there',
      ['map', '--source', files.in('.'), '--glossary', files.in('glossary.json'), '--out', '/nope/out.csv'],
      {},
      2,
      /\/nope\/out\.csv: cannot be written \(ENOENT\)/,
    ],
    ['a proof that is not JSON', ['verify', '--proof', files.in('not.json')], {}, 2, /not\.json is not JSON/],
    ['a proof that is a folder', ['verify', '--proof', files.in('.')], {}, 2, /EISDIR/],
  ];
  for (const [what, args, env, code, said] of cases)
    await t.test(what, async () => {
      const it = await run(args, env);
      deepEqual([it.code, it.out], [code, '']);
      match(it.err, new RegExp(`^ancilla ${args[0]}: [^\\n]*${said.source}[^\\n]*\\n$`));
    });
  taken.close();
});

test(
  'a server whose log cannot be written goes on',
  { ...inTime, skip: process.platform === 'linux' ? false : 'no /dev/full' },
  async () => {
    await using files = await openFolder({});
    await using full = await open('/dev/full', 'w');
    const server = spawn(process.execPath, ['--conditions=ancilla-source', ANCILLA, 'serve'], {
      env: { PATH: process.env['PATH'] ?? '', ANCILLA_DATA: files.in('data'), ANCILLA_PORT: '0', ANCILLA_LOG_LEVEL: 'debug' },
      stdio: ['ignore', 'pipe', full.fd],
    });
    const ended = once(server, 'exit');
    let said = '';
    server.stdout?.setEncoding('utf8').on('data', (more: string) => (said += more));
    while (!said.includes('\n') && server.exitCode === null) await sleep(20);
    const url = said.split('\n', 1).join('');
    for (let i = 0; i < 3; i++) equal((await fetch(`${url}/dif/prompt_events`)).status, 401);
    server.kill('SIGTERM');
    deepEqual(await ended, [0, null]);
  },
);

test('who has read enough ends a command without a word', inTime, async () => {
  const child = start(['redact'], {});
  const [err, ended] = [text(child.stderr), once(child, 'exit')];
  child.stdin.on('error', () => {});
  const lines = `${JSON.stringify({ id: 'a', text: 'nothing to find here' })}\n`.repeat(1000);
  const feed = (): void => void child.stdin.write(lines, (error) => error ?? feed());
  feed();
  await once(child.stdout, 'data');
  child.stdout.destroy();
  deepEqual(await ended, [0, null]);
  equal(await err, '');
});

test('every command says how it is called', inTime, async () => {
  for (const [name, { usage, what }] of Object.entries(commands))
    deepEqual(await run([name, '--help']), { code: 0, out: `usage: ${usage}\n\n${what}\n`, err: '' });
});
