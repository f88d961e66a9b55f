import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { toBase64 } from '#platform';
import { formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { fromBase64 } from './encoding.ts';
import { memoryLog } from './fixtures/memory-log.ts';
import { tessera } from './fixtures/vectors.ts';
import { noteSigner, parseSignerKey, parseVerifierKey } from './note-keys.ts';
import { signNote } from './note.ts';

const key = parseVerifierKey(tessera.vkey);
const signer = parseSignerKey(tessera.skey);
const { origin } = tessera;
const root = fromBase64(tessera.roots[15]) ?? new Uint8Array();

test('the roots of the published log come out at every published size', () => {
  const log = memoryLog(tessera.entries);
  for (const [size, published] of Object.entries(tessera.roots)) equal(toBase64(log.root(Number(size))), published);
});

test('the published checkpoint opens, and signing it again gives the same bytes', () => {
  deepEqual(openCheckpoint(tessera.checkpoint15, [key]), { origin, size: 15, root });
  equal(signCheckpoint({ origin, size: 15, root }, [signer]), tessera.checkpoint15);
});

test('the empty log has a checkpoint too', () => {
  const empty = { origin, size: 0, root: memoryLog([]).root(0) };
  deepEqual(openCheckpoint(signCheckpoint(empty, [signer]), [key]), empty);
});

test('a known key of another name does not vouch for this log', () => {
  const other = noteSigner('example.com/witness', new Uint8Array(32).fill(1));
  const note = signCheckpoint({ origin, size: 15, root }, [other]);
  throws(() => openCheckpoint(note, [other]), { code: 'checkpoint.foreign_key' });
  const both = signCheckpoint({ origin, size: 15, root }, [other, signer]);
  equal(openCheckpoint(both, [other, key]).size, 15);
});

test('a body has one spelling, extension lines apart', () => {
  const body = formatCheckpoint({ origin, size: 15, root });
  equal(parseCheckpoint(`${body}extension\n`).size, 15);
  const bad = [
    '',
    `${origin}\n15\n`,
    body.slice(0, -1),
    body.replace('15', '015'),
    body.replace('15', '+15'),
    body.replace('15', '15.0'),
    body.replace('15', '99999999999999999999'),
    body.replace('=', ''),
    body.replace('rKbD', ''),
    body.replace('example', 'an example'),
    `${body}\n`,
    `${body}extension`,
    `\n${body}`,
  ];
  for (const text of bad) throws(() => parseCheckpoint(text), { code: 'checkpoint.malformed' });
  throws(() => openCheckpoint(signNote('not a checkpoint\n', [signer]), [key]), { code: 'checkpoint.malformed' });
  throws(() => formatCheckpoint({ origin: 'a b', size: 1, root }), RangeError);
  throws(() => formatCheckpoint({ origin, size: -1, root }), RangeError);
  throws(() => formatCheckpoint({ origin, size: 1, root: root.subarray(1) }), RangeError);
});
