import { createHmac } from 'node:crypto';
import { toTimestamp, type Mapping } from '@ancilla/contracts';
import { featureNames } from '@ancilla/ranker';
import { mappingTask } from '../mapping/index.ts';
import { draftOf } from './dataset.ts';
import type { Features } from './examples.ts';
import type { Cell, Columns } from './fields.ts';
import { atOnce } from './turns.ts';

const DAY = 24 * 3600 * 1000;
const START = Date.UTC(2026, 10, 1);
const id = (prefix: string, n: number): string => `${prefix}_01h455vb4pex5vsknk0${String(n).padStart(7, '0')}`;
const hex = (n: number): string => n.toString(16).padStart(32, 'a');

/** A tenant's keyed hash. */
const hmacOf =
  (key: string) =>
  (purpose: string, value: string): Uint8Array =>
    createHmac('sha256', `${key}/${purpose}`).update(value).digest();

/** A decision on a column, as the review room writes it. */
export const decisionOf = (n: number, change: Partial<Mapping> = {}): Mapping => ({
  mapping_history_id: id('mh', n),
  trace_id: hex(n),
  review_trace_id: hex(n + 1000),
  suggestion_id: id('su', n),
  source: { dataset: 'crm', table: `table ${n % 4}`, column: `column ${n}` },
  decision: 'accept',
  semantic_id: 'sem.customer.name',
  candidates: [
    { semantic_id: 'sem.customer.name', score: 0.8 },
    { semantic_id: 'sem.address.city', score: 0.1 },
  ],
  features_ref: id('ar', n),
  reviewer_id: 'mara.lindqvist',
  justification: 'Mara knows this table',
  model: { id: 'mapping-ranker', version: 'base-6', arm: 'stable' },
  agent_config: { id: 'mapping.agent.v1', version: '1' },
  glossary: { id: 'crm', version: '1' },
  decided_at: toTimestamp(START + n * DAY),
  ...change,
});

/** What the run knew of a decision's column; of the file only what a test changes. */
export const featuresOf = (
  { source, candidates, decided_at }: Mapping,
  change: {
    readonly tokens?: readonly string[];
    readonly created_at?: string;
    readonly numbers?: (candidate: number) => readonly number[];
  } = {},
): Features & { readonly value: { readonly feature_names: readonly string[]; readonly prompt_hash: string; readonly columns: object } } => {
  const { tokens = ['customer', 'name', 'a1b2c3d4e5f60718'], created_at = toTimestamp(Date.parse(decided_at) - 1), numbers } = change;
  return {
    created_at,
    value: {
      feature_names: [...featureNames],
      prompt_hash: 'd'.repeat(64),
      columns: {
        [source.column]: {
          tokens,
          embedding_id: id('em', 1),
          candidates: [...candidates, { semantic_id: 'none' }].map(({ semantic_id }, i) => ({
            semantic_id,
            features: numbers?.(i) ?? featureNames.map((_, at) => Math.round((0.8 - 0.3 * i + at / 1000) * 1e6) / 1e6),
          })),
          profile: {},
        },
      },
    },
  };
};

/** What was known of the columns of decisions; those with one reference in one file, as those of one table are. */
export const featuresFor = (decisions: readonly Mapping[]): Map<string, Features> => {
  const found = new Map<string, ReturnType<typeof featuresOf>>();
  for (const decision of decisions) {
    const { value, created_at } = featuresOf(decision);
    const { columns = {} } = found.get(decision.features_ref)?.value ?? {};
    found.set(decision.features_ref, {
      created_at: found.get(decision.features_ref)?.created_at ?? created_at,
      value: { ...value, columns: { ...columns, ...value.columns } },
    });
  }
  return found;
};

/** A draft of a dataset, of a tenant of its own. */
export const draft = (
  decisions: readonly Mapping[],
  more: {
    readonly features?: ReadonlyMap<string, Features>;
    readonly rawValues?: readonly string[];
    readonly detect?: (text: string) => readonly string[];
    readonly vectors?: boolean;
    readonly key?: string;
  } = {},
) => {
  const features = more.features ?? featuresFor(decisions);
  const work = draftOf(
    mappingTask,
    decisions,
    new Map([...features].map(([ref, { value, created_at }]) => [ref, { created_at, value: mappingTask.parseFeatures(value) }])),
    { tenant_scope: 'north', vectors: more.vectors ?? false, hmac: hmacOf(more.key ?? 'north') },
    { detect: more.detect ?? (() => []), rawValues: more.rawValues ?? [] },
  );
  const made = atOnce(work);
  return { ...made, rows: toRows(made.columns) };
};

type Row = Readonly<Record<string, Cell>>;
/** Columns as people read them. */
export const toRows = (columns: Columns): readonly Row[] =>
  (Object.values(columns)[0] ?? []).map((_, i) =>
    Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, cells[i] ?? null])),
  );
