import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { c2spNote, goNote, tessera } from './fixtures/vectors.ts';
import { formatSignerKey, formatVerifierKey, noteSigner, parseSignerKey, parseVerifierKey } from './note-keys.ts';
import { openNote, signNote } from './note.ts';

const one = noteSigner('example.com/one', new Uint8Array(32).fill(1));
const two = noteSigner('example.com/two', new Uint8Array(32).fill(2));

test('the published notes open, and signing them again gives the same bytes', () => {
  for (const { vkey, text, signature } of [c2spNote, goNote]) equal(openNote(`${text}\n${signature}`, [parseVerifierKey(vkey)]).text, text);
  equal(signNote(goNote.text, [parseSignerKey(goNote.skey)]), `${goNote.text}\n${goNote.signature}`);
});

test('keys are written as they were read', () => {
  for (const { vkey } of [c2spNote, goNote, tessera]) equal(formatVerifierKey(parseVerifierKey(vkey)), vkey);
  const seed = new Uint8Array(32).fill(9);
  const skey = formatSignerKey('example.com/nine', seed);
  deepEqual(parseSignerKey(skey).publicKey, noteSigner('example.com/nine', seed).publicKey);
  for (const { vkey, skey: secret } of [goNote, tessera]) equal(formatVerifierKey(parseSignerKey(secret)), vkey);
});

test('a key out of form is refused', () => {
  const { vkey, skey } = goNote;
  for (const bad of [
    '',
    'name',
    vkey.replace('Peter', 'Paul'),
    vkey.replace('c74f', 'C74F'),
    vkey.replace('+AR', '+AQ'),
    `${vkey}=`,
    vkey.slice(0, -4),
    skey,
  ])
    throws(() => parseVerifierKey(bad), { code: 'key.malformed' });
  for (const bad of [vkey, skey.slice(0, -4), skey.replace('c74f', 'c74e')]) throws(() => parseSignerKey(bad), { code: 'key.malformed' });
  for (const name of ['', 'a b', 'a+b', 'a\u2028b', 'a\nb']) throws(() => noteSigner(name, new Uint8Array(32)), RangeError);
});

test('a note says which known keys signed it; unknown ones are passed over', () => {
  const note = signNote('text\n\nwith a blank line\n', [one, two]);
  deepEqual(openNote(note, [one, two]).signedBy, [one, two]);
  deepEqual(openNote(Buffer.from(note), [two]).signedBy, [two]);
  throws(() => openNote(note, [noteSigner('example.com/one', new Uint8Array(32).fill(3))]), { code: 'note.no_known_key' });
  throws(() => openNote(note, []), { code: 'note.no_known_key' });
});

test('one bad signature by a known key refuses the note, whoever else signed it', () => {
  const forged = signNote('text\n', [one, { ...two, sign: () => new Uint8Array(64) }]);
  throws(() => openNote(forged, [one, two]), { code: 'note.bad_signature', message: /example\.com\/two/ });
});

test('of two lines by one key the first counts, as it does for Go; a signature cut short does not hold', () => {
  const good = signNote('text\n', [one]);
  const cut = { ...one, sign: () => new Uint8Array(5) };
  const line = signNote('text\n', [cut]).slice('text\n\n'.length);
  equal(openNote(`${good}${line}`, [one]).signedBy.length, 1);
  throws(() => openNote(`text\n\n${line}`, [one]), { code: 'note.bad_signature' });
});

test('any changed byte of text or signature is refused', () => {
  const note = Buffer.from(signNote('example.com/log\n12\n', [one]));
  fc.assert(
    fc.property(fc.nat(note.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const changed = Buffer.from(note);
      changed.writeUInt8(changed.readUInt8(at) ^ mask, at);
      throws(() => openNote(changed, [one]), { name: 'EvidenceError' });
    }),
    { numRuns: 1000 },
  );
});

test('what is not a note is refused as malformed', () => {
  const good = signNote('text\n', [one]);
  const line = good.slice('text\n\n'.length);
  const bad: readonly (string | Uint8Array)[] = [
    '',
    'text\n',
    'text\n\n',
    good.slice(0, -1),
    `${good}\n`,
    `text\n${line}`,
    `te\u0000xt\n\n${line}`,
    `text\r\n\n${line}`,
    `text\n\n- ${line.slice(2)}`,
    `text\n\n${line.replace('one ', 'one  ')}`,
    `text\n\n${line.replace('=', '')}`,
    `text\n\n— example.com/one AAAA\n`,
    `text\n\n${line.repeat(101)}`,
    `text\ud800\n\n${line}`,
    Uint8Array.of(0xff, 0x0a, 0x0a),
    `${'x'.repeat(1_000_001)}\n\n${line}`,
  ];
  for (const note of bad) throws(() => openNote(note, [one]), { code: 'note.malformed' });
  for (const text of ['', 'no newline', 'tab\t\n', '\ud800\n']) throws(() => signNote(text, [one]), RangeError);
  throws(() => signNote('text\n', []), RangeError);
});
