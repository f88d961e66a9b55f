import { AncillaError, type Io } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { parseModel, type Model } from '@ancilla/ranker';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { readDataset } from './dataset-file.ts';
import { runIsolated, type Isolation } from './isolate.ts';

const Comparison = Type.Object({
  /** Held-out examples and tables. */
  groups: Type.Integer(),
  clusters: Type.Integer(),
  old: Type.Record(Type.String(), Type.Number()),
  new: Type.Record(Type.String(), Type.Number()),
  /** Lower bound of the mean difference of MRR over tables, 95 %, paired bootstrap. */
  mrr_difference_lower: Type.Number(),
});
export type Comparison = Static<typeof Comparison>;
const Result = Compile(Type.Object({ model: Type.Unknown(), comparison: Comparison }));

/** A finished run: the model's bytes are what is registered. */
export interface RunResult {
  readonly model: Model;
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly comparison: Comparison;
}

const TIMEOUT_MS = 10 * 60_000;
/** One table in four is kept out of training. */
const HELD_OUT = 4;

/** Which clusters are kept out: by their hash, so that the same dataset always has the same; at least one when there are two. */
export function heldOutClusters(clusters: Iterable<string>): readonly string[] {
  const sorted = [...new Set(clusters)].map((cluster) => [sha256Hex(cluster), cluster] as const).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (sorted.length < 2) return [];
  return sorted.slice(0, Math.max(1, Math.floor(sorted.length / HELD_OUT))).map(([, cluster]) => cluster);
}

/**
 * Trains on a dataset, apart from everything else.
 * @param parquet - the approved dataset's bytes
 * @throws {AncillaError} `training.empty` when there are too few tables to hold one out
 */
export async function train(
  parquet: Uint8Array,
  feature_names: readonly string[],
  running: Model,
  isolation: Isolation,
  io: Io,
): Promise<RunResult> {
  const rows = await readDataset(parquet);
  const held_out = heldOutClusters(rows.map(({ cluster }) => String(cluster)));
  if (held_out.length === 0)
    throw new AncillaError(
      'training.empty',
      'decisions of one table only: old and new cannot be compared on a table that was not trained on',
    );
  const header = Buffer.from(JSON.stringify({ feature_names, running, held_out }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.byteLength);
  const said: unknown = JSON.parse(
    Buffer.from(await runIsolated(isolation, Buffer.concat([length, header, parquet]), TIMEOUT_MS, io)).toString('utf8'),
  );
  if (!Result.Check(said)) throw new AncillaError('internal', 'the isolated run answered something that is no model with a comparison');
  const model = parseModel(said.model);
  const bytes = Buffer.from(JSON.stringify(model));
  return { model, bytes, digest: sha256Hex(bytes), comparison: said.comparison };
}

/** The offline gate: not worse than the running model on tables it never saw. */
export const passesOfflineGate = ({ clusters, mrr_difference_lower }: Pick<Comparison, 'clusters' | 'mrr_difference_lower'>): boolean =>
  clusters > 0 && mrr_difference_lower > -0.01;
