// Not part of `npm test`: it needs Go and its module proxy. `npm run test:interop`.
import { equal } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  consistencyProof,
  formatSignerKey,
  formatVerifierKey,
  inclusionProof,
  noteSigner,
  signCheckpoint,
  toBase64,
} from '@ancilla/evidence';
import { countingEntries, memoryLog } from '../../src/fixtures/memory-log.ts';

const hasGo = spawnSync('go', ['version']).status === 0;

test('Go opens our checkpoints, signs them alike and accepts our proofs', { skip: hasGo ? false : 'go is not installed' }, async () => {
  const size = 600;
  const entries = countingEntries(size);
  const log = memoryLog(entries);
  const root = (at: number) => toBase64(log.root(at));
  const inclusion: unknown[] = [];
  const consistency: unknown[] = [];
  for (const at of [...Array.from({ length: 34 }, (_, i) => i + 1), 255, 256, 257, 512, size]) {
    for (let i = 0; i < at; i += at > 40 ? 13 : 1)
      inclusion.push({ index: i, size: at, entry: entries[i], root: root(at), hashes: base64(await inclusionProof(i, at, log.read)) });
    // Go has no consistency proof from the empty log.
    for (let old = 1; old <= at; old += at > 40 ? 7 : 1)
      consistency.push({
        oldSize: old,
        size: at,
        oldRoot: root(old),
        root: root(at),
        hashes: base64(await consistencyProof(old, at, log.read)),
      });
  }
  const seed = new Uint8Array(32).fill(5);
  const signer = noteSigner('ancilla.example/log', seed);
  const claims = {
    vkey: formatVerifierKey(signer),
    skey: formatSignerKey(signer.name, seed),
    note: signCheckpoint({ origin: signer.name, size, root: log.root(size) }, [signer]),
    inclusion,
    consistency,
  };
  const { stderr, stdout } = spawnSync('go', ['run', '.'], {
    cwd: join(import.meta.dirname, 'go'),
    input: JSON.stringify(claims),
    encoding: 'utf8',
  });
  // Go says on stderr what it downloads.
  equal(stdout, `${inclusion.length} inclusion proofs, ${consistency.length} consistency proofs\n`, stderr);
});

const base64 = (hashes: readonly Uint8Array[]) => hashes.map(toBase64);
