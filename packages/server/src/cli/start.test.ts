import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const ANCILLA = join(import.meta.dirname, '..', '..', 'bin', 'ancilla.js');

test('what modules compile to is kept in the cache folder of whoever runs the command, or not at all', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-command-'));
  const start = (env: Readonly<Record<string, string>>) => {
    const { status, stdout } = spawnSync(process.execPath, ['--conditions=ancilla-source', ANCILLA, 'verify', '--help'], {
      cwd: folder,
      env: { ...env, TMPDIR: folder },
      encoding: 'utf8',
    });
    equal(status, 0);
    match(stdout, /^usage: ancilla verify/);
  };
  try {
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (const env of [{}, { HOME: file }, { HOME: file, XDG_CACHE_HOME: 'relative' }]) start(env);
    deepEqual(await readdir(folder), ['file']);
    start({ HOME: folder });
    start({ HOME: folder, XDG_CACHE_HOME: join(folder, 'mine') });
    deepEqual((await readdir(folder)).toSorted(), ['.cache', 'file', 'mine']);
    for (const cache of ['.cache', 'mine']) {
      deepEqual(await readdir(join(folder, cache)), ['ancilla']);
      ok((await readdir(join(folder, cache), { recursive: true })).length > 2);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('from sources, too, a second start does not load what strips types', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-command-'));
  try {
    const said = `data:text/javascript,process.on('exit',()=>process.stderr.write(String(process.moduleLoadList.some((name)=>name.includes('amaro')))))`;
    const args = [`--import=${said}`, '--conditions=ancilla-source', ANCILLA, 'verify', '--help'];
    const strips = () => spawnSync(process.execPath, args, { env: { XDG_CACHE_HOME: folder }, encoding: 'utf8' }).stderr;
    deepEqual([strips(), strips()], ['true', 'false']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
