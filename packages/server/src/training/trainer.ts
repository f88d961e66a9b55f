// The isolated run: dataset and running model on stdin, new model and held-out figures on stdout. Imports the ranker and a Parquet reader, nothing else of ours.
import { compare, fit, parseModel, type Model, type TrainingRow } from '@ancilla/ranker';
import { parquetReadObjects } from 'hyparquet';

/** What the run is told beside the dataset. */
interface Order {
  readonly feature_names: readonly string[];
  readonly running: unknown;
  /** Clusters (tables) that are not trained on: old and new are compared there. */
  readonly held_out: readonly string[];
}

const input = await readAll();
const headerBytes = new DataView(input.buffer, input.byteOffset, 4).getUint32(0);
// Written by `runs.ts` of the same build, on the other end of this pipe.
const order = JSON.parse(new TextDecoder().decode(input.subarray(4, 4 + headerBytes))) as Order;
const rows = await readRows(input.slice(4 + headerBytes), order.feature_names);

const heldOut = new Set(order.held_out);
const running: Model = parseModel(order.running);
const train = rows.filter(({ cluster }) => !heldOut.has(cluster));
const test = rows.filter(({ cluster }) => heldOut.has(cluster));
const model = fit(train, { prior: running });
process.stdout.write(JSON.stringify({ model, comparison: compare(running, model, test) }));

async function readAll(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return new Uint8Array(Buffer.concat(chunks));
}

async function readRows(parquet: Uint8Array, featureNames: readonly string[]): Promise<readonly TrainingRow[]> {
  const file = parquet.buffer.slice(parquet.byteOffset, parquet.byteOffset + parquet.byteLength) as ArrayBuffer;
  return (await parquetReadObjects({ file })).map((row) => ({
    group: String(row['example_id']),
    cluster: String(row['cluster']),
    candidate: String(row['candidate']),
    chosen: row['chosen'] === true,
    features: featureNames.map((name) => Number(row[name])),
  }));
}
