// Not part of `npm test`: it packs the packages and installs them from the registry, as a user would. `npm run test:interop`.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

const PACKAGES = join(import.meta.dirname, '..', '..', '..');

test('the packed packages run without the sources, TypeScript or the workspace', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-packed-'));
  const run = (command: string, args: readonly string[], cwd: string, input = ''): string => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, input, encoding: 'utf8' });
    equal(status, 0, `${command} ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  let server: ReturnType<typeof spawn> | undefined;
  try {
    for (const name of await readdir(PACKAGES)) run('npm', ['pack', '--silent', '--pack-destination', folder], join(PACKAGES, name));
    const tarballs = (await readdir(folder)).map((name) => join(folder, name));
    await writeFile(join(folder, 'package.json'), '{"private":true}');
    run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs], folder);

    const ancilla = join(folder, 'node_modules', '.bin', 'ancilla');
    const redacted = run(ancilla, ['redact'], folder, '{"id":"1","text":"write to mara@example.org"}\n');
    deepEqual(JSON.parse(redacted), { id: '1', text: 'write to [EMAIL]', spans: [{ start: 9, end: 25, type: 'EMAIL' }] });

    const ours = Object.entries(process.env).filter(([name]) => !name.startsWith('ANCILLA_'));
    const env = { ...Object.fromEntries(ours), ANCILLA_PORT: '0', ANCILLA_DATA: join(folder, 'data') };
    const started = spawn(ancilla, ['serve'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    server = started;
    const lines = createInterface(started.stdout);
    const [url] = await Promise.race([once(lines, 'line'), once(lines, 'close').then(() => ['it ended without a word'])]);
    deepEqual(await (await fetch(`${url}/readyz`)).json(), { status: 'ready', reasons: [] });
    ok((await (await fetch(`${url}/`)).text()).includes('<div id="root">'), 'the console comes along');
    started.kill('SIGTERM');
    deepEqual(await once(started, 'exit'), [0, null]);
  } finally {
    server?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
});
