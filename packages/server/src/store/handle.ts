import {
  AncillaError,
  type Collection,
  type Entry,
  type Io,
  type LedgerEntry,
  type Page,
  type Receipt,
  type Reader,
  type Store,
  type Stored,
} from '@ancilla/contracts';
import { ledgerEntry } from '@ancilla/evidence';
import { toValue, type Prepare, type Secrecy } from './commit.ts';
import { fromCursor, toCursor } from './cursor.ts';
import type { EngineStore, LeafRow, Row } from './engines/engine.ts';
import type { Tail } from './tail.ts';

const PAGE = 50;
const MAX_PAGE = 500;
const FEED_BATCH = 500;

/** What one handle is made of. */
export interface HandleParts extends Secrecy {
  /** The data, once it is known to be there; rejects when it is not. */
  ready(): Promise<EngineStore & { readonly readOnly: string | undefined }>;
  readonly prepare: Prepare;
  readonly tail: Tail;
  committed(): void;
}

/** A handle on one store: all of the port, in terms of the few things an engine does. */
export function storeHandle<P>({ ready, prepare, tail, committed, scope, hmac }: HandleParts): Store<P> {
  const reader: Reader<P> = {
    async get(from, id, io) {
      const row = await (await ready()).read('get', [from.name, id], io);
      return row && toStored(from, row);
    },
    async find(from, query, io) {
      // A query is a union over the collection's indexes; here only its common form matters.
      return findPage(await ready(), hmac, from, query as AnyQuery, io);
    },
    async blob(artifact_id, io) {
      return (await ready()).read('blob', [artifact_id], io);
    },
    async *feed(from, afterSeq, io) {
      const store = await ready();
      const { size } = await store.read('head', [], io);
      const names = from.map(({ name }) => name);
      const kept = tail.between(afterSeq, size);
      if (kept) {
        for (const entry of kept) if (names.includes(entry.in)) yield entry as never;
        return;
      }
      for (let after = afterSeq; ;) {
        const rows = await store.read('feed', [names, after, size, FEED_BATCH], io);
        for (const { of, seq, key, body } of rows) {
          const entry: Entry = { in: of, seq, id: key, doc: body === undefined ? undefined : JSON.parse(body) };
          // `of` is one of the names asked for, and the stored document fitted its schema.
          yield entry as never;
          after = seq;
        }
        if (rows.length < FEED_BATCH) return;
      }
    },
  };
  return {
    ...reader,
    async commit(writes, guards, io): Promise<Receipt> {
      const store = await ready();
      if (store.readOnly !== undefined) throw new AncillaError('store.read_only', store.readOnly);
      const prepared = prepare(writes, guards, { scope, hmac });
      const receipt = await store.commit(prepared, io);
      tail.add(writes, prepared, receipt);
      committed();
      return receipt;
    },
    ledger: {
      async logId(io) {
        return (await (await ready()).read('head', [], io)).log_id;
      },
      async head(io) {
        const { size, root } = await (await ready()).read('head', [], io);
        return { size, root };
      },
      async nodes(at, io) {
        return (await ready()).read('nodes', [at], io);
      },
      async entries(fromSeq, toSeq, io) {
        return (await (await ready()).read('leaves', [fromSeq, toSeq], io)).map(toLedgerEntry);
      },
      async locate(of, id, io) {
        const store = await ready();
        const row = await store.read('get', [of.name, id], io);
        const [leaf] = row ? await store.read('leaves', [row.position, row.position + 1], io) : [];
        return row && leaf && { ...toLedgerEntry(leaf), document: row.body };
      },
    },
  };
}

interface AnyQuery {
  readonly index: string;
  readonly equals: Readonly<Record<string, unknown>>;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly cursor?: string;
  readonly oldest_first?: boolean;
}

async function findPage<C extends Collection>(
  store: EngineStore,
  hmac: Secrecy['hmac'],
  of: C,
  { index, equals, from, to, limit = PAGE, cursor, oldest_first = false }: AnyQuery,
  io: Io,
): Promise<Page<C>> {
  const fields = of.indexes[index];
  if (!fields)
    throw new AncillaError('request.index_missing', `${of.name} has no index "${index}"; it has ${Object.keys(of.indexes).join(', ')}`);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE)
    throw new RangeError(`a page of ${limit}; 1 to ${MAX_PAGE} items are given`);
  const values = fields.map((field) => toValue(equals[field]));
  if (values.includes(null))
    throw new AncillaError(
      'request.index_missing',
      `${of.name}: ${fields[values.indexOf(null)]} needs a value; documents without one are not listed`,
    );
  const list = { of: of.name, index, values, from: from ?? null, to: to ?? null, oldest_first };
  const after = cursor === undefined ? undefined : fromCursor(hmac, list, cursor);
  // One more than asked for tells whether there is a next page.
  const rows = await store.read('page', [{ of: of.name, index, equals: values, from, to, after, limit: limit + 1, oldest_first }], io);
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map((row) => toStored(of, row)), next_cursor: last ? toCursor(hmac, list, [last.time, last.position]) : null };
}

function toStored<C extends Collection>({ kind }: C, { body, position, revision }: Row): Stored<C> {
  const doc: unknown = JSON.parse(body);
  // The document fitted the schema when it was written, and the page it lies on is authenticated.
  return (kind === 'log' ? { doc, seq: position, revision: undefined } : { doc, seq: undefined, revision }) as Stored<C>;
}

const toLedgerEntry = ({ of, seq, digest, salt }: LeafRow): LedgerEntry => ({
  seq,
  salt,
  entry: ledgerEntry({ collection: of, seq, digest }),
});
