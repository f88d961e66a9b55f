import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openKeyring } from '../../../keys/index.ts';
import { io, testCollections, testParts } from '../../conformance-collections.ts';
import { writeNotes, type Site } from '../../conformance.ts';
import { inFolder } from './engine.ts';
import { openStores } from '../../stores.ts';
import { toTable } from '../../table.ts';
import { openFile } from './file.ts';

const writer = fileURLToPath(new URL('./writer.fixture.ts', import.meta.url));
/** A site whose file can be handled beside the port. */
export interface SqliteSite extends Site {
  readonly folder: string;
  fileOf(tenant_id: string): string;
  /** Opens a file as a key holder would, while the stores are closed. */
  use<T>(tenant_id: string, run: (db: ReturnType<typeof openFile>) => T): Promise<T>;
}

const PAGE_BYTES = 8192;
const none = { last: async () => undefined };

/** A folder on disk with tenants `a` and `b`, and the attacks of someone with that disk or the key. */
export async function openSite(): Promise<SqliteSite> {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-store-'));
  const parts = testParts();
  const data = join(folder, 'data');
  const openAt: Site['open'] = async ({ anchors = none, maxOpenFiles = 8, collections = testCollections } = {}) =>
    openStores({
      openEngine: inFolder(data, { workers: 1, maxOpenFiles }),
      keyring: await openKeyring({ folder: join(folder, 'keys'), random: parts.random }),
      collections,
      ...parts,
      anchors,
    });
  {
    await using stores = await openAt();
    for (const id of ['a', 'b']) await stores.createTenant(id, io);
  }
  const fileOf = (tenant_id: string) => join(data, `tenant-${tenant_id}.db`);
  const use = async <T>(tenant_id: string, run: (db: ReturnType<typeof openFile>) => T): Promise<T> => {
    const { db_key } = (await openKeyring({ folder: join(folder, 'keys'), random: parts.random })).tenant(tenant_id);
    const db = openFile(fileOf(tenant_id), db_key, testCollections.map(toTable));
    try {
      return run(db);
    } finally {
      db.close();
    }
  };
  const raw = (tenant_id: string, sql: string) => use(tenant_id, (db) => void db.exec(sql));
  const site: SqliteSite = {
    folder,
    fileOf,
    use,
    open: openAt,
    writer: [process.execPath, '--conditions=ancilla-source', writer, folder],
    attacks: {
      update: (id) => raw(id, `update c_notes set body = replace(body, 'leaves', 'lies')`),
      delete: (id) => raw(id, 'delete from c_notes where seq = 1'),
      replace: (id) =>
        raw(
          id,
          `insert or replace into c_notes (seq, key, time, revision, salt, received, digest, body) select 1, key, time, revision, salt, received, digest, '{"text":"lies"}' from c_notes where seq = 1`,
        ),
      flip_data: async (id) => {
        // The root of the table: whoever reads from it passes here.
        const page = await use(id, (db) => Number(db.prepare(`select rootpage from sqlite_schema where name = 'c_notes'`).pluck().get()));
        await flip(fileOf(id), (page - 1) * PAGE_BYTES + 1000);
      },
      flip_tail: async (id) => {
        const child = spawn(process.execPath, ['--conditions=ancilla-source', writer, folder, 'tail'], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let written = 0;
        for await (const _ of createInterface({ input: child.stdout })) if (++written === 20) child.kill('SIGKILL');
        const { size } = await stat(`${fileOf(id)}-wal`);
        await flip(`${fileOf(id)}-wal`, Math.floor(size / 3));
      },
      restore_old: async (id) => {
        await copyFile(fileOf(id), join(folder, 'old'));
        await writeNotes(site, 5, 'new');
        await copyFile(join(folder, 'old'), fileOf(id));
      },
      foreign_key: async (id) => {
        const keyring = await openKeyring({ folder: join(folder, 'keys'), random: parts.random });
        openFile(fileOf(id), keyring.tenant('b').db_key, testCollections.map(toTable));
      },
      malformed_key: async (id) => {
        openFile(fileOf(id), '', testCollections.map(toTable));
      },
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
  return site;
}

/** Flips one bit of a file. */
export async function flip(path: string, offset: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 0x10;
  await writeFile(path, bytes);
}
