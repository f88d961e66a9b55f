import { AncillaError, artifacts, changes, type Receipt } from '@ancilla/contracts';
import { append, edgeRoot, leafHash, ledgerEntry, toBase64, type RightEdge } from '@ancilla/evidence';
import { STORED_LEVEL, nodePlace } from '../node-place.ts';
import { toValue } from '../../commit.ts';
import { plan, type Found, type FoundEntry, type Plan, type RowChange } from '../../plan.ts';
import type { Table } from '../../table.ts';
import type { PreparedCommit, PreparedWrite, Value } from '../engine.ts';
import type { Cloak } from './cloak.ts';
import type { Transaction } from './connection.ts';
import { column, fieldsOf, indexedFields, tableName } from './schema.ts';

/** What a commit came to: a group never fails as one because of what one of it asked. */
export type Outcome = { readonly receipt: Receipt } | { readonly error: AncillaError };

interface Parts {
  readonly tables: ReadonlyMap<string, Table>;
  readonly cloak: Cloak;
  readonly store: string;
}
type HeadRow = readonly [log_id: string, size: string, edge: string, revision: string, fields: string];

/** Commits in one transaction, each planned on what those before it left; then the ledger grows by all their leaves at once. The lock on the head makes all writers of a store, of all nodes, one after the other. */
export async function commitGroup(parts: Parts, transaction: Transaction, commits: readonly PreparedCommit[]): Promise<readonly Outcome[]> {
  const { store } = parts;
  const [head] = await transaction.all<HeadRow>('select log_id, size, edge, revision, fields from head where store = $1 for update', [
    store,
  ]);
  if (head === undefined) throw new AncillaError('tenant.not_found', 'this store does not exist');
  const [log_id, sizeText, edgeText, revisionText, fields] = head;
  if (fields !== fieldsOf(parts.tables.values()))
    throw new AncillaError(
      'store.unavailable',
      'a server of another version has taken this store over: run the newest Ancilla on all servers',
    );
  const [size, before] = [Number(sizeText), Number(revisionText)];
  const snapshot = await readSnapshot(parts, transaction, commits);
  let revision = before;
  const rows: RowChange[] = [];
  const leaves: Uint8Array[] = [];
  const planned = commits.map((commit): Plan | { readonly error: AncillaError } => {
    try {
      const made = plan(snapshot.found, commit, { seq: size + leaves.length, revision: revision + 1 });
      for (const row of made.rows) {
        rows.push(row);
        if (row.op === 'log') leaves.push(leafHash(ledgerEntry({ collection: row.to, seq: row.seq, digest: row.digest })));
      }
      snapshot.apply(commit, made);
      if (made.rows.length > 0) revision = made.revision;
      return made;
    } catch (error) {
      // A plan that refuses has written nothing; its neighbours go on.
      if (error instanceof AncillaError) return { error };
      throw error;
    }
  });
  // What was planned is what is stored: the edge was read under the lock.
  const { edge, nodes } = append(JSON.parse(edgeText) as RightEdge, leaves);
  const bytes = await writeRows(parts, transaction, rows);
  if (revision !== before) {
    const full = nodes.filter(({ level }) => level >= STORED_LEVEL);
    // One way there and back for both.
    await transaction.all(
      `with grown as (insert into node (store, place, hash) select $1, * from unnest($6::bigint[], $7::bytea[]))
       update head set size = $2, edge = $3, revision = $4, bytes = bytes + $5 where store = $1`,
      [store, edge.size, JSON.stringify(edge), revision, bytes, full.map(nodePlace), full.map(({ hash }) => hash)],
    );
  }
  const root = toBase64(edgeRoot(edge));
  return planned.map((made) =>
    'error' in made
      ? made
      : { receipt: { log_id, size: edge.size, root, revision: made.revision as Receipt['revision'], writes: made.writes } },
  );
}

/** All that the plans of a group ask, read at once; what a plan changed is seen by the next. */
async function readSnapshot({ tables, cloak, store }: Parts, transaction: Transaction, commits: readonly PreparedCommit[]) {
  const table = (of: string): Table => {
    const found = tables.get(of);
    if (!found) throw new TypeError(`no collection "${of}"`);
    return found;
  };
  const isLog = (of: string) => table(of).kind === 'log';
  const writes = commits.flatMap((commit) => commit.writes);
  const keysOf = new Map<string, Set<string>>();
  const want = (of: string, key: string) => void (keysOf.get(of) ?? keysOf.set(of, new Set()).get(of))?.add(key);
  for (const write of writes) if (write.op !== 'blob') want(write.to, write.key);
  for (const { of, key } of commits.flatMap(({ guards }) => guards)) want(of, key);

  const entries = new Map<string, FoundEntry>();
  const revisions = new Map<string, number>();
  const holders = new Map<string, string>();
  const blobs = new Set<string>();
  const name = (...parts: readonly unknown[]) => JSON.stringify(parts);

  for (const [of, keys] of keysOf) {
    const byColumn = new Map([...keys].map((key) => [cloak.key(of, key), key]));
    if (!isLog(of)) {
      const found = await transaction.all<[string, string]>(
        `select key, revision from ${tableName(of)} where store = $1 and key = any($2)`,
        [store, [...byColumn.keys()]],
      );
      for (const [key, revision] of found) revisions.set(name(of, byColumn.get(key)), Number(revision));
      continue;
    }
    // Removed ones are known by what stays of their keys.
    const macs = new Map([...keys].map((key) => [cloak.mac(of, key).toString('hex'), key]));
    const rows = await transaction.all<[string, string, string, Buffer, boolean]>(
      `select key, seq, revision, received, false from ${tableName(of)} where store = $1 and key = any($2)` +
        ` union all select encode(key_mac, 'hex'), seq, revision, received, true from retired where store = $1 and collection = $3 and key_mac = any($4)`,
      [store, [...byColumn.keys()], of, [...macs.keys()].map((mac) => Buffer.from(mac, 'hex'))],
    );
    for (const [key, seq, revision, received, removed] of rows)
      entries.set(name(of, (removed ? macs : byColumn).get(key)), { seq: Number(seq), revision: Number(revision), received, removed });
  }
  for (const [of, set, values] of uniqueSets(writes)) {
    const fields = table(of).unique[set] ?? [];
    const found = await transaction.all<[string, Buffer]>(
      `select key, body from ${tableName(of)} where store = $1 and ${fields.map((field, i) => `${column(field)} = $${i + 2}`).join(' and ')}`,
      [store, ...fields.map((field, i) => cloak.field(of, field, values[i] ?? null))],
    );
    for (const [key, body] of found) holders.set(name(of, set, values), cloak.show(of, key, body).key);
  }
  const blobKeys = writes.flatMap((write) => (write.op === 'blob' ? [write.key] : []));
  if (blobKeys.length > 0) {
    const byColumn = new Map(blobKeys.map((key) => [cloak.key('blob', key), key]));
    for (const [key] of await transaction.all<[string]>('select key from blob where store = $1 and key = any($2)', [
      store,
      [...byColumn.keys()],
    ]))
      blobs.add(byColumn.get(key) ?? key);
  }

  const found: Found = {
    isLog,
    revision: (of, key) => revisions.get(name(of, key)),
    entry: (of, key) => entries.get(name(of, key)),
    holder: (of, set, values) => holders.get(name(of, set, values)),
    hasBlob: (key) => blobs.has(key),
  };
  const release = (of: string, key: string) => {
    for (const [held, holder] of holders) if (holder === key && held.startsWith(name(of).slice(0, -1))) holders.delete(held);
  };
  return {
    found,
    /** What the group's next plan has to see. */
    apply(commit: PreparedCommit, { rows, revision }: Plan) {
      for (const row of rows) {
        if (row.op === 'log') entries.set(name(row.to, row.key), { seq: row.seq, revision, received: row.received, removed: false });
        else if (row.op === 'insert' || row.op === 'update') revisions.set(name(row.to, row.key), revision);
        else if (row.op === 'blob') blobs.add(row.key);
        else if (row.op === 'delete') {
          revisions.delete(name(row.to, row.key));
          release(row.to, row.key);
          if (row.to === artifacts.name) blobs.delete(row.key);
        } else {
          const was = entries.get(name(row.to, row.key));
          if (was) entries.set(name(row.to, row.key), { ...was, removed: true });
          release(row.to, row.key);
        }
      }
      if (rows.length === 0) return;
      for (const write of commit.writes) {
        if (write.op !== 'insert' && write.op !== 'replace') continue;
        if (write.op === 'replace') release(write.to, write.key);
        for (const [set, values] of write.unique.entries()) if (!values.includes(null)) holders.set(name(write.to, set, values), write.key);
      }
    },
  };
}

/** Each unique set some write of the group wants, once. */
function uniqueSets(writes: readonly PreparedWrite[]): Iterable<readonly [of: string, set: number, values: readonly Value[]]> {
  const sets = new Map<string, readonly [string, number, readonly Value[]]>();
  for (const write of writes)
    if (write.op === 'insert' || write.op === 'replace')
      for (const [set, values] of write.unique.entries())
        if (!values.includes(null)) sets.set(JSON.stringify([write.to, set, values]), [write.to, set, values]);
  return sets.values();
}

/** Log documents first, a collection at a time; then states, removals and blobs in their order. Answers by how many bytes logs and artifacts grew. */
async function writeRows({ tables, cloak, store }: Parts, transaction: Transaction, rows: readonly RowChange[]): Promise<number> {
  let bytes = 0;
  const comparedOf = (of: string) => indexedFields(tables.get(of) ?? { indexes: {}, unique: [], name: of, kind: 'log', sparse: [] });
  const valuesOf = (of: string, fields: readonly string[], body: string) => {
    if (fields.length === 0) return [];
    // Canonical JSON of a document that fitted its schema.
    const doc = JSON.parse(body) as Readonly<Record<string, unknown>>;
    return fields.map((field) => cloak.field(of, field, toValue(doc[field])));
  };
  const logs = new Map<string, (Extract<RowChange, { op: 'log' }> & { removes?: string })[]>();
  for (const [i, row] of rows.entries()) {
    if (row.op !== 'log') continue;
    const after = rows[i + 1];
    const removes = row.to === changes.name && after?.op === 'retire' ? `c_${after.to}/${cloak.key(after.to, after.key)}` : undefined;
    const list = logs.get(row.to) ?? [];
    logs.set(row.to, list);
    list.push({ ...row, ...(removes !== undefined && { removes }) });
  }
  for (const [of, list] of logs) {
    const fields = comparedOf(of);
    const values = list.map(({ body }) => valuesOf(of, fields, body));
    const keys = list.map(({ key }) => cloak.key(of, key));
    const bodies = list.map(({ key, body }, at) => cloak.hide(of, keys[at] ?? '', key, body));
    bytes += bodies.reduce((sum, { length }) => sum + length, 0);
    const columns: (readonly [name: string, type: string, values: readonly unknown[]])[] = [
      ['seq', 'bigint', list.map(({ seq }) => seq)],
      ['key', 'text', keys],
      ['time', 'text', list.map(({ time }) => time)],
      ['revision', 'bigint', list.map(({ revision }) => revision)],
      ['body', 'bytea', bodies],
      ['salt', 'bytea', list.map(({ salt }) => Buffer.from(salt))],
      ['received', 'bytea', list.map(({ received }) => Buffer.from(received))],
      ['digest', 'text', list.map(({ digest }) => digest)],
      ...(of === changes.name ? [['removes', 'text', list.map(({ removes = null }) => removes)] as const] : []),
      ...fields.map((field, at) => [column(field), 'text', values.map((row) => row[at])] as const),
    ];
    await transaction.all(
      `insert into ${tableName(of)} (store, ${columns.map(([name]) => name).join(', ')}) select $1, * from unnest(${columns.map(([, type], i) => `$${i + 2}::${type}[]`).join(', ')})`,
      [store, ...columns.map(([, , each]) => each)],
    );
  }
  for (const row of rows) await writeRow(row);
  return bytes;

  async function remove(from: string, content: string, key: string): Promise<void> {
    const [gone] = await transaction.all<[number]>(`delete from ${from} where store = $1 and key = $2 returning octet_length(${content})`, [
      store,
      key,
    ]);
    bytes -= gone?.[0] ?? 0;
  }
  async function writeRow(row: RowChange): Promise<void> {
    switch (row.op) {
      case 'log':
        return;
      case 'insert':
      case 'update': {
        const fields = comparedOf(row.to);
        const values = valuesOf(row.to, fields, row.body);
        const key = cloak.key(row.to, row.key);
        const given = [store, key, row.time, row.revision, cloak.hide(row.to, key, row.key, row.body), ...values];
        const names = ['store', 'key', 'time', 'revision', 'body', ...fields.map(column)];
        const sql =
          row.op === 'insert'
            ? `insert into ${tableName(row.to)} (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`
            : `update ${tableName(row.to)} set ${names
                .slice(2)
                .map((each, i) => `${each} = $${i + 3}`)
                .join(', ')} where store = $1 and key = $2`;
        await transaction.all(sql, given);
        return;
      }
      case 'delete':
        await transaction.all(`delete from ${tableName(row.to)} where store = $1 and key = $2`, [store, cloak.key(row.to, row.key)]);
        // An artifact's bytes leave with what is known of it.
        if (row.to === artifacts.name) await remove('blob', 'sealed', cloak.key('blob', row.key));
        return;
      case 'retire':
        await transaction.all(
          `insert into retired (store, seq, collection, key_mac, received, revision, digest) select store, seq, $3, $4, received, revision, digest from ${tableName(row.to)} where store = $1 and key = $2`,
          [store, cloak.key(row.to, row.key), row.to, cloak.mac(row.to, row.key)],
        );
        await remove(tableName(row.to), 'body', cloak.key(row.to, row.key));
        return;
      case 'blob':
        bytes += row.sealed.length;
        await transaction.all('insert into blob (store, key, sealed) values ($1, $2, $3)', [
          store,
          cloak.key('blob', row.key),
          Buffer.from(row.sealed),
        ]);
    }
  }
}
