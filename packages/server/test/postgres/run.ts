// `npm run test:postgres`: the conformance suite, the engine's own tests, and the tests of the whole server, all on a real PostgreSQL that is started and stopped here,
// or on the one that ANCILLA_TEST_STORE_URL names (a role that may create databases).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { glob } from 'node:fs/promises';
import { ROOT, startCluster, WRITER } from './cluster.ts';

const given = process.env['ANCILLA_TEST_STORE_URL'];
await using cluster = given === undefined ? await startCluster() : undefined;
const url = given ?? cluster?.url;
if (url === undefined) process.stdout.write('PostgreSQL 15 or newer is not installed: the engine is not tested\n');
else {
  const own: string[] = [];
  for await (const file of glob('packages/server/test/postgres/*.test.ts')) own.push(file);
  const server = ['acceptance', 'isolation', 'review', 'learning', 'ingest', 'add-a-room', 'demo-crash'].map(
    (name) => `packages/server/test/${name}.test.ts`,
  );
  const child = spawn(process.execPath, ['--conditions=ancilla-source', '--test', ...own, ...server], {
    env: {
      ...process.env,
      ANCILLA_TEST_STORE_URL: url,
      ...(cluster !== undefined && { ANCILLA_TEST_STORE_WRITER: WRITER, ANCILLA_TEST_STORE_ROOT: ROOT }),
    },
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  process.exitCode = typeof code === 'number' ? code : 1;
}
