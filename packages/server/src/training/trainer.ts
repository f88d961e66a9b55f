// The isolated run: dataset and models on stdin, new model and held-out figures on stdout. Imports the ranker and a Parquet reader, nothing else of ours.
import { compare, learn, parseModel, type TrainingRow } from '@ancilla/ranker';
import { parquetReadObjects } from 'hyparquet';

/** What the run is told beside the dataset. Written by `runs.ts` of the same build, on the other end of this pipe. */
interface Order {
  readonly feature_names: readonly string[];
  readonly shipped: unknown;
  readonly running: unknown;
}

const input = await readAll();
const headerBytes = new DataView(input.buffer, input.byteOffset, 4).getUint32(0);
const order = JSON.parse(new TextDecoder().decode(input.subarray(4, 4 + headerBytes))) as Order;
const rows = await readRows(input.slice(4 + headerBytes), order.feature_names);

const train = rows.filter(({ split }) => split === 'train');
const heldOut = rows.filter(({ split }) => split === 'held_out');
const model = learn(train, { prior: parseModel(order.shipped) });
process.stdout.write(JSON.stringify({ model, comparison: compare(parseModel(order.running), model, heldOut) }));

async function readAll(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return new Uint8Array(Buffer.concat(chunks));
}

async function readRows(
  parquet: Uint8Array,
  featureNames: readonly string[],
): Promise<readonly (TrainingRow & { readonly split: string })[]> {
  const file = parquet.buffer.slice(parquet.byteOffset, parquet.byteOffset + parquet.byteLength) as ArrayBuffer;
  const columns = ['example_id', 'split', 'cluster', 'candidate', 'chosen', ...featureNames];
  return (await parquetReadObjects({ file, columns })).map((row) => ({
    group: String(row['example_id']),
    split: String(row['split']),
    cluster: String(row['cluster']),
    candidate: String(row['candidate']),
    chosen: row['chosen'] === true,
    features: featureNames.map((name) => Number(row[name])),
  }));
}
