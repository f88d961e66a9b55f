// What redaction takes from real source code, which holds next to nothing that it looks for.
import { ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { redactor, tenantDefaultPolicy } from './index.ts';

const PACKAGES = join(import.meta.dirname, '..', '..', '..', 'node_modules');
/** What is installed anyway, in the versions that the lock file fixes. */
const packages: Readonly<Record<string, string>> = {
  fastify: 'CommonJS, its tests and types',
  knip: 'compiled modules',
  typebox: 'modules and declarations made by a compiler',
  'fast-check': 'a bundle and its declarations',
  pg: 'classes without types',
  react: 'conditional builds for development',
  '@noble/hashes': 'TypeScript full of constants',
  '@types/node': 'declarations with long comments and their examples',
};
const MOST_COVERED = 0.005;
/** Minified code has lines longer than this by the mean. */
const LONGEST_LINES = 200;

const { redact } = redactor({ policy: { ...tenantDefaultPolicy, default_action: 'mask', entities: {} } });

/** The source files of a package, without those of packages inside it. */
function* sources(name: string): Generator<string> {
  const root = join(PACKAGES, name);
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(?:[cm]?[jt]s|tsx)$/.test(entry.name)) continue;
    if (relative(root, entry.parentPath).includes('node_modules')) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    if (text.length / text.split('\n').length < LONGEST_LINES) yield text;
  }
}

for (const [name, style] of Object.entries(packages))
  // Nothing is left out or forgiven: names in licences and the addresses of examples are found, rightly, and count.
  test(`of the source code of ${name} (${style}) at most 0.5 % is covered`, () => {
    let [size, covered] = [0, 0];
    for (const text of sources(name)) {
      size += text.length;
      covered += redact(text).spans.reduce((sum, { start, end }) => sum + end - start, 0);
    }
    ok(size > 50_000, `${size} characters are there to read`);
    ok(covered / size <= MOST_COVERED, `${covered} of ${size} characters: ${((100 * covered) / size).toFixed(3)} %`);
  });
