// Installs what the lock file names, once per lock and platform. Plain JavaScript: it may run on an older Node than the project does;
// the Node that everything else runs on arrives as one of npm's platform packages.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, 'node_modules', '.ancilla-setup');

const npm = process.env.npm_execpath;
if (npm === undefined) {
  console.error('setup: run it through npm: `npm run setup` (also when a script was skipped because npm has ignore-scripts set)');
  process.exit(1);
}

/** Runs a command in the project's root and ends this process with its status when it fails. */
function run(what, command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    console.error(`setup: ${what} failed${error ? `: ${error.message}` : ''}`);
    process.exit(status ?? 1);
  }
}

const stamp = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex') + `-${process.platform}-${process.arch}`;
if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  console.error('setup: installing (once; later starts skip this)');
  run('npm ci', process.execPath, [npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--engine-strict=false']);
  writeFileSync(stampFile, stamp);
}
