// Not part of `npm test`: it needs another version of Node. `npm run test:interop` with
//   ANCILLA_TEST_OTHER_NODE  its program, as .ci/run installs it
import { deepEqual, notEqual } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { emitTrainer, parquetOf, run } from '../../src/training/runs.fixture.ts';
import { trainer } from '../../src/training/runs.ts';

const node = process.env['ANCILLA_TEST_OTHER_NODE'];
const skip = node === undefined && 'ANCILLA_TEST_OTHER_NODE names no other Node';

test('two versions of Node train the same model to the byte', { skip }, async (t) => {
  notEqual(execFileSync(node ?? '', ['--version'], { encoding: 'utf8' }).trim(), process.version);
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-trainer-'));
  t.after(() => rm(folder, { recursive: true }));
  const script = await emitTrainer(folder);
  const readable = [...trainer.readable, folder];
  deepEqual(await run(t, parquetOf(), { node: node ?? '', script, readable }), await run(t, parquetOf(), { script, readable }));
});
