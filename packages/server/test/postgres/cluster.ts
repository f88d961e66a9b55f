// A real PostgreSQL server for tests: made in a folder that goes away, on a port of its own, started and stopped here.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';

export interface Cluster extends AsyncDisposable {
  /** For the role `ancilla`, which may create databases. */
  readonly url: string;
  /** A database for the superuser, who may look at everything. */
  asSuperuser(url: string): string;
  /** Stops the server at once, as a power cut would, and starts it again. */
  crash(): Promise<void>;
}

/** A role that owns nothing, and the superuser, with the same password. */
export const WRITER = 'ancilla_writer';
export const ROOT = 'root_of_tests';
const PASSWORD = 'only-for-tests';

/** The folder that ANCILLA_TEST_POSTGRES names, or Debian's newest, which keeps the programs of each version apart. */
async function programs(): Promise<string | undefined> {
  const named = process.env['ANCILLA_TEST_POSTGRES'];
  if (named !== undefined) return named;
  const versions = (await readdir('/usr/lib/postgresql').catch(() => [])).map(Number).toSorted((a, b) => b - a);
  return versions[0] === undefined || versions[0] < 15 ? undefined : `/usr/lib/postgresql/${versions[0]}/bin`;
}

/** PostgreSQL does not run as root. */
function owner(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/**
 * @param from - the folder of its programs
 * @returns undefined where PostgreSQL 15 or newer is not installed
 */
export async function startCluster(settings: Readonly<Record<string, string>> = {}, from?: string): Promise<Cluster | undefined> {
  const bin = from ?? (await programs());
  if (bin === undefined) return undefined;
  const as = owner();
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-postgres-'));
  await writeFile(join(folder, 'password'), PASSWORD);
  if (as !== undefined) for (const path of [folder, join(folder, 'password')]) await chown(path, as.uid, as.gid);
  const data = join(folder, 'data');
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', ROOT, '--pwfile', join(folder, 'password'), '-A', 'scram-sha-256', '--no-sync', '-E', 'UTF8', '--locale=C'],
    {
      ...as,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const port = await freePort();
  const url = (user: string, database: string) => `postgres://${user}:${PASSWORD}@127.0.0.1:${port}/${database}`;
  const options = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    port: String(port),
    logging_collector: 'off',
    ...settings,
  };
  let server: ChildProcess;
  const start = async () => {
    server = spawn(join(bin, 'postgres'), ['-D', data, ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
      ...as,
      cwd: folder,
      stdio: 'ignore',
    });
    for (;;) {
      const client = new pg.Client({ connectionString: url(ROOT, 'postgres') });
      try {
        await client.connect();
        return;
      } catch {
        if (server.exitCode !== null) throw new Error('PostgreSQL did not start');
        await setTimeout(50);
      } finally {
        await client.end().catch(() => {});
      }
    }
  };
  const stop = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  };
  await start();
  const client = new pg.Client({ connectionString: url(ROOT, 'postgres') });
  await client.connect();
  await client.query(`create role ancilla login createdb password '${PASSWORD}'; create role ${WRITER} login password '${PASSWORD}'`);
  await client.end();
  return {
    url: url('ancilla', 'postgres'),
    asSuperuser: (of) => url(ROOT, new URL(of).pathname.slice(1)),
    async crash() {
      // SIGQUIT: at once, without writing anything down, as a power cut would.
      await stop('SIGQUIT');
      await start();
    },
    async [Symbol.asyncDispose]() {
      await stop('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
