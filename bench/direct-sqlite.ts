import { randomBytes } from 'node:crypto';
import { promptEvents, type PromptEvent } from '@ancilla/contracts';
import Database from 'better-sqlite3-multiple-ciphers';

/** The baseline of ingest: the same engine, cipher, durability, table and indexes as the store's, without triggers, salt, ledger, checks and port. */
export function openDirect(path: string): { put(docs: readonly PromptEvent[]): void; close(): void } {
  const db = new Database(path);
  db.pragma(`cipher = 'aegis'`);
  db.pragma(`key = "raw:${randomBytes(32).toString('hex')}"`);
  db.pragma('temp_store = MEMORY');
  db.pragma('page_size = 8192');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('cache_size = -8000');
  db.exec('create table c (seq integer primary key, key text not null unique, time text not null, body text not null) strict');
  for (const [name, fields] of Object.entries(promptEvents.indexes))
    db.exec(`create index i_${name} on c (${[...fields.map((field) => `body ->> '$.${field}'`), 'time'].join(', ')})`);
  const put = db.prepare('insert into c (key, time, body) values (?, ?, ?)');
  return {
    put(docs) {
      db.exec('begin immediate');
      for (const doc of docs) put.run(doc.event_id, doc.start_ts, JSON.stringify(doc));
      db.exec('commit');
    },
    close: () => void db.close(),
  };
}
