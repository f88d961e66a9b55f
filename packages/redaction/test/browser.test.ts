// Not part of `npm test`: a real browser redacts what Node does, to the same bytes. `npm run test:browser`.
import { equal, ok } from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { hidden, runs } from '../src/attacks.fixture.ts';
import { detectors } from '../src/detectors/index.ts';
import { soup, value } from '../src/texts.fixture.ts';
import { redactAll } from './redact-all.ts';

const browserPath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);

const sampled = <T>(of: fc.Arbitrary<T>, numRuns: number): readonly T[] => fc.sample(of, { seed: 20_261_130, numRuns });
/** Any sequence of UTF-16 code units: lone surrogates, halves in the wrong order, characters beyond the first plane. */
const anyUnits = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd7f0, max: 0xe010 }), fc.integer({ min: 0x20, max: 0x7e })), {
    maxLength: 40,
  })
  .map((units) => String.fromCharCode(...units));
const corpus: Readonly<Record<string, readonly unknown[]>> = {
  'the detectors’ examples': detectors.flatMap(({ examples }) => examples.map(({ text }) => text)),
  'hidden values': hidden.map(([, text]) => text),
  'hostile texts': runs.map((run) => `${run.repeat(Math.ceil(3000 / run.length))} ann@mail.example`),
  'soup of values and scraps': sampled(soup, 3000),
  'any code units': sampled(fc.tuple(anyUnits, value, anyUnits), 3000).map((parts) => parts.join('')),
  // The two may know Unicode in different versions.
  'every character of two planes, in an address': Array.from({ length: 0x200 }, (_, at) =>
    Array.from({ length: 0x100 }, (_each, low) => `a${String.fromCodePoint(at * 0x100 + low)}n@mail.example`).join(' '),
  ),
  'JSON values': [
    ...sampled(fc.tuple(value, fc.jsonValue()), 500).map(([planted, rest]) => ({ note: planted, [planted]: rest, rest })),
    JSON.parse('['.repeat(100) + ']'.repeat(100)) as unknown,
  ],
};

/** The package as a browser gets it: in one script, shortened. */
async function bundled(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: { write: false, lib: { entry: join(import.meta.dirname, 'redact-all.ts'), formats: ['iife'], name: 'here', fileName: 'here' } },
  });
  const [first] = [built].flat();
  ok(first !== undefined && 'output' in first);
  return first.output[0].code;
}

test('a browser redacts as Node does: values, spans and receipts to the byte', { skip: browserPath ? false : 'no chromium' }, async () => {
  const browser = await chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: await bundled() });
    for (const [name, values] of Object.entries(corpus)) {
      const json = JSON.stringify(values);
      const there = await page.evaluate((given) => {
        const { here } = globalThis as unknown as { readonly here: { readonly redactAll: typeof redactAll } };
        return here.redactAll(given);
      }, json);
      const here = redactAll(json);
      equal(there.length, values.length);
      for (const [i, mine] of here.entries()) equal(there[i], mine, `${name}: ${JSON.stringify(values[i]).slice(0, 1000)}`);
      ok(
        here.some((each) => each.includes('"EMAIL"')),
        `${name}: something is found`,
      );
    }
  } finally {
    await browser.close();
  }
});
