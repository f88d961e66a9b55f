import { AncillaError } from '@ancilla/contracts';
import { edgeRoot, leafHash, ledgerEntry, merkleRoot, type NodeId, type RightEdge } from '@ancilla/evidence';
import { STORED_LEVEL, nodePlace } from '../node-place.ts';
import type { Table } from '../../table.ts';
import type { LeafRow, Reads, Row } from '../engine.ts';
import type { Cloak } from './cloak.ts';
import type { Transaction } from './connection.ts';
import { column, positionOf, tableName } from './schema.ts';

/** Leaves one read gives at most. */
const MAX_LEAVES = 1000;

/** What every engine reads, here over a connection. */
export type AsyncReads = { readonly [K in keyof Reads]: (...args: Parameters<Reads[K]>) => Promise<ReturnType<Reads[K]>> };

/** All that is read in one transaction of a store. */
export function openReads(
  { tables, cloak, store }: { readonly tables: ReadonlyMap<string, Table>; readonly cloak: Cloak; readonly store: string },
  transaction: Transaction,
): AsyncReads {
  const table = (of: string): Table => {
    const found = tables.get(of);
    if (!found) throw new TypeError(`no collection "${of}"`);
    return found;
  };
  const toRow = (of: string, [key, body, time, position, revision]: RawRow): Row => ({
    body: cloak.show(of, key, body).body,
    time,
    position: Number(position),
    revision: Number(revision),
  });
  const leaves = async (fromSeq: number, toSeq: number): Promise<readonly LeafRow[]> => {
    const logs = [...tables.values()].filter(({ kind }) => kind === 'log');
    const parts = [
      ...logs.map(({ name }) => `select '${name}', seq, digest, salt from ${tableName(name)} where store = $1 and seq >= $2 and seq < $3`),
      'select collection, seq, digest, null from retired where store = $1 and seq >= $2 and seq < $3',
    ];
    // The seq has no gaps, so the bound on it bounds the rows.
    const found = await transaction.all<[string, string, string, Buffer | null]>(`${parts.join(' union all ')} order by 2`, [
      store,
      fromSeq,
      Math.min(toSeq, fromSeq + MAX_LEAVES),
    ]);
    return found.map(([of, seq, digest, salt]) => ({
      of,
      seq: Number(seq),
      digest,
      salt: salt === null ? undefined : new Uint8Array(salt),
    }));
  };
  const node = async ({ level, index }: NodeId): Promise<Uint8Array> => {
    if (level < STORED_LEVEL) {
      const width = 2 ** level;
      const rows = await leaves(index * width, (index + 1) * width);
      if (rows.length !== width) throw new AncillaError('store.corrupt', `the ledger lacks leaves from ${index * width} on`);
      return merkleRoot(rows.map(({ of, seq, digest }) => leafHash(ledgerEntry({ collection: of, seq, digest }))));
    }
    const [row] = await transaction.all<[Buffer]>('select hash from node where store = $1 and place = $2', [
      store,
      nodePlace({ level, index }),
    ]);
    if (!row) throw new AncillaError('store.corrupt', `the ledger has no full node at level ${level}, index ${index}`);
    return new Uint8Array(row[0]);
  };
  return {
    leaves,
    async nodes(at) {
      const found: Uint8Array[] = [];
      for (const each of at) found.push(await node(each));
      return found;
    },
    async head() {
      const [row] = await transaction.all<[string, string, string]>('select log_id, edge, revision from head where store = $1', [store]);
      if (!row) throw new AncillaError('tenant.not_found', 'this store does not exist');
      // Written by this engine, under the head's lock.
      const edge = JSON.parse(row[1]) as RightEdge;
      return { log_id: row[0], size: edge.size, root: edgeRoot(edge), revision: Number(row[2]) };
    },
    async get(of, key) {
      const [row] = await transaction.all<RawRow>(
        `select key, body, time, ${positionOf(table(of))}, revision from ${tableName(of)} where store = $1 and key = $2`,
        [store, cloak.key(of, key)],
      );
      return row && toRow(of, row);
    },
    async page({ of, index, equals, from, to, after, limit, oldest_first }) {
      const fields = table(of).indexes[index];
      if (!fields) throw new TypeError(`${of} has no index "${index}"`);
      const position = positionOf(table(of));
      const order = oldest_first ? 'asc' : 'desc';
      // A cursor replaces the bound on its side: of two bounds the wider one could be picked for the walk.
      const lower = (oldest_first ? after : undefined) ?? [from ?? '', -1];
      const upper = (oldest_first ? undefined : after) ?? (to === undefined ? ['\u{10ffff}', 0] : [to, -1]);
      const where = ['store = $1', ...fields.map((field, i) => `${column(field)} = $${i + 2}`)];
      const n = fields.length + 2;
      const sql =
        `select key, body, time, ${position}, revision from ${tableName(of)} where ${where.join(' and ')} and (time, ${position}) > ($${n}, $${n + 1}::bigint) and (time, ${position}) < ($${n + 2}, $${n + 3}::bigint)` +
        ` order by time ${order}, ${position} ${order} limit $${n + 4}`;
      const values = [store, ...fields.map((field, i) => cloak.field(of, field, equals[i] ?? null)), ...lower, ...upper, limit];
      return (await transaction.all<RawRow>(sql, values)).map((row) => toRow(of, row));
    },
    async blob(key) {
      const [row] = await transaction.all<[Buffer]>('select sealed from blob where store = $1 and key = $2', [
        store,
        cloak.key('blob', key),
      ]);
      return row && new Uint8Array(row[0]);
    },
    async feed(of, after, before, limit) {
      // Each part is limited by itself, so that none is read to its end for the sake of the order.
      const range = 'store = $1 and seq > $2 and seq < $3';
      const parts = of.flatMap((name) => [
        `(select '${table(name).name}', seq, key, body from ${tableName(name)} where ${range} order by seq limit $4)`,
        `(select '${name}', seq, encode(key_mac, 'hex'), null from retired where ${range} and collection = '${name}' order by seq limit $4)`,
      ]);
      if (parts.length === 0) return [];
      const found = await transaction.all<[string, string, string, Buffer | null]>(`${parts.join(' union all ')} order by 2 limit $4`, [
        store,
        after,
        before,
        limit,
      ]);
      return found.map(([name, seq, key, body]) =>
        body === null
          ? { of: name, seq: Number(seq), key, body: undefined }
          : { of: name, seq: Number(seq), ...cloak.show(name, key, body) },
      );
    },
  };
}

type RawRow = readonly [key: string, body: Buffer, time: string, position: string, revision: string];
