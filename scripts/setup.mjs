// Installs what the lock file names and builds the console, each once: a stamp says for which lock, platform and sources it was done.
// Plain JavaScript that also runs on Node 20: the Node that everything else runs on arrives as one of npm's platform packages.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const npm = process.env.npm_execpath;
if (npm === undefined) {
  console.error(
    'setup: run it through npm: `npm run setup` (npm start and npm test do so themselves, unless npm is set to ignore scripts)',
  );
  process.exit(1);
}

/** Does a thing unless its stamp says it was done for the same inputs. */
function once(what, { stampFile, stamp, result }, command, args, cwd) {
  if (existsSync(result) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  console.error(`setup: ${what}`);
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    console.error(`setup: ${what} failed${error ? `: ${error.message}` : ''}`);
    process.exit(status ?? 1);
  }
  writeFileSync(stampFile, stamp);
}

const digest = (files) => files.reduce((hash, file) => hash.update(readFileSync(file)), createHash('sha256')).digest('hex');

const lock = digest([join(root, 'package-lock.json')]);
once(
  'installing packages',
  {
    stampFile: join(root, 'node_modules', '.ancilla-setup'),
    stamp: `${lock}-${process.platform}-${process.arch}`,
    result: join(root, 'node_modules'),
  },
  process.execPath,
  [npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
  root,
);

const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
if (!existsSync(node)) {
  console.error(
    `setup: no Node 26 package for ${process.platform}-${process.arch}; there is one for Linux, macOS and Windows on x64, and for Linux and macOS on arm64`,
  );
  process.exit(1);
}
const consoleFolder = join(root, 'packages', 'console');
const sources = readdirSync(join(consoleFolder, 'src'))
  .toSorted()
  .map((name) => join(consoleFolder, 'src', name));
once(
  'building the console',
  {
    stampFile: join(root, 'node_modules', '.ancilla-console'),
    stamp: `${lock}-${digest([join(consoleFolder, 'index.html'), join(consoleFolder, 'vite.config.ts'), ...sources])}`,
    result: join(consoleFolder, 'dist', 'index.html'),
  },
  node,
  [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
  consoleFolder,
);
