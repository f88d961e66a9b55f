import { test } from 'node:test';
import { deepEqual, equal, match, notDeepEqual, notEqual, ok, rejects, throws } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AncillaError } from '@ancilla/contracts';
import { openCheckpoint, parseVerifierKey } from '@ancilla/evidence';
import { openKeyring, readTokenKey, rotateFileMaster, rotateMaster, rotateTokenKey } from './index.ts';

const random = { bytes: (n: number) => new Uint8Array(randomBytes(n)) };
const master = 'ab'.repeat(32);

/** Takes a lock, says so, and never lets go. */
const HOLDING = `
  const { locked } = await import(${JSON.stringify(import.meta.resolve('./locked.ts'))});
  await locked(process.argv[1], () => new Promise(() => { setInterval(() => {}, 1000); console.log('held'); }));`;

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-keys-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
/** All that a keyring tells, to compare two openings. */
const told = ({ tenant, platform }: Awaited<ReturnType<typeof openKeyring>>) =>
  [platform, tenant('a')].map(({ hmac, ...keys }) => ({ ...keys, mac: hmac('test', 'data') }));

test('keys are there again at the next start, in files only their owner reads', () =>
  inFolder(async (folder) => {
    const first = await openKeyring({ folder, random });
    await first.create('a');
    const again = await openKeyring({ folder, random });
    deepEqual(told(again), told(first));
    equal(again.signer().vkey('log'), first.signer().vkey('log'));
    deepEqual((await readdir(folder)).toSorted(), ['keyring.json', 'keyring.lock', 'master.key']);
    for (const name of await readdir(folder)) equal((await stat(join(folder, name))).mode & 0o777, 0o600, name);
  }));

test('every key is its own: between tenants, between purposes, and none is on file in clear', () =>
  inFolder(async (folder) => {
    const keyring = await openKeyring({ folder, random, master });
    const all = [keyring.platform, await keyring.create('a'), await keyring.create('b'), await keyring.create('platform')];
    const keys = all.flatMap(({ db_key, artifact_key, seal_key, token_key, hmac }) =>
      [db_key, artifact_key, seal_key, token_key.bytes, hmac('x', ''), hmac('y', '')].map((key) =>
        typeof key === 'string' ? key : Buffer.from(key).toString('hex'),
      ),
    );
    equal(new Set(keys).size, all.length * 6);
    for (const key of keys) match(key, /^[0-9a-f]{64}$/);
    const onFile = await readFile(join(folder, 'keyring.json'), 'utf8');
    for (const key of [...keys, master]) {
      ok(!onFile.includes(key));
      ok(!onFile.includes(Buffer.from(key, 'hex').toString('base64').slice(0, 42)));
    }
    deepEqual((await readdir(folder)).toSorted(), ['keyring.json', 'keyring.lock'], 'a master that is handed in is not written down');
  }));

test('many tenants created at once all keep their keys', () =>
  inFolder(async (folder) => {
    const keyring = await openKeyring({ folder, random });
    const ids = Array.from({ length: 40 }, (_, i) => `t${i}`);
    await Promise.all(ids.map((id) => keyring.create(id)));
    await rejects(keyring.create('t7'), { code: 'tenant.exists' });
    const again = await openKeyring({ folder, random });
    for (const id of ids) equal(again.tenant(id).db_key, keyring.tenant(id).db_key);
  }));

test('a tenant that is not there has no keys, whatever its name', () =>
  inFolder(async (folder) => {
    const keyring = await openKeyring({ folder, random });
    for (const id of ['a', '', '__proto__', 'constructor', 'platform', '../a']) {
      equal(keyring.has(id), false);
      throws(() => keyring.tenant(id), { code: 'tenant.not_found' });
    }
    for (const id of ['', '../a', 'A', 'a:b', '__proto__']) await rejects(keyring.create(id), { code: 'store.invalid' });
  }));

test('what is wrong with the keys is said, without showing one', () =>
  inFolder(async (folder) => {
    await (await openKeyring({ folder, random })).create('a');
    const file = join(folder, 'keyring.json');
    const masterFile = join(folder, 'master.key');
    const [keyringText, masterText] = [await readFile(file, 'utf8'), await readFile(masterFile, 'utf8')];
    const restore = async () => {
      for (const [path, text] of [
        [file, keyringText],
        [masterFile, masterText],
      ] as const) {
        await writeFile(path, text);
        await chmod(path, 0o600);
      }
    };
    const refused = async (why: RegExp, given?: string) => {
      await rejects(openKeyring({ folder, random, master: given }), (error: unknown) => {
        ok(error instanceof AncillaError);
        equal(error.code, 'key.invalid');
        match(error.message, why);
        for (const secret of [masterText.trim(), given]) ok(secret === undefined || secret === '' || !error.message.includes(secret));
        return true;
      });
      await restore();
    };
    await refused(/another master/, master);
    for (const malformed of ['', 'ab', 'AB'.repeat(32), 'g'.repeat(64), 'ab'.repeat(33), '0'.repeat(64), `${'ab'.repeat(31)}a`])
      await refused(/master key|zeros/, malformed);
    await writeFile(masterFile, masterText.slice(0, 40));
    await refused(/64 lower-case hex/);
    await rm(masterFile);
    await refused(/missing/);
    await chmod(masterFile, 0o644);
    await refused(/read by others .*chmod 600/);
    await chmod(file, 0o640);
    await refused(/read by others/);
    for (const broken of ['', '{}', keyringText.slice(0, 100), '[]', keyringText.replace('"v":1', '"v":2')]) {
      await writeFile(file, broken);
      await refused(/not a keyring/);
    }
  }));

test('a wrapped key moved to another tenant, to another purpose or altered does not open', () =>
  inFolder(async (folder) => {
    const keyring = await openKeyring({ folder, random, master });
    await keyring.create('a');
    await keyring.create('b');
    const path = join(folder, 'keyring.json');
    const text = await readFile(path, 'utf8');
    const change = async (edit: (owners: Record<string, Record<string, string>>) => void) => {
      const file = JSON.parse(text) as { owners: Record<string, Record<string, string>> };
      edit(file.owners);
      await writeFile(path, JSON.stringify(file));
      const opened = await openKeyring({ folder, random, master });
      throws(() => opened.tenant('a'), { code: 'key.invalid' });
    };
    await change((owners) => (owners['tenant:a'] = owners['tenant:b'] ?? {}));
    await change((owners) => Object.assign(owners['tenant:a'] ?? {}, { db: owners['tenant:a']?.['seal'] }));
    await change((owners) =>
      Object.assign(owners['tenant:a'] ?? {}, { mac: (owners['tenant:a']?.['mac'] ?? '').replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) }),
    );
  }));

test('a new master opens the same keys, and the old one opens nothing', () =>
  inFolder(async (folder) => {
    const before = await openKeyring({ folder, random, master });
    await before.create('a');
    const next = 'cd'.repeat(32);
    const wasOnFile = await readFile(join(folder, 'keyring.json'), 'utf8');
    await rotateMaster({ folder, from: master, to: next, random });
    await rotateMaster({ folder, from: master, to: next, random });
    const after = await openKeyring({ folder, random, master: next });
    deepEqual(told(after), told(before));
    await rejects(openKeyring({ folder, random, master }), { code: 'key.invalid' });
    await rejects(rotateMaster({ folder, from: master, to: 'ef'.repeat(32), random }), { code: 'key.invalid' });
    const isOnFile = await readFile(join(folder, 'keyring.json'), 'utf8');
    for (const wrap of wasOnFile.match(/[A-Za-z0-9+/]{80}/g) ?? []) ok(!isOnFile.includes(wrap));
  }));

test('a new master on file takes the old one’s place, wherever a crash fell', () =>
  inFolder(async (folder) => {
    const before = await openKeyring({ folder, random });
    await before.create('a');
    const path = (name: string) => join(folder, name);
    const [oldMaster, oldKeyring] = [await readFile(path('master.key'), 'utf8'), await readFile(path('keyring.json'), 'utf8')];
    await rotateFileMaster({ folder, random });
    const [newMaster, newKeyring] = [await readFile(path('master.key'), 'utf8'), await readFile(path('keyring.json'), 'utf8')];
    notEqual(newMaster, oldMaster);
    notEqual(newKeyring, oldKeyring);
    deepEqual((await readdir(folder)).toSorted(), ['keyring.json', 'keyring.lock', 'master.key']);
    deepEqual(told(await openKeyring({ folder, random })), told(before));
    for (const keyring of [oldKeyring, newKeyring]) {
      for (const [name, text] of [
        ['master.key', oldMaster],
        ['master.next.key', newMaster],
        ['keyring.json', keyring],
      ] as const)
        await writeFile(path(name), text, { mode: 0o600 });
      deepEqual(told(await openKeyring({ folder, random })), told(before));
      equal((await readFile(path('master.key'), 'utf8')) === newMaster, keyring === newKeyring);
    }
  }));

test('a token key is changed alone; those before it are kept, under a new master too', () =>
  inFolder(async (folder) => {
    const of = { folder, master, tenant_id: 'a', random };
    await rejects(readTokenKey(of), { code: 'key.invalid', message: `there is no keyring in ${folder}` });
    deepEqual(await readdir(folder), []);
    const running = await openKeyring({ folder, random, master });
    await running.create('a');
    const [{ token_key: first, ...others }] = [running.tenant('a')];
    deepEqual(await readTokenKey(of), first);
    equal(await rotateTokenKey(of), 2);
    // A server that has the keyring open makes a tenant meanwhile.
    await running.create('b');
    equal(await rotateTokenKey(of), 3);
    await rejects(rotateTokenKey({ ...of, tenant_id: 'c' }), { code: 'tenant.not_found' });
    const third = await readTokenKey(of);
    deepEqual(
      [third.version, third.earlier.map(({ version }) => version), third.earlier[1]],
      [3, [2, 1], { version: 1, bytes: first.bytes }],
    );
    equal(new Set([third, ...third.earlier].map(({ bytes }) => Buffer.from(bytes).toString('hex'))).size, 3);
    const next = 'cd'.repeat(32);
    await rotateMaster({ folder, from: master, to: next, random });
    const again = await openKeyring({ folder, random, master: next });
    const { token_key, hmac, ...rest } = again.tenant('a');
    deepEqual(token_key, third);
    deepEqual(
      [rest, hmac('test', 'data')],
      [{ db_key: others.db_key, artifact_key: others.artifact_key, seal_key: others.seal_key }, others.hmac('test', 'data')],
    );
    equal(again.tenant('b').token_key.version, 1);
  }));

test('a new master and new token keys asked for at once follow one another: none is lost, and all open', () =>
  inFolder(async (folder) => {
    const of = { folder, master: undefined, tenant_id: 'a', random };
    const running = await openKeyring({ folder, random });
    await running.create('a');
    const [, second, , third] = await Promise.all([
      rotateFileMaster({ folder, random }),
      rotateTokenKey(of),
      rotateFileMaster({ folder, random }),
      rotateTokenKey(of),
    ]);
    deepEqual(new Set([second, third]), new Set([2, 3]));
    deepEqual((await readdir(folder)).toSorted(), ['keyring.json', 'keyring.lock', 'master.key']);
    equal((await openKeyring({ folder, random })).tenant('a').token_key.version, 3);
    // A server that was not stopped makes no tenant whose keys would open by no master.
    await rejects(running.create('b'), { code: 'key.invalid' });
    equal((await readTokenKey(of)).version, 3);
  }));

test('who is killed while it holds the lock keeps nobody waiting', { timeout: 5000 }, () =>
  inFolder(async (folder) => {
    await openKeyring({ folder, random });
    const holder = spawn(process.execPath, ['--conditions=ancilla-source', '-e', HOLDING, join(folder, 'keyring.lock')]);
    await once(holder.stdout, 'data');
    const waiting = openKeyring({ folder, random });
    holder.kill('SIGKILL');
    await waiting;
  }),
);

test('checkpoints verify with the log’s own key, and one size is signed with one root only', () =>
  inFolder(async (folder) => {
    const signer = (await openKeyring({ folder, random })).signer();
    const rootOf = (byte: number) => Buffer.alloc(32, byte).toString('base64');
    const root = rootOf(1);
    const note = signer.checkpoint({ log_id: 'l1', size: 5, root });
    const opened = openCheckpoint(note, [parseVerifierKey(signer.vkey('l1'))]);
    deepEqual(opened, { origin: `${signer.deployment}/l1`, size: 5, root: new Uint8Array(32).fill(1) });
    throws(() => openCheckpoint(note, [parseVerifierKey(signer.vkey('l2'))]));
    equal(signer.checkpoint({ log_id: 'l1', size: 5, root }), note);
    throws(() => signer.checkpoint({ log_id: 'l1', size: 5, root: rootOf(0) }), { code: 'store.corrupt' });
    notEqual(signer.checkpoint({ log_id: 'l2', size: 5, root }), note);
    notDeepEqual(signer.vkey('l1'), signer.vkey('l2'));
  }));
