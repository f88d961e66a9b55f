// Not part of `npm test`: it needs Python with the libraries named below; .ci/run installs them. `npm run test:interop`.
import { deepEqual, equal } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { PromptEvent } from '@ancilla/contracts';
import { draftOfCalls, toCatalogEntry } from '../../src/training/dataset.ts';
import { decisionOf, draft, toRows } from '../../src/training/learning.fixture.ts';
import { atOnce } from '../../src/training/turns.ts';
import { event } from '../event.ts';

const script = join(import.meta.dirname, 'dataset-readers.py');
const python = process.env['ANCILLA_TEST_PYTHON'] ?? 'python3';
const has = (module: string): boolean => spawnSync(python, ['-c', `import ${module}`]).status === 0;

// More than a row group holds, a column without names of its own, and one that none fitted.
const decisions = Array.from({ length: 1200 }, (_, n) =>
  decisionOf(n, n % 9 === 0 ? { decision: 'none_of_these', semantic_id: null } : {}),
);
const calls = Array.from({ length: 300 }, (_, n) => ({
  event: { ...event({ model_version: n % 2 === 0 ? '1' : null }), tenant_id: 'north' } as unknown as PromptEvent,
  prompt: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: `Question ${n}, with “quotes” and\nlines` },
  ],
  answer: `Answer ${n}`,
  artifact_refs: [],
}));
const callParts = {
  tenant_scope: 'north',
  policy: 'tenant_default@1',
  clean: (text: string) => ({ text, removed: [] }),
  isRefusal: () => false,
};
const callsMade = atOnce(draftOfCalls(calls, callParts, () => []));
const drafts = [draft(decisions, { vectors: true }), { ...callsMade, rows: toRows(callsMade.columns) }];
const order = {
  dataset_id: 'ds_01h455vb4pex5vsknk084sn02q',
  saga_id: 'sg_01h455vb4pex5vsknk084sn02q',
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  through_seq: 1201,
  consent: 'own',
  vectors: true,
  built_by: 'stella',
} as const;
const at = { artifact_id: 'ar_01h455vb4pex5vsknk084sn02q', policy: 'tenant_default@1', creator: 'north', now: Date.UTC(2026, 10, 27) };

for (const [reader, modules] of [
  ['pyarrow', ['pyarrow']],
  ['pandas', ['pandas', 'pyarrow']],
  ['duckdb', ['duckdb']],
  ['mlcroissant', ['mlcroissant', 'pyarrow']],
] as const) {
  const missing = modules.filter((module) => !has(module));
  const skip = missing.length > 0 && `${python} lacks ${missing.join(', ')}: pip install ${missing.join(' ')}`;
  for (const made of drafts)
    test(`${reader} reads a dataset of ${made.kind} as it was written`, { skip }, async (t) => {
      const folder = await mkdtemp(join(tmpdir(), 'ancilla-readers-'));
      t.after(() => rm(folder, { recursive: true }));
      const [parquet, croissant] = ['examples.parquet', 'croissant.json'].map((name) => join(folder, name));
      await writeFile(parquet ?? '', made.bytes);
      await writeFile(croissant ?? '', JSON.stringify(toCatalogEntry('mapping', order, made, at).croissant));
      const { status, stdout, stderr } = spawnSync(python, [script, reader, parquet ?? '', croissant ?? ''], {
        encoding: 'utf8',
        maxBuffer: 1024 ** 3,
      });
      equal(status, 0, stderr.slice(-4000));
      deepEqual(JSON.parse(stdout), made.rows);
    });
}
