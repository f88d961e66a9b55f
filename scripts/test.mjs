// Runs the tests, files side by side, each in a process of its own. They import the same sources again and again: what Node compiles of them is
// kept beside the packages, by absolute path, so that servers and commands that tests start find it from whatever folder they run in.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { status } = spawnSync(
  process.execPath,
  [
    '--conditions=ancilla-source',
    '--test',
    // One more than there are processors: many wait for a process or a disk half of their time.
    `--test-concurrency=${availableParallelism() + 1}`,
    ...process.argv.slice(2),
    'packages/*/src/**/*.test.ts',
    'packages/server/test/*.test.ts',
    'examples/src/*.test.ts',
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled') } },
);
process.exit(status ?? 1);
