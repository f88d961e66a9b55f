import { deepEqual } from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAncilla } from '../main.ts';
import { readConfig } from '../config.ts';
import type { CommandIo } from './io.ts';
import { keyCommand } from './tenant.ts';

test('a list is whole, however many pages the server gives it in', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-admin-'));
  const env = { ANCILLA_DATA: folder, ANCILLA_PORT: '0', ANCILLA_LOG_LEVEL: 'silent' };
  const server = await openAncilla(readConfig(env));
  try {
    const key = (await readFile(join(folder, 'platform-admin-key'), 'utf8')).trim();
    const make = (n: number) =>
      fetch(`${server.url}/governance/keys`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ role: 'platform_admin', subject: `ann-${n}` }),
      });
    for (let from = 0; from < 510; from += 51) await Promise.all(Array.from({ length: 51 }, (_, n) => make(from + n)));
    let out = '';
    const io = { env, stdout: { write: (text: string) => (out += text) }, readFile: async (path: string) => await readFile(path, 'utf8') };
    // What this command uses.
    await keyCommand(['list'], io as unknown as CommandIo);
    const { items, next_cursor } = JSON.parse(out) as { readonly items: readonly object[]; readonly next_cursor: unknown };
    deepEqual([items.length, next_cursor], [511, null]);
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
