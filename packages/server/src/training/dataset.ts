import { toTimestamp, type Collection, type Dataset, type Doc, type Task } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { toCroissant } from './croissant.ts';
import { writeDataset } from './dataset-file.ts';
import { toExamples, type ExampleParts, type Examples, type Features } from './examples.ts';
import { datasetFields, type Field } from './fields.ts';
import { leakTest, type LeakReport } from './leak-test.ts';

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
export interface Draft extends Examples {
  readonly fields: readonly Field[];
  readonly bytes: Uint8Array;
  readonly report: LeakReport;
}

/** Decisions as a file, with the leak test's report. Pure. @param look - the redaction engine and the raw values the test looks for */
export function draftOf<C extends Collection<'log'>, F>(
  task: Task<C, F>,
  decisions: readonly Doc<C>[],
  features: ReadonlyMap<string, Features<F>>,
  parts: Omit<ExampleParts, 'trainer_version'>,
  look: { readonly detect: (text: string) => readonly string[]; readonly rawValues: Iterable<string> },
): Draft {
  const examples = toExamples(task, decisions, features, { ...parts, trainer_version: TRAINER_VERSION });
  const fields = datasetFields(task.feature_names, parts.vectors);
  const bytes = writeDataset(fields, examples.columns);
  return {
    ...examples,
    fields,
    bytes,
    report: leakTest({ fields, columns: examples.columns, bytes }, examples.vocabulary, look.detect, look.rawValues),
  };
}

/** The catalog's entry for a draft. Pure. @param at - the stored file; without one the entry says that the build was refused */
export function toCatalogEntry(
  task: string,
  order: DatasetOrder,
  { fields, bytes, columns, links, left_out, vocabulary, report }: Draft,
  at: { readonly artifact_id: string | undefined; readonly policy: string; readonly creator: string; readonly now: number },
): Dataset {
  const { artifact_id, policy, creator, now } = at;
  const created_at = toTimestamp(now);
  const version = `${order.through_seq}`;
  const size = bytes.byteLength;
  const file = artifact_id === undefined ? undefined : { artifact_id, size, sha256: sha256Hex(bytes) };
  return {
    dataset_id: order.dataset_id,
    task,
    version,
    tenant_scope: vocabulary.tenant_scope,
    trace_id: order.trace_id,
    saga_id: order.saga_id,
    through_seq: order.through_seq,
    examples: links.length,
    left_out,
    fields: fields.map(({ name, dtype, allowed }) => ({ name, dtype, allowed })),
    files: file === undefined ? [] : [{ ...file, format: 'parquet', rows: columns['example_id']?.length ?? 0 }],
    leak_test: { ...report, leaks: [...report.leaks], policy },
    consent: order.consent,
    vectors: order.vectors,
    croissant:
      file === undefined
        ? null
        : toCroissant({
            name: `${task}-examples`,
            version,
            description: `De-identified examples of task ${task}, from decisions up to entry ${order.through_seq}: one row a candidate, chosen or not`,
            date: created_at,
            creator,
            file,
            fields,
          }),
    built_by: order.built_by,
    created_at,
  };
}
