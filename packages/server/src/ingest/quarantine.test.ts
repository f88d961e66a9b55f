// The quarantine on a real store, with a clock and an engine in our hands.
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { AncillaError, artifactKeys, artifacts, changes, DAY_MS, quarantine, type Io } from '@ancilla/contracts';
import { openTenants } from '../artifacts/tenants.fixture.ts';
import type { Artifacts } from '../artifacts/index.ts';
import type { Gates } from './gates.ts';
import { openQuarantine, openReplays, type Replay } from './quarantine.ts';

const io: Io = { signal: new AbortController().signal };
const trace_id = '4bf92f3577b34da6a3ce929d0e0e4736';
const unavailable = async (): Promise<never> => Promise.reject(new AncillaError('redaction.failed', 'down'));

/** @param over - of the artifacts room: what goes wrong there */
async function openTest(over: (room: Artifacts) => Partial<Artifacts> = () => ({})) {
  const tenants = await openTenants();
  const { north, room, newId } = tenants;
  const world = { now: Date.UTC(2026, 10, 27), works: false };
  const outcomes: string[] = [];
  const read: string[] = [];
  const errors: unknown[] = [];
  let replaying: Replay = async () => {};
  const gates = { of: async () => ({ works: () => world.works, onEngineFailure: 'quarantine' }) } as unknown as Gates;
  const parts = {
    gates,
    artifacts: { ...room, ...over(room) },
    clock: { now: () => world.now++ },
    observe: (_: string, outcome: string) => void outcomes.push(outcome),
  };
  const kept = openQuarantine({ ...parts, newId, onKept: () => {} });
  const handler: Replay = async (of, item, bytes, signal) => {
    await replaying(of, item, bytes, signal);
    read.push(Buffer.from(bytes).toString('utf8').slice(0, 20));
  };
  const replays = openReplays({
    ...parts,
    handlers: { prompt_events: handler, otlp: handler },
    storeOf: () => north.tenant,
    later: () => () => {},
    onError: (error) => void errors.push(error),
  });
  const send = (body: string | Uint8Array) =>
    kept.guard(
      north,
      { route: 'otlp', media: 'application/json', received_by: 'agent', trace_id, bytes: () => Buffer.from(body) },
      unavailable,
      io,
    );
  const count = async (of: typeof quarantine | typeof artifacts) =>
    (await north.tenant.find(of as typeof quarantine, { index: 'all', equals: {}, limit: 500 }, io)).items.length;
  return {
    ...tenants,
    world,
    outcomes,
    read,
    errors,
    send,
    replays,
    held: () => count(quarantine),
    replay: () => replays.replay(north.tenant_id, io),
    onReplay: (run: Replay) => void (replaying = run),
  };
}

test('bodies are replayed oldest first, each leaves with its key, and `changes` says what became of it', async () => {
  await using at = await openTest();
  const large = Buffer.concat([Buffer.from('three'), Buffer.alloc(400_000, 'x')]);
  for (const body of ['one', 'two', large]) await at.send(body);
  equal(await at.replay(), 3);
  equal(at.read.length, 0);
  const keys: string[] = [];
  at.onReplay(async (_, { artifact_id }) => void keys.push(artifact_id));
  at.world.works = true;
  equal(await at.replay(), 0);
  deepEqual(
    at.read.map((text) => text.slice(0, 5)),
    ['one', 'two', 'three'],
  );
  for (const key of keys) equal(await at.north.tenant.get(artifactKeys, key, io), undefined);
  deepEqual(await readdir(at.objects, { recursive: true, withFileTypes: true }).then((all) => all.filter((each) => each.isFile())), []);
  deepEqual(at.outcomes, ['kept', 'kept', 'kept', 'replayed', 'replayed', 'replayed']);
});

test('a body that the engine cannot take was kept during an outage: it is refused, and those behind it are read', async () => {
  await using at = await openTest();
  for (const body of ['poison', 'good']) await at.send(body);
  at.onReplay(async (_of, _item, bytes) => {
    if (Buffer.from(bytes).includes('poison')) await unavailable();
  });
  at.world.works = true;
  equal(await at.replay(), 0);
  deepEqual([at.read, at.outcomes.slice(2)], [['good'], ['refused', 'replayed']]);
  const reasons: string[] = [];
  for await (const { doc } of at.north.tenant.feed([changes], -1, io)) if (doc?.collection === 'quarantine') reasons.push(doc.reason);
  ok(reasons.includes('refused on replay: redaction.refused'), reasons.join());
});

test('what fails for another reason stays, is told, and holds up none behind it', async () => {
  await using at = await openTest();
  for (const body of ['unlucky', 'good']) await at.send(body);
  at.onReplay(async (_of, _item, bytes) => {
    if (Buffer.from(bytes).includes('unlucky')) throw new AncillaError('store.unavailable', 'for now');
  });
  at.world.works = true;
  equal(await at.replay(), 1);
  deepEqual([at.read, at.errors.length], [['good'], 1]);
  at.onReplay(async () => {});
  equal(await at.replay(), 0);
  deepEqual(at.read, ['good', 'unlucky']);
});

test('ended between the reading and the removal, a body is read once more and then leaves', async () => {
  let ends = true;
  await using at = await openTest((room) => ({
    discard: async (...given) => (ends ? Promise.reject(new Error('killed here')) : room.discard(...given)),
  }));
  await at.send('one');
  at.world.works = true;
  equal(await at.replay(), 1);
  ends = false;
  equal(await at.replay(), 0);
  deepEqual(at.read, ['one', 'one'], 'its route tells a repetition by its ids');
});

test('ended while a body was being kept, nothing sealed is left without an entry, and no entry for ever', async () => {
  await using at = await openTest(() => ({ put: async () => Promise.reject(new Error('killed here')) }));
  await rejects(at.send(Buffer.alloc(400_000, 'x')));
  equal(await at.held(), 1);
  await at.send('small: one commit');
  at.world.works = true;
  equal(await at.replay(), 1, 'it may still be on its way');
  at.world.now += DAY_MS;
  equal(await at.replay(), 0);
  deepEqual(at.outcomes, ['kept', 'replayed', 'lost']);
});

test('its time is three days, its room 64 MiB and 500 bodies; beyond, the sender is told to come again', async () => {
  await using at = await openTest();
  const large = Buffer.alloc(30 * 1024 ** 2, 'x');
  for (let i = 0; i < 2; i++) await at.send(large);
  await rejects(at.send(large), { code: 'redaction.failed' });
  for (let i = 2; i < 500; i++) await at.send(`${i}`);
  await rejects(at.send('501'), { code: 'redaction.failed' });
  equal(await at.held(), 500);
  at.world.now += 3 * DAY_MS - 60_000;
  equal(await at.replay(), 500);
  at.world.now += 120_000;
  equal(await at.replay(), 0);
  deepEqual(new Set(at.outcomes.slice(500)), new Set(['lost']));
});
