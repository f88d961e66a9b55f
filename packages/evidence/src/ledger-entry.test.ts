import { equal, deepEqual, notEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from './canonical-json.ts';
import { documentDigest, ledgerEntry, parseLedgerEntry } from './ledger-entry.ts';
import { sha256Hex } from '#platform';

const fields = { collection: 'prompt_events', seq: 42, digest: sha256Hex('x') };

test('an entry is the canonical JSON of its four fields, and reads back', () => {
  equal(ledgerEntry(fields), canonicalJson({ v: 1, ...fields }));
  deepEqual(parseLedgerEntry(ledgerEntry(fields)), fields);
  deepEqual(parseLedgerEntry(Buffer.from(ledgerEntry(fields))), fields);
});

test('the digest covers salt and document, and cannot be had without the salt', () => {
  const salt = new Uint8Array(16).fill(7);
  equal(documentDigest(salt, '{"a":"é"}'), sha256Hex(Buffer.concat([salt, Buffer.from('{"a":"é"}')])));
  notEqual(documentDigest(salt, '{"a":1}'), documentDigest(new Uint8Array(16), '{"a":1}'));
  throws(() => documentDigest(salt.subarray(1), '{}'), RangeError);
});

test('an entry out of form is neither written nor read', () => {
  for (const wrong of [{ collection: 'a"b' }, { collection: '' }, { seq: -1 }, { seq: 0.5 }, { seq: 2 ** 53 }, { digest: 'AB' }])
    throws(() => ledgerEntry({ ...fields, ...wrong }), { code: 'entry.malformed' });
  const good = ledgerEntry(fields);
  const spellings = [
    `${good} `,
    good.replace('42', '042'),
    good.replace('"v":1', '"v":2'),
    good.replace(':', ': '),
    canonicalJson({ ...fields }),
    '[]',
    '',
  ];
  for (const text of spellings) throws(() => parseLedgerEntry(text), { code: 'entry.malformed' });
  throws(() => parseLedgerEntry(Uint8Array.of(0xff)), { code: 'entry.malformed' });
});
