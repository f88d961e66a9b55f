import { AncillaError, type Io, type RedactionReceipt } from '@ancilla/contracts';
import type { Static } from 'typebox';
import type { TenantGate } from '../ingest/index.ts';
import { LONGEST_NAME, LONGEST_VALUE, tableCheck, type TableBody } from './bodies.ts';

type Table = Static<typeof TableBody>;

/**
 * A table as a mapping run may see it. Each column is redacted by itself, under its name: `birth_date` tells what a date beside it is, and no column tells about another.
 * @throws {AncillaError} what the gate throws, and `redaction.failed` when what is left is no table
 */
export async function cleanTable(
  gate: Pick<TenantGate, 'clean'>,
  asked: { readonly dataset: string; readonly table: Table },
  io: Io,
): Promise<{ readonly dataset: string; readonly table: Table; readonly receipt: RedactionReceipt }> {
  const heading = await gate.clean(
    { dataset: asked.dataset, name: asked.table.name, dtypes: asked.table.columns.map(({ dtype }) => dtype ?? '') },
    io,
  );
  const { dataset, name: tableName, dtypes } = Object(heading.value);
  const cleaned = await Promise.all(asked.table.columns.map(({ name, samples }) => gate.clean({ [name]: samples ?? [] }, io)));
  const receipts = [heading, ...cleaned].map(({ receipt }) => receipt);
  const columns = asked.table.columns.map(({ dtype, samples }, i) => {
    const [cleanName, cleanSamples] = Object.entries(Object(cleaned[i]?.value))[0] ?? [];
    return {
      name: cut(cleanName, LONGEST_NAME),
      ...(dtype !== undefined && { dtype: cut(Object(dtypes)[i], LONGEST_NAME) }),
      ...(samples !== undefined && { samples: cutAll(cleanSamples) }),
    };
  });
  const table: unknown = { name: cut(tableName, LONGEST_NAME), columns };
  if (typeof dataset !== 'string' || !tableCheck.Check(table))
    throw new AncillaError('redaction.failed', 'what redaction left of the table is no table');
  return {
    dataset: cut(dataset, LONGEST_NAME),
    table: { ...table, columns: apart(table.columns) },
    receipt: sum(receipts, heading.receipt),
  };
}

/** What stands for a value may be longer than the value was: a cell full of addresses ends where a cell does, and never in half a character. */
const cut = <T>(text: T, longest: number): T | string => (typeof text === 'string' ? text.slice(0, longest).toWellFormed() : text);
const cutAll = (texts: unknown): unknown => (Array.isArray(texts) ? texts.map((text: unknown) => cut(text, LONGEST_VALUE)) : texts);

/** Two different names may be the same after redaction: they stay apart by a number. */
function apart(columns: Table['columns']): Table['columns'] {
  const taken = new Set<string>();
  return columns.map((column) => {
    let name = column.name;
    for (let count = 2; taken.has(name); count++) name = `${cut(column.name, LONGEST_NAME - `_${count}`.length)}_${count}`;
    taken.add(name);
    return { ...column, name };
  });
}

function sum(receipts: readonly RedactionReceipt[], first: RedactionReceipt): RedactionReceipt {
  const counts: Record<string, number> = {};
  let bytes_in = 0;
  let bytes_out = 0;
  for (const receipt of receipts) {
    for (const [type, count] of Object.entries(receipt.counts)) counts[type] = (counts[type] ?? 0) + count;
    bytes_in += receipt.bytes_in;
    bytes_out += receipt.bytes_out;
  }
  return { ...first, counts, bytes_in, bytes_out };
}
