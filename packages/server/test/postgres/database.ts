import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';

/** A database of its own for one test, in the server that a URL names. */
export interface FreshDatabase extends AsyncDisposable {
  readonly url: string;
}

/** @param server - of a role that may create databases */
export async function freshDatabase(server: string): Promise<FreshDatabase> {
  const name = `ancilla_${randomBytes(8).toString('hex')}`;
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await run(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async [Symbol.asyncDispose]() {
      // Sessions of a process that was killed end a moment later.
      for (let attempt = 1; ; attempt++) {
        try {
          return await run(`drop database if exists ${name}`);
        } catch (error) {
          if (attempt === 100) throw error;
          await setTimeout(100);
        }
      }
    },
  };
}
