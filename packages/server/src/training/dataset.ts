import { toTimestamp, type Dataset, type DecisionLog, type Doc, type Task } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { toCallPairs, type CallPairParts, type KeptCall } from './call-pairs.ts';
import { toCroissant } from './croissant.ts';
import { logicalDigest, writeDataset } from './dataset-file.ts';
import { toExamples, type ExampleParts, type Examples, type Features } from './examples.ts';
import { callFields, datasetFields, type Columns, type Field, type Vocabulary } from './fields.ts';
import { leakTest, type LeakReport } from './leak-test.ts';
import { SPLIT_RULE } from './split.ts';
import type { InParts } from './turns.ts';

/** Version of what turns decisions into examples and examples into models. */
export const TRAINER_VERSION = '1.1.0';

/** What was asked for, by whom, and up to where in the feed. */
export interface DatasetOrder {
  readonly dataset_id: string;
  readonly saga_id: string;
  readonly trace_id: string;
  readonly through_seq: number;
  readonly consent: Dataset['consent'];
  readonly vectors: boolean;
  readonly built_by: string;
}

/** A dataset in memory, tested: what a build stores, or refuses to. */
export interface Draft {
  readonly kind: NonNullable<Dataset['kind']>;
  readonly examples: number;
  /** The way back to decisions. */
  readonly links: Examples['links'];
  readonly left_out: Dataset['left_out'];
  readonly vocabulary: Vocabulary;
  readonly columns: Columns;
  readonly fields: readonly Field[];
  readonly bytes: Uint8Array;
  readonly logical_sha256: string;
  readonly report: LeakReport;
}

type Look = (text: string) => readonly string[];

/** Decisions as a file, with the leak test's report. Pure. @param look - the redaction engine and the raw values the test looks for */
export function* draftOf<C extends DecisionLog, F>(
  task: Task<C, F>,
  decisions: readonly Doc<C>[],
  features: ReadonlyMap<string, Features<F>>,
  parts: Omit<ExampleParts, 'trainer_version'>,
  look: { readonly detect: Look; readonly rawValues: Iterable<string> },
): InParts<Draft> {
  const { columns, vocabulary, links, left_out } = yield* toExamples(task, decisions, features, {
    ...parts,
    trainer_version: TRAINER_VERSION,
  });
  const fields = datasetFields(task.feature_names, parts.vectors);
  const bytes = yield* writeDataset(fields, columns);
  const report = yield* leakTest({ fields, columns, bytes }, vocabulary, look.detect, look.rawValues);
  const logical_sha256 = yield* logicalDigest(fields, columns);
  return { kind: 'examples', examples: links.length, links, left_out, vocabulary, columns, fields, bytes, logical_sha256, report };
}

/** Calls as a file, with the leak test's report. Pure. */
export function* draftOfCalls(calls: readonly KeptCall[], parts: CallPairParts, detect: Look): InParts<Draft> {
  const { columns, vocabulary, rows, left_out, removed } = yield* toCallPairs(calls, parts);
  const fields = callFields;
  const bytes = yield* writeDataset(fields, columns);
  const report = yield* leakTest({ fields, columns, bytes }, vocabulary, detect, removed);
  const logical_sha256 = yield* logicalDigest(fields, columns);
  return { kind: 'agent_io', examples: rows, links: [], left_out, vocabulary, columns, fields, bytes, logical_sha256, report };
}

/** What people and tools are told of a kind of dataset. */
const described = {
  examples: {
    name: (task: string) => `${task}-examples`,
    description: (task: string, through: number) =>
      `De-identified examples of task ${task}, from decisions up to entry ${through}: one row a candidate, chosen or not`,
    key: ['example_id', 'candidate'],
    sensitive: 'Similarities, ids and pseudonyms only; sample values are left out',
  },
  agent_io: {
    name: (agent: string) => `${agent}-calls`,
    description: (agent: string, through: number) =>
      `Prompts and answers of agent ${agent} after redaction, from calls up to entry ${through}: one row a call`,
    key: ['example_id'],
    sensitive: 'Texts after redaction: what the tenant’s policy finds is replaced, what it does not know stays; never leaves the tenant',
  },
} as const;

/** What is told of a dataset's file. */
export const croissantOf = (
  kind: Draft['kind'],
  { task, version, through_seq }: Pick<Dataset, 'task' | 'version' | 'through_seq'>,
  about: Pick<Parameters<typeof toCroissant>[0], 'creator' | 'date' | 'file' | 'fields'>,
): object => {
  const { name, description, key, sensitive } = described[kind];
  return toCroissant({ ...about, name: name(task), version, description: description(task, through_seq), key, sensitive });
};

/** The catalog's entry for a draft. Pure. @param at - the stored file; without one the entry says that the build was refused */
export function toCatalogEntry(
  task: string,
  order: DatasetOrder,
  { kind, examples, fields, bytes, logical_sha256, columns, left_out, vocabulary, report }: Draft,
  at: { readonly artifact_id: string | undefined; readonly policy: string; readonly creator: string; readonly now: number },
): Dataset {
  const { artifact_id, policy, creator, now } = at;
  const created_at = toTimestamp(now);
  const version = `${order.through_seq}`;
  const size = bytes.byteLength;
  const file = artifact_id === undefined ? undefined : { artifact_id, size, sha256: sha256Hex(bytes) };
  return {
    dataset_id: order.dataset_id,
    ...(kind !== 'examples' && { kind }),
    task,
    version,
    tenant_scope: vocabulary.tenant_scope,
    trace_id: order.trace_id,
    saga_id: order.saga_id,
    through_seq: order.through_seq,
    examples,
    left_out,
    fields: fields.map(({ name, dtype, allowed }) => ({ name, dtype, allowed })),
    files: file === undefined ? [] : [{ ...file, format: 'parquet', rows: columns['example_id']?.length ?? 0 }],
    ...(file !== undefined && { logical_sha256 }),
    leak_test: { ...report, leaks: [...report.leaks], policy },
    consent: order.consent,
    vectors: order.vectors,
    split_rule: SPLIT_RULE,
    croissant:
      file === undefined
        ? null
        : croissantOf(kind, { task, version, through_seq: order.through_seq }, { creator, date: created_at, file, fields }),
    built_by: order.built_by,
    created_at,
  };
}
