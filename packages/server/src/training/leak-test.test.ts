import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { featureNames } from '@ancilla/ranker';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { writeDataset } from './dataset-file.ts';
import { decisionOf, draft, featuresFor, featuresOf } from './learning.fixture.ts';
import { leakTest, type LeakReport } from './leak-test.ts';
import { atOnce } from './turns.ts';

const decisions = Array.from({ length: 30 }, (_, n) => decisionOf(n));
const detectMail = (text: string) => (text.includes('@') ? ['EMAIL'] : []);
const failed = ({ leaks }: LeakReport) => leaks.map(({ field, rule }) => `${field}: ${rule}`);

/** The same draft with a cell changed. */
const changed = (field: string, cell: string | number | boolean | null | readonly string[]) => {
  const { fields, columns, bytes, vocabulary } = draft(decisions);
  return atOnce(
    leakTest({ fields, columns: { ...columns, [field]: (columns[field] ?? []).with(7, cell) }, bytes }, vocabulary, detectMail, []),
  );
};

test('a value that is short, a number, a date, a field’s or the glossary’s word, or part of an id by chance, is no leak', () => {
  const { rows } = draft(decisions);
  const anId = String(rows[0]?.['trace_id']);
  const aPseudonym = String(rows[0]?.['approved_by']);
  const words = `1 NL yes name customer total sem.customer.name address mapping mapping.agent.v1 base-6 north name_similarity chosen label
    candidate trace_id example_id ancilla element held_out train column 2026-11-01 2026-11-01T00:00:00.000Z 1.0.0 a1b2c3d4e5f60718`;
  // Two rows an example: as indices into a dictionary, these bytes stand in a file of that many.
  const indices = ['112233', '223344', 'AABBCC', 'aabbccdd'];
  const rawValues = [...words.split(/\s+/), ...indices, anId.slice(3, 9), aPseudonym.slice(4, 12)];
  const many = Array.from({ length: 200 }, (_, n) => decisionOf(n));
  deepEqual(failed(draft(many, { rawValues }).report), []);
  equal(draft(many, { rawValues }).report.passed, true);
});

test('every byte is checked: a raw value in metadata, statistics or behind the cells is found, in whatever script', () => {
  const { fields, columns, vocabulary } = draft(decisions);
  const clean = atOnce(writeDataset(fields, columns));
  for (const marker of ['Alba Karlsson', '+39 06 698', 'Ծովինար', '住所は東京']) {
    const look = (bytes: Uint8Array) => failed(atOnce(leakTest({ fields, columns, bytes }, vocabulary, detectMail, ['other', marker])));
    deepEqual(look(clean), []);
    const withMetadata = new Uint8Array(
      parquetWriteBuffer({
        columnData: fields.map(({ name }) => ({ name, data: [...(columns[name] ?? [])] })),
        codec: 'UNCOMPRESSED',
        kvMetadata: [{ key: 'note', value: `made from ${marker}` }],
      }),
    );
    deepEqual(look(withMetadata), ['file: raw_value']);
    // Between the last page and the footer: no reader ever sees it.
    const footer = clean.length - 8 - new DataView(clean.buffer).getUint32(clean.length - 8, true);
    deepEqual(look(Buffer.concat([clean.subarray(0, footer), Buffer.from(marker), clean.subarray(footer)])), ['file: raw_value']);
  }
});

test('a second copy of a cell’s own text is not covered by the cell', () => {
  const { fields, columns, vocabulary, bytes } = draft(decisions);
  const copied = Buffer.concat([bytes.subarray(0, bytes.length - 8), Buffer.from('sem.customer.name'), bytes.subarray(bytes.length - 8)]);
  new DataView(copied.buffer, copied.byteOffset).setUint32(
    copied.length - 8,
    new DataView(bytes.buffer).getUint32(bytes.length - 8, true) + 'sem.customer.name'.length,
    true,
  );
  equal(atOnce(leakTest({ fields, columns, bytes: copied }, vocabulary, detectMail, ['sem.customer.name'])).passed, false);
});

test('a cell outside what its field may hold is a leak, whatever it holds', () => {
  for (const [field, cell] of [
    ['col_name_tokens', ['customer', 'albakarlsson']],
    ['col_name_tokens', ['table 3.column 7']],
    ['approved_by', 'mara.lindqvist'],
    ['cluster', '["crm","table 3"]'],
    ['label', 'sem.not.decided.among'],
    ['model_version', 'mara.lindqvist'],
    ['agent_config_id', 'Alba Karlsson'],
    ['embedding_vector_ref', 'Alba'],
    ['artifact_refs', ['ar_1', 'Alba']],
    ['prompt_hash', 'Alba'],
    ['created_at', '2026-11-01'],
    ['tenant_scope', 'south'],
    ['split', 'Alba'],
    // An age or a salary is no similarity.
    ['name_similarity', 37],
    ['name_similarity', Number.NaN],
    ['name_similarity', '0.5'],
    ['chosen', 'yes'],
    ['label', null],
    ['label', ['sem.customer.name']],
    ['col_name_tokens', 'customer'],
  ] as const)
    deepEqual(failed(changed(field, cell)), [`${field}: not_allowed`], `${field} ${JSON.stringify(cell)}`);
});

test('words of a column’s name that are on no public list stand as keyed hashes, or the build stops', () => {
  const features = featuresFor(decisions);
  const [first] = decisions;
  ok(first !== undefined);
  features.set(first.features_ref, featuresOf(first, { tokens: ['customer', 'karlsson'] }));
  deepEqual(failed(draft(decisions, { features }).report), ['col_name_tokens: not_allowed']);
});

test('a similarity that is none stops the build', () => {
  const features = featuresFor(decisions);
  const [first] = decisions;
  ok(first !== undefined);
  features.set(first.features_ref, featuresOf(first, { numbers: () => featureNames.map(() => 41.9) }));
  equal(draft(decisions, { features }).report.passed, false);
});

test('personal data in words that people chose is found by the redaction engine: a glossary’s id, a model’s version', () => {
  const change = { semantic_id: 'mara@example.org', candidates: [{ semantic_id: 'mara@example.org', score: 1 }] };
  const { report } = draft([...decisions, decisionOf(99, change)], { detect: detectMail });
  deepEqual(failed(report), ['label: EMAIL', 'candidate: EMAIL']);
});

test('the report names fields and rules, never a value', () => {
  const change = { semantic_id: 'mara@example.org', candidates: [{ semantic_id: 'mara@example.org', score: 1 }] };
  ok(!JSON.stringify(draft([decisionOf(1, change)], { detect: detectMail }).report).includes('mara'));
});

test('a field that is not on the list stops the writer', () => {
  const { fields, columns } = draft(decisions);
  throws(() => atOnce(writeDataset(fields, { ...columns, sample: ['Alba'] })), { code: 'training.leak', message: /sample/ });
});
