import { deepEqual, match } from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandIo } from './io.ts';
import { verifyCommand } from './verify.ts';

test('a proof that is held against its own key says so: whoever makes one up has a key, too', async () => {
  const said = { out: '', err: '' };
  const vkey = 'ancilla-e15d768c79204fb7/d576212932b15c07287899599fb3a8d6+9c23e1f3+AUEKgCRJOW0ULlwx+Y1FQ45XuF2tyC2ZxOXE/cL8iLC/';
  const io: CommandIo = {
    env: {},
    stdin: (async function* () {})(),
    stdout: { write: (text) => ((said.out += text), true), once: () => undefined },
    stderr: { write: (text) => (said.err += text) },
    readFile: async () => JSON.stringify({ proof: 'none', vkey }),
    stopped: Promise.resolve(),
  };
  deepEqual(await verifyCommand(['--proof', 'proof.json', '--vkey', vkey], io), 1);
  deepEqual(said.err, '');
  deepEqual(await verifyCommand(['--proof', 'proof.json'], io), 1);
  match(said.err, /^the key was read from the proof itself: .* \(--vkey\)\n$/);
  match(said.out, /^(\{"verdict":"refused".*\}\n){2}$/);
});
