import { promptEvents, type PromptEvent } from '@ancilla/contracts';
import pg from 'pg';

/** The baseline of documents in PostgreSQL: raw multi-row inserts by a plain client, with the same indexes, without sealing, salt, ledger, checks and port. */
export async function openDirectPostgres(
  url: string,
): Promise<{ put(docs: readonly PromptEvent[]): Promise<void>; close(): Promise<void> }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    'create table direct (seq bigint generated always as identity primary key, key text not null unique, time text not null, body jsonb not null)',
  );
  for (const [name, fields] of Object.entries(promptEvents.indexes))
    await client.query(
      `create index direct_${name} on direct (${[...fields.map((field) => `(body ->> '${field}')`), 'time', 'seq'].join(', ')})`,
    );
  return {
    async put(docs) {
      await client.query('insert into direct (key, time, body) select * from unnest($1::text[], $2::text[], $3::jsonb[])', [
        docs.map(({ event_id }) => event_id),
        docs.map(({ start_ts }) => start_ts),
        docs.map((doc) => JSON.stringify(doc)),
      ]);
    },
    close: () => client.end(),
  };
}
