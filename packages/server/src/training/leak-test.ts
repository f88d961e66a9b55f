import type { Field, Row } from './dataset-file.ts';

/** What the leak test found: where and by which rule, never what. */
export interface Leak {
  readonly field: string;
  readonly rule: string;
}
export interface LeakReport {
  readonly passed: boolean;
  readonly checked_bytes: number;
  readonly leaks: readonly Leak[];
}

/** Raw values shorter than this are too common to say anything: `NL` stands in every file. */
const TELLING_LENGTH = 5;
const LEAKS_NAMED = 20;

/**
 * Looks for personal data and for the tenant's own raw values in what is about to become a dataset: every distinct text by the redaction engine, every byte of the
 * file for the values.
 * @param detect - types the tenant's policy finds in a text
 * @param rawValues - values of the tenant's tables, as far as they are at hand
 */
export function leakTest(
  { fields, rows, bytes }: { readonly fields: readonly Field[]; readonly rows: readonly Row[]; readonly bytes: Uint8Array },
  detect: (text: string) => readonly string[],
  rawValues: Iterable<string>,
): LeakReport {
  const leaks: Leak[] = [];
  const ours = new Set([
    'example_id',
    'mapping_history_id',
    'trace_id',
    'prompt_hash',
    'created_at',
    'approved_by',
    'cluster',
    'embedding_vector_ref',
  ]);
  const said = new Set<string>();
  for (const { name, dtype } of fields) {
    if (dtype !== 'string' && dtype !== 'json') continue;
    const texts = new Set(rows.flatMap((row) => toTexts(row[name])));
    for (const text of texts) {
      said.add(text);
      // Ids, hashes and pseudonyms are made here from nothing but randomness and keys.
      if (!ours.has(name)) for (const rule of detect(text)) leaks.push({ field: name, rule });
    }
  }
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Names of terms are the glossary's, public to the tenant: a value that is one of them tells nothing.
  const terms = new Set(rows.flatMap((row) => [...toTexts(row['label']), ...toTexts(row['candidate'])]));
  const names = new Set(fields.map(({ name }) => name));
  for (const value of new Set(rawValues)) {
    if (value.length < TELLING_LENGTH || terms.has(value) || names.has(value)) continue;
    if (file.includes(value) && [...said].some((text) => text.includes(value) && !ids(text)))
      leaks.push({ field: fieldOf(value, fields, rows), rule: 'raw_value' });
  }
  return { passed: leaks.length === 0, checked_bytes: bytes.byteLength, leaks: leaks.slice(0, LEAKS_NAMED) };
}

const toTexts = (cell: Row[string] | undefined): readonly string[] => {
  if (typeof cell === 'string') return [cell];
  return Array.isArray(cell) ? cell.map(String) : [];
};
/** A number such as 20251 may stand in a random id or a hash by chance. */
const ids = (text: string): boolean => /^(?:[a-z]{2,3}_[0-7][0-9a-z]{25}|[0-9a-f]{32,64}|\d{4}-\d\d-\d\dT[\d:.]+Z)$/.test(text);
const fieldOf = (value: string, fields: readonly Field[], rows: readonly Row[]): string =>
  fields.find(({ name }) => rows.some((row) => toTexts(row[name]).some((text) => text.includes(value) && !ids(text))))?.name ?? 'file';
