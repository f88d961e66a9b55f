import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AncillaError, type Io } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { parseModel, type Model } from '@ancilla/ranker';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { openIsolation, runIsolated, type Isolation, type Limits } from './isolate.ts';

const Figures = Type.Record(Type.String(), Type.Number());
const Comparison = Type.Object({
  /** Held-out examples and tables. */
  groups: Type.Integer(),
  clusters: Type.Integer(),
  old: Figures,
  new: Figures,
  /** Lower bound of the mean difference of MRR over tables, 95 %, paired bootstrap. */
  mrr_difference_lower: Type.Number(),
  mrr_difference_of_worst_domain: Type.Number(),
});
type Comparison = Static<typeof Comparison>;
const Result = Compile(Type.Object({ model: Type.Unknown(), comparison: Comparison }));

/** 45,000 decisions of twenty candidates take 1.4 GB. */
const limits: Limits = { timeoutMs: 30 * 60_000, memoryBytes: 4 * 1024 ** 3, heapBytes: 2 * 1024 ** 3 };
const reader = fileURLToPath(import.meta.resolve('hyparquet'));
/** The program that trains, what it may read (our own packages and the libraries beside its Parquet reader) and its limits; in the repository as when installed. */
export const trainer = {
  script: fileURLToPath(new URL(`trainer${extname(import.meta.url)}`, import.meta.url)),
  readable: [
    fileURLToPath(new URL('../../..', import.meta.url)),
    reader.slice(0, reader.lastIndexOf('node_modules') + 'node_modules'.length),
  ],
  limits,
} as const;
/** How training runs are kept apart here. @param node - the Node that runs them */
export const openTrainer = (node: string): (() => Promise<Isolation>) => openIsolation({ node, ...trainer });

let code: Promise<string> | undefined;
/** SHA-256 over name and bytes of each file of ours that the run is made of: the trainer and the ranker. */
export const codeDigest = (): Promise<string> =>
  (code ??= (async () => {
    const ranker = dirname(fileURLToPath(import.meta.resolve('@ancilla/ranker')));
    const own = (await readdir(ranker)).filter((name) => name.endsWith(extname(trainer.script)) && !name.includes('.test.')).toSorted();
    const hash = createHash('sha256');
    for (const path of [trainer.script, ...own.map((name) => join(ranker, name))])
      hash.update(`${basename(path)}\0`).update(await readFile(path));
    return hash.digest('hex');
  })());

/** A finished run: the model's bytes are what is registered. */
export interface RunResult {
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly comparison: Comparison;
}

/** What a model is known by. */
export const modelBytes = (model: Model): Uint8Array => Buffer.from(JSON.stringify(model));

/**
 * Trains on a dataset, apart from everything else. The new model starts from the shipped one, not from the running one: it is what this dataset says and no more, so
 * what a dataset lacks, a model trained on it has forgotten.
 * @param parquet - the approved dataset's bytes
 * @throws {AncillaError} `training.empty` when no table is held out, `training.isolated`
 */
export async function train(
  parquet: Uint8Array,
  order: { readonly feature_names: readonly string[]; readonly shipped: Model; readonly running: Model },
  isolation: Isolation,
  io: Io,
): Promise<RunResult> {
  const header = Buffer.from(JSON.stringify(order));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.byteLength);
  const said: unknown = JSON.parse(
    Buffer.from(await runIsolated(isolation, Buffer.concat([length, header, parquet]), limits, io)).toString('utf8'),
  );
  if (!Result.Check(said))
    throw new AncillaError('training.isolated', 'the isolated run answered something that is no model with a comparison');
  const { comparison } = said;
  if (comparison.clusters === 0)
    throw new AncillaError(
      'training.empty',
      'decisions of one table only: old and new cannot be compared on a table that was not trained on',
    );
  const bytes = modelBytes(parseModel(said.model));
  return { bytes, digest: sha256Hex(bytes), comparison };
}
