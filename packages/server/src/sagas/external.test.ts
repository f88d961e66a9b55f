import { deepEqual, equal, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { sagaState, type Who } from '@ancilla/contracts';
import { io, openTest, trace_id, unwriting } from './engine.fixture.ts';

const who: Who = { id: 'importer', role: 'agent', key_id: 'ak_1', tenant_id: 'north' };
const asked = { name: 'import.customer', trace_id, owner_agent_id: 'importer.v1', idempotency_key: 'import-42' };
const entry = (lease: { saga_id: string; epoch: number; lease_token: string }, step_name: string, more: object = {}) => ({
  saga_id: lease.saga_id as `sg_${string}`,
  epoch: lease.epoch,
  lease_token: lease.lease_token,
  step_name,
  kind: 'intent' as const,
  status: 'pending' as const,
  idempotency_key: `${lease.saga_id}/${step_name}`,
  compensate_ref: 'handler:unwrite',
  ...more,
});
const done = { kind: 'outcome' as const, status: 'done' as const, compensate_ref: null };

async function open() {
  const at = await openTest();
  const undone: string[] = [];
  const room = await at.open([unwriting(undone)]);
  const { lease } = await room.external.start(at.north, who, asked, io);
  const statusOf = async () => (await at.north.tenant.get(sagaState, lease.saga_id, io))?.doc;
  return { at, undone, lease, statusOf, ...room };
}

test('of many that start a saga at once under one key one does, and all get the same lease; with another payload it is refused', async () => {
  const { at, external } = await open();
  await using _ = at;
  const next = { ...asked, idempotency_key: 'import-43' };
  const all = await Promise.all(Array.from({ length: 6 }, () => external.start(at.north, who, next, io)));
  equal(all.filter(({ created }) => created).length, 1);
  for (const { lease } of all) deepEqual(lease, all[0]?.lease);
  await rejects(external.start(at.north, who, { ...next, name: 'other' }, io), { code: 'saga.payload_conflict' });
});

test('entries of one request are one commit, repeating them answers the same, and another payload is refused', async () => {
  const { at, external, lease } = await open();
  await using _ = at;
  const both = [entry(lease, 'a'), entry(lease, 'a', done)];
  const first = await external.append(at.north, who, both, io);
  deepEqual(await external.append(at.north, who, both, io), first);
  await rejects(external.append(at.north, who, [entry(lease, 'a', { payload_hash: 'a'.repeat(64) })], io), {
    code: 'saga.payload_conflict',
  });
  const undo = { compensate_ref: 'handler:unwrite' };
  const plain = entry(lease, 'p', { compensate_ref: null });
  const failed = { ...plain, ...done, status: 'failed' as const };
  const declined = { ...failed, error_code: 'declined' };
  await external.append(at.north, who, [plain, declined], io);
  for (const other of [
    { ...plain, ...undo },
    { ...plain, on_unknown: 'compensate' as const },
    { ...plain, ...undo, attempt: 2 },
    { ...declined, error_code: 'timeout' },
    failed,
    { ...failed, status: 'done' as const },
  ])
    await rejects(external.append(at.north, who, [other], io), { code: 'saga.payload_conflict' });
  await rejects(external.append(at.north, who, [entry(lease, 'b', done)], io), { code: 'schema.invalid' });
  await rejects(external.append(at.north, who, [entry(lease, 'b', { compensate_ref: 'handler:unknown' })], io), { code: 'schema.invalid' });
  await external.append(at.north, who, [entry(lease, 'b')], io);
  await rejects(external.complete(at.north, who, lease, io), { code: 'saga.state' });
  await external.append(at.north, who, [entry(lease, 'b', done)], io);
  await external.complete(at.north, who, lease, io);
  await rejects(external.append(at.north, who, [entry(lease, 'c')], io), { code: 'saga.state' });
});

test('the same entry sent many times at once is one entry, and all are answered with it', async () => {
  const { at, external, lease } = await open();
  await using _ = at;
  const all = await Promise.all(Array.from({ length: 6 }, () => external.append(at.north, who, [entry(lease, 'a')], io)));
  for (const answer of all) deepEqual(answer, all[0]);
});

test('a step is one effect under one key: no other hides what it left, nor that it is open', async () => {
  const { at, external, lease } = await open();
  await using _ = at;
  const refused = async (appended: ReturnType<typeof entry>, code: string) =>
    await rejects(external.append(at.north, who, [appended], io), { code });
  await external.append(at.north, who, [entry(lease, 'a')], io);
  await refused(entry(lease, 'a', { idempotency_key: 'another' }), 'schema.invalid');
  await external.append(at.north, who, [entry(lease, 'a', { attempt: 3 })], io);
  await refused(entry(lease, 'a', { attempt: 2 }), 'schema.invalid');
  await external.append(at.north, who, [entry(lease, 'a', { ...done, status: 'failed', attempt: 1 })], io);
  await rejects(external.complete(at.north, who, lease, io), { code: 'saga.state', message: /step a has an intent/ });
  await external.append(at.north, who, [entry(lease, 'a', { ...done, attempt: 3 })], io);
  await refused(entry(lease, 'a', { attempt: 4 }), 'saga.state');
  await external.complete(at.north, who, lease, io);
});

test('a second effect of a step’s name comes after the first, and its failure does not hide that one', async () => {
  const { at, external, operators, runner, lease, statusOf } = await open();
  await using _ = at;
  const plain = { compensate_ref: null };
  const [one, two] = ['one', 'two'].map((idempotency_key) => ({ ...plain, idempotency_key }));
  await external.append(at.north, who, [entry(lease, 'tool', one), entry(lease, 'tool', { ...done, ...one })], io);
  await external.append(at.north, who, [entry(lease, 'tool', two), entry(lease, 'tool', { ...done, ...two, status: 'failed' })], io);
  await operators.operate(at.north, lease.saga_id, 'cancel', 'ann', 'not wanted', io);
  at.advance(120_000);
  await runner.sweep();
  while ((await statusOf())?.status === 'compensating') await new Promise((resolve) => setTimeout(resolve, 2));
  equal((await statusOf())?.reason, 'no_compensation');
});

test('who says again that its saga is done is answered as before, and nothing is written; anyone else is refused', async () => {
  const { at, external, lease, statusOf } = await open();
  await using _ = at;
  await external.complete(at.north, who, lease, io);
  const state = await statusOf();
  at.advance(1000);
  await external.complete(at.north, who, lease, io);
  deepEqual(await statusOf(), state);
  await rejects(external.complete(at.north, who, { ...lease, lease_token: 'x'.repeat(43) }, io), { code: 'saga.lease' });
  await rejects(external.complete(at.north, { ...who, key_id: 'ak_2' }, lease, io), { code: 'saga.lease' });
});

test('an entry does not refer to an artifact that is not there', async () => {
  const { at, external, lease } = await open();
  await using _ = at;
  const appended = entry(lease, 'a', { payload_ref: 'ar_00000000000000000000000000', compensate_ref: null });
  await rejects(external.append(at.north, who, [appended], io), {
    code: 'schema.invalid',
    message: /POST \/dif\/artifacts/,
    errors: [{ path: '/payload_ref', message: 'there is no artifact of this id: store it first, with POST /dif/artifacts' }],
  });
});

test('a saga belongs to the credential that started it, its token and its epoch', async () => {
  const { at, external, lease } = await open();
  await using _ = at;
  for (const [caller, shown, code] of [
    [{ ...who, key_id: 'ak_2' }, lease, 'saga.lease'],
    [who, { ...lease, lease_token: 'x'.repeat(43) }, 'saga.lease'],
    [who, { ...lease, epoch: 2 }, 'saga.stale_owner'],
  ] as const) {
    await rejects(external.append(at.north, caller, [entry(shown, 'a')], io), { code });
    await rejects(external.heartbeat(at.north, caller, shown, io), { code });
    await rejects(external.complete(at.north, caller, shown, io), { code });
  }
});

test('what an agent that is gone had done is undone in reverse; it cannot write any more', async () => {
  const { at, external, runner, lease, undone, statusOf } = await open();
  await using _ = at;
  await external.append(at.north, who, [entry(lease, 'a'), entry(lease, 'a', done), entry(lease, 'b', { on_unknown: 'compensate' })], io);
  await runner.sweep();
  equal((await statusOf())?.status, 'running', 'it still has its lease');
  at.advance(120_000);
  await runner.sweep();
  while ((await statusOf())?.status !== 'compensated') await new Promise((resolve) => setTimeout(resolve, 2));
  deepEqual(undone, ['b/undo', 'a/undo']);
  equal((await statusOf())?.reason, 'owner_gone');
  await rejects(external.heartbeat(at.north, who, lease, io), { code: 'saga.stale_owner' });
});

test('an agent that is gone in the middle of what nobody can judge leaves it to a person', async () => {
  const { at, external, runner, lease, undone, statusOf } = await open();
  await using _ = at;
  await external.append(at.north, who, [entry(lease, 'a')], io);
  at.advance(120_000);
  await runner.sweep();
  while ((await statusOf())?.status !== 'needs_attention') await new Promise((resolve) => setTimeout(resolve, 2));
  equal((await statusOf())?.reason, 'unknown_outcome');
  deepEqual(undone, []);
});

test('an agent learns of a cancellation at its heartbeat, says what came of its step, and begins no other', async () => {
  const { at, external, operators, runner, lease, undone, statusOf } = await open();
  await using _ = at;
  await external.append(at.north, who, [entry(lease, 'a')], io);
  await operators.operate(at.north, lease.saga_id, 'cancel', 'ann', 'not wanted', io);
  equal((await external.heartbeat(at.north, who, { ...lease, progress: 0.5 }, io)).cancel_requested, true);
  await rejects(external.append(at.north, who, [entry(lease, 'b')], io), { code: 'saga.state' });
  await external.append(at.north, who, [entry(lease, 'a', done)], io);
  at.advance(120_000);
  await runner.sweep();
  while ((await statusOf())?.status !== 'compensated') await new Promise((resolve) => setTimeout(resolve, 2));
  deepEqual(undone, ['a/undo']);
});

test('what nobody can undo is not said to be undone: a cancelled saga, or one past its deadline, waits there for a person', async () => {
  const { at, external, operators, runner, undone } = await open();
  await using _ = at;
  const begin = async (idempotency_key: string, deadline?: string) =>
    (await external.start(at.north, who, { ...asked, idempotency_key, ...(deadline !== undefined && { deadline }) }, io)).lease;
  const standsAt = async (saga_id: string) => {
    for (;;) {
      const state = (await at.north.tenant.get(sagaState, saga_id, io))?.doc;
      if (state?.status === 'needs_attention' || state?.status === 'compensated') return `${state.status} ${state.reason}`;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const late = await begin('late', at.inMs(1000));
  await external.append(
    at.north,
    who,
    [entry(late, 'a'), entry(late, 'a', done), entry(late, 'pay', { on_unknown: 'park', compensate_ref: null })],
    io,
  );
  const cancelled = await begin('cancelled');
  const paid = entry(cancelled, 'pay', { compensate_ref: null });
  await external.append(at.north, who, [entry(cancelled, 'a'), entry(cancelled, 'a', done), paid, { ...paid, ...done }], io);
  await operators.operate(at.north, cancelled.saga_id, 'cancel', 'ann', 'not wanted', io);
  at.advance(120_000);
  await runner.sweep();
  equal(await standsAt(late.saga_id), 'needs_attention unknown_outcome');
  equal(await standsAt(cancelled.saga_id), 'needs_attention no_compensation');
  deepEqual(undone, [], 'nor is what was done before it undone first');
  await operators.operate(at.north, cancelled.saga_id, 'skip', 'ann', 'the money was paid back by hand', io);
  at.advance(60_000);
  await runner.sweep();
  while ((await at.north.tenant.get(sagaState, cancelled.saga_id, io))?.doc.status !== 'compensated')
    await new Promise((resolve) => setTimeout(resolve, 2));
  deepEqual(undone, ['a/undo']);
});

test('an agent’s saga that was killed goes on as one saga from a later step: its owner comes to it by starting again, and undoes all of it', async () => {
  const { at, external, operators, runner, lease, undone, statusOf } = await open();
  await using _ = at;
  const own = { idempotency_key: 'a-of-its-own' };
  await external.append(at.north, who, [entry(lease, 'a', own), entry(lease, 'a', { ...done, ...own }), entry(lease, 'b')], io);
  const again = (from_step: string) =>
    operators.retryFrom(at.north, lease.saga_id, { from_step, reason: 'it hung', by: 'ann', trace_id }, io);
  await rejects(again('b'), { code: 'saga.state' }, 'it runs');
  await operators.operate(at.north, lease.saga_id, 'kill', 'ann', 'it hangs', io);
  await rejects(again('c'), { code: 'saga.state' }, 'there is no such step');
  const saga_id = await again('b');
  equal(await again('b'), saga_id);
  await rejects(again('a'), { code: 'saga.payload_conflict' }, 'it goes on once');

  const next = await external.start(at.north, who, asked, io);
  deepEqual([next.lease.saga_id, next.created], [saga_id, false]);
  await rejects(external.heartbeat(at.north, { ...who, key_id: 'ak_2' }, next.lease, io), { code: 'saga.lease' });
  await external.append(at.north, who, [entry(next.lease, 'a', own), entry(next.lease, 'b'), entry(next.lease, 'b', done)], io);
  equal((await at.north.tenant.get(sagaState, saga_id, io))?.doc.parent_saga_id, lease.saga_id);
  at.advance(2 * 24 * 3_600_000);
  await runner.sweep();
  while ((await at.north.tenant.get(sagaState, saga_id, io))?.doc.status !== 'compensated')
    await new Promise((resolve) => setTimeout(resolve, 2));
  deepEqual(undone, ['b/undo', 'a/undo']);
  equal((await statusOf())?.status, 'killed', 'the old log stays as it is');
  await rejects(operators.retryFrom(at.north, saga_id, { from_step: 'b', reason: 'again', by: 'ann', trace_id }, io), {
    code: 'saga.state',
    message: /step a before it does not stand/,
  });
});
