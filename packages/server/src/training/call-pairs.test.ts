import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import type { PromptEvent } from '@ancilla/contracts';
import { canonicalJson, sha256Hex } from '@ancilla/evidence';
import fc from 'fast-check';
import { event } from '../../test/event.ts';
import { toCallPairs, type KeptCall } from './call-pairs.ts';
import { draftOfCalls } from './dataset.ts';
import { atOnce } from './turns.ts';

/** Takes out what stands behind `secret:`, and nothing where nothing announces it. */
const clean = (text: string) => {
  if (text.includes('unreadable')) throw new RangeError('refused');
  const removed: string[] = [];
  const left = text.replaceAll(/secret: (\S+)/g, (_, value: string) => (removed.push(value), 'secret: [SECRET]'));
  return { text: left, removed };
};
const parts = { tenant_scope: 'north', policy: 'tenant_default@1', clean, isRefusal: (error: unknown) => error instanceof RangeError };
const pairsOf = (...of: Parameters<typeof toCallPairs>) => atOnce(toCallPairs(...of));
const call = (prompt: unknown, answer: unknown, more: Partial<PromptEvent> = {}): KeptCall => ({
  // As the server stores it.
  event: { ...event(more), tenant_id: 'north' } as unknown as PromptEvent,
  prompt,
  answer,
  artifact_refs: [],
});

test('a call is its messages and its answer after redaction, and says whether that is what was sent', () => {
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'My secret: hunter22 is old.' },
  ];
  const sent = messages.map(({ role, content }) => ({ role, content: clean(content).text }));
  const { columns, left_out } = pairsOf(
    [
      call(messages, 'Change it.', { prompt_hash: sha256Hex(canonicalJson(sent)) }),
      call('One text', [{ role: 'assistant', content: 'An answer' }], { prompt_hash: sha256Hex('One text') }),
      call('Another text', 'An answer'),
    ],
    parts,
  );
  deepEqual(columns['roles'], [['system', 'user'], ['user'], ['user']]);
  deepEqual(columns['contents']?.[0], ['Be brief.', 'My secret: [SECRET] is old.']);
  deepEqual(columns['answer'], ['Change it.', 'An answer', 'An answer']);
  deepEqual(columns['same_as_sent'], [true, true, false]);
  deepEqual(left_out, { no_text: 0, refused: 0, residual: 0 });
});

test('a call that is no text, that redaction refuses, or that still holds what was taken out of another is left out', () => {
  const { rows, left_out, columns } = pairsOf(
    [
      call('My secret: hunter22', 'ok'),
      call('She said hunter22 again', 'ok'),
      call('Fine', 'hunter22, you say'),
      call({ not: 'messages' }, 'ok'),
      call([{ role: 'Some Body', content: 'x' }], 'ok'),
      call('Fine', { no: 'text' }),
      call('unreadable', 'ok'),
    ],
    parts,
  );
  equal(rows, 1);
  deepEqual(left_out, { no_text: 3, refused: 1, residual: 2 });
  deepEqual(columns['contents'], [['My secret: [SECRET]']]);
  throws(
    () =>
      pairsOf([call('x', 'y')], {
        ...parts,
        clean: () => {
          throw new TypeError('a defect');
        },
      }),
    /a defect/,
  );
});

test('no value that was taken out of any text stands in any byte of the file', () => {
  const word = fc.stringMatching(/^[a-z]{5,9}$/);
  const text = fc
    .array(
      fc.oneof(
        word,
        word.map((value) => `secret: ${value}`),
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 8 }), (pairs) => {
      const calls = pairs.map(([prompt, answer]) => call(prompt, answer));
      const { bytes, report, vocabulary } = atOnce(draftOfCalls(calls, parts, () => []));
      equal(report.passed, true);
      const read = Buffer.from(bytes).toString('latin1');
      for (const pair of pairs)
        for (const each of pair)
          for (const value of clean(each).removed) {
            ok(vocabulary.holdsRemoved(value));
            // The names of its fields stand in the file by right.
            ok(!read.includes(` ${value}`) && !read.includes(`${value} `), value);
          }
    }),
  );
});

test('the leak test refuses calls in which redaction finds something still', () => {
  const calls = [call('mail me at a@b.example', 'ok')];
  const { report } = atOnce(draftOfCalls(calls, parts, (text) => (text.includes('@b') ? ['EMAIL'] : [])));
  deepEqual(report.leaks, [{ field: 'contents', rule: 'EMAIL' }]);
});

test('many calls are looked through in parts, so that who else is served has their turn in between', () => {
  const calls = Array.from({ length: 100 }, (_, n) => call(`secret: hunter${n} ${'and so on '.repeat(1000)} ${n}`, `no ${n}`));
  const work = draftOfCalls(calls, parts, () => []);
  let turns = 0;
  while (work.next().done !== true) turns++;
  // One a call while values are searched for, and one for some of them while the leak test looks.
  ok(turns > 168, String(turns));
});
