import { changes, type Collection } from '@ancilla/contracts';

/** What an engine needs to know of a collection: plain data, so that it crosses to a worker. */
export interface Table {
  readonly name: string;
  readonly kind: Collection['kind'];
  readonly indexes: Readonly<Record<string, readonly string[]>>;
  readonly unique: readonly (readonly string[])[];
  /** Fields a document may lack or have null; an index leaves such documents out. */
  readonly sparse: readonly string[];
}

/** Every store has `changes`, which the commit itself writes. */
export const withChanges = (collections: readonly Collection[]): readonly Collection[] =>
  collections.some(({ name }) => name === changes.name) ? collections : [...collections, changes];

/** Reads the table off the declaration. */
export function toTable({ name, kind, indexes, unique = [], schema }: Collection): Table {
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(name)) throw new RangeError(`"${name}" cannot name a collection`);
  const required = new Set<string>(schema.required);
  const fields = [...new Set([...Object.values(indexes).flat(), ...unique.flat()])];
  for (const field of fields) if (!/^[a-z][a-z0-9_]{0,63}$/.test(field)) throw new RangeError(`"${name}.${field}" cannot be indexed`);
  const sparse = fields.filter((field) => !required.has(field) || mayBeNull(schema.properties[field]));
  return { name, kind, indexes, unique, sparse };
}

function mayBeNull(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  if ('type' in schema && schema.type === 'null') return true;
  if ('enum' in schema && Array.isArray(schema.enum) && schema.enum.includes(null)) return true;
  return 'anyOf' in schema && Array.isArray(schema.anyOf) && schema.anyOf.some(mayBeNull);
}
