import { AncillaError } from '@ancilla/contracts/errors';
import { edgeRoot, leafHash, ledgerEntry, merkleRoot, type NodeId } from '@ancilla/evidence';
import type { LeafRow, Reads, Row } from '../engine.ts';
import { STORED_LEVEL, nodePlace } from '../node-place.ts';
import { pageSql, pageValues } from './page.ts';
import { positionOf, tableName } from './schema.ts';
import type { Session } from './session.ts';

/** Leaves one read gives at most. */
const MAX_LEAVES = 1000;

/** All that is read from an open file. */
export function openReads(session: Session): Reads {
  const leaves = (fromSeq: number, toSeq: number): readonly LeafRow[] => {
    // The seq has no gaps, so the bound on it bounds the rows, in each table as in all.
    const range = [fromSeq, Math.min(toSeq, fromSeq + MAX_LEAVES)];
    const parts = [
      ...session.tables
        .filter(({ kind, name }) => kind === 'log' && session.has(name))
        .map(({ name }) => `select '${name}', seq, digest, salt from ${tableName(name)} where seq >= ? and seq < ?`),
      'select collection, seq, digest, null from retired where seq >= ? and seq < ?',
    ];
    return session
      .all<[string, number, string, Uint8Array | null]>(`${parts.join(' union all ')} order by 2`, ...parts.flatMap(() => range))
      .map(([of, seq, digest, salt]) => ({ of, seq, digest, salt: salt ?? undefined }));
  };

  const node = ({ level, index }: NodeId): Uint8Array => {
    if (level < STORED_LEVEL) {
      const width = 2 ** level;
      const rows = leaves(index * width, (index + 1) * width);
      if (rows.length !== width) throw new AncillaError('store.corrupt', `the ledger lacks leaves from ${index * width} on`);
      return merkleRoot(rows.map(({ of, seq, digest }) => leafHash(ledgerEntry({ collection: of, seq, digest }))));
    }
    const row = session.first<[Uint8Array]>('select hash from node where place = ?', nodePlace({ level, index }));
    if (!row) throw new AncillaError('store.corrupt', `the ledger has no full node at level ${level}, index ${index}`);
    return row[0];
  };

  return {
    leaves,
    nodes: (at) => at.map(node),
    head() {
      const { log_id, edge, revision } = session.head();
      return { log_id, size: edge.size, root: edgeRoot(edge), revision };
    },
    get(of, key) {
      const position = positionOf(session.table(of));
      if (!session.has(of)) return undefined;
      const row = session.first<RawRow>(`select body, time, ${position}, revision from ${tableName(of)} where key = ?`, key);
      return row && toRow(row);
    },
    page(query) {
      const sql = pageSql(session.table(query.of), query);
      return session.has(query.of) ? session.all<RawRow>(sql, ...pageValues(query)).map(toRow) : [];
    },
    blob: (key) => session.first<[Uint8Array]>('select sealed from blob where key = ?', key)?.[0],
    feed(of, after, before, limit) {
      // Each part is limited by itself, so that none is read to its end for the sake of the order.
      const range = 'seq > ? and seq < ?';
      const parts = of
        .filter(session.has)
        .flatMap((name) => [
          `select '${name}', seq, key, body from (select * from ${tableName(name)} where ${range} order by seq limit ?)`,
          `select '${name}', seq, lower(hex(key_mac)), null from (select * from retired where ${range} and collection = '${name}' order by seq limit ?)`,
        ]);
      if (parts.length === 0) return [];
      return session
        .all<[string, number, string, string | null]>(
          `${parts.join(' union all ')} order by 2 limit ?`,
          ...parts.flatMap(() => [after, before, limit]),
          limit,
        )
        .map(([name, seq, key, body]) => ({ of: name, seq, key, body: body ?? undefined }));
    },
  };
}

type RawRow = readonly [body: string, time: string, position: number, revision: number];
const toRow = ([body, time, position, revision]: RawRow): Row => ({ body, time, position, revision });
