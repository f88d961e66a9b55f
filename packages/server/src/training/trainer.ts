// The isolated run: dataset and models on stdin, new model and held-out figures on stdout. Imports the ranker and a Parquet reader, nothing else of ours.
import { compare, learn, parseModel, type TrainingRow } from '@ancilla/ranker';
import { parquetMetadataAsync, parquetRead } from 'hyparquet';

/** What the run is told beside the dataset. Written by `runs.ts` of the same build, on the other end of this pipe. */
interface Order {
  readonly feature_names: readonly string[];
  readonly shipped: unknown;
  readonly running: unknown;
}

const input = await readAll();
const headerBytes = input.readUInt32BE(0);
const order = JSON.parse(input.toString('utf8', 4, 4 + headerBytes)) as Order;
const rows = await readRows(input.subarray(4 + headerBytes), order.feature_names);

const train = rows.filter(({ split }) => split === 'train');
const heldOut = rows.filter(({ split }) => split === 'held_out');
const model = learn(train, { prior: parseModel(order.shipped) });
process.stdout.write(JSON.stringify({ model, comparison: compare(parseModel(order.running), model, heldOut) }));

async function readAll(): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/**
 * One group of rows after the other, the features of all side by side in one piece of memory, each text once: an object of boxed numbers a row took several times as
 * much, and 45,000 decisions did not fit.
 */
async function readRows(parquet: Buffer, featureNames: readonly string[]): Promise<readonly (TrainingRow & { readonly split: string })[]> {
  const file = {
    byteLength: parquet.byteLength,
    slice: (from: number, to?: number): ArrayBuffer => new Uint8Array(parquet.subarray(from, to)).buffer,
  };
  const metadata = await parquetMetadataAsync(file);
  const size = featureNames.length;
  const numbers = new Float64Array(Number(metadata.num_rows) * size);
  const placeOf = new Map(featureNames.map((name, at) => [name, at]));
  const columns = ['example_id', 'split', 'cluster', 'candidate', 'chosen', ...featureNames];
  const known = new Map<string, string>();
  const once = (value: unknown): string => {
    const text = String(value);
    const same = known.get(text) ?? text;
    known.set(same, same);
    return same;
  };
  const made: (TrainingRow & { readonly split: string })[] = [];
  for (const { num_rows } of metadata.row_groups) {
    const [first, count] = [made.length, Number(num_rows)];
    const others: Record<string, unknown[]> = {};
    await parquetRead({
      file,
      metadata,
      columns,
      rowStart: first,
      rowEnd: first + count,
      onChunk({ columnName, columnData, rowStart }) {
        const place = placeOf.get(columnName);
        const other = place === undefined ? (others[columnName] ??= []) : [];
        for (let i = 0; i < columnData.length; i++)
          if (place === undefined) other[rowStart - first + i] = columnData[i];
          else numbers[(rowStart + i) * size + place] = Number(columnData[i]);
      },
    });
    for (let i = 0; i < count; i++)
      made.push({
        group: once(others['example_id']?.[i]),
        split: once(others['split']?.[i]),
        cluster: once(others['cluster']?.[i]),
        candidate: once(others['candidate']?.[i]),
        chosen: others['chosen']?.[i] === true,
        features: numbers.subarray((first + i) * size, (first + i + 1) * size),
      });
  }
  return made;
}
