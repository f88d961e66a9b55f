// Runs the tests, several processes side by side. The files of a folder share one, so that what they all import is read and compiled once, and
// those that drive whole servers a few. What Node compiles is kept beside the packages, by absolute path, so that servers and commands that
// tests start find it from whatever folder they run in.
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, 'node_modules', '.cache');
const shared = join(cache, 'tests');
rmSync(shared, { recursive: true, force: true });
mkdirSync(shared, { recursive: true });

// One more than there are processors: many wait for a process or a disk half of their time.
const sideBySide = availableParallelism() + 1;
const of = (patterns) => globSync(patterns, { cwd: root }).toSorted();
const byFolder = Map.groupBy(of(['packages/*/src/**/*.test.ts', 'examples/src/*.test.ts']), dirname);
const byTurns = Map.groupBy(of('packages/server/test/*.test.ts').entries(), ([turn]) => turn % (2 * sideBySide));
const processes = [...byFolder.values(), ...[...byTurns.values()].map((files) => files.map(([, file]) => file))].map((files) => {
  const path = join(shared, `${files[0].replaceAll(/[\\/]/g, '.')}.mjs`);
  writeFileSync(path, files.map((file) => `import ${JSON.stringify(pathToFileURL(join(root, file)).href)};\n`).join(''));
  return path;
});

const { status } = spawnSync(
  process.execPath,
  ['--conditions=ancilla-source', '--test', `--test-concurrency=${sideBySide}`, ...process.argv.slice(2), ...processes],
  { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_COMPILE_CACHE: join(cache, 'compiled') } },
);
process.exit(status ?? 1);
