// A collection and a room are values: adding them is all it takes.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Closed, collection, insert, Name, route, Timestamp, toTimestamp, type Room } from '@ancilla/contracts';
import { Type } from 'typebox';
import { startTestServer } from './test-server.ts';

const Sighting = Closed({ sighting_id: Name, species: Name, count: Type.Integer({ minimum: 1 }), secret_place: Name, seen_at: Timestamp });
const { seen_at: _, ...unseen } = Sighting.properties;
const sightings = collection({
  name: 'sightings',
  kind: 'log',
  scope: { tenant: true },
  schema: Sighting,
  key: 'sighting_id',
  time: 'seen_at',
  retention: 'for_ever',
  summary: 'Birds that were seen',
  indexes: { all: [], by_species: ['species'], by_species_count: ['species', 'count'] },
  read: { path: '/birds/sightings', action: 'review.read', hidden: ['secret_place'] },
});
const birds: Room = {
  routes: [
    route({
      method: 'POST',
      path: '/birds/sightings',
      action: 'review.decide',
      summary: 'Tell of birds',
      params: Type.Object({}),
      query: Type.Object({}),
      body: Closed(unseen),
      answers: { 201: Sighting },
      async handle({ tenant, body, signal }) {
        const doc = { ...body, seen_at: toTimestamp(Date.UTC(2026, 0, body.count)) };
        await tenant.commit([insert(sightings, doc)], [], { signal });
        return [201, doc] as const;
      },
    }),
  ],
};
interface Page {
  readonly items: readonly Record<string, unknown>[];
  readonly next_cursor: string | null;
}

test('a collection and a room, with no other code, are stored, validated, queried, permission-checked, documented and in the ledger', async () => {
  await using server = await startTestServer({}, { collections: [sightings], rooms: [birds] });
  const { reviewer, auditor, agent, admin } = server.north;
  const seen = (sighting_id: string, species: string, count: number) => ({ sighting_id, species, count, secret_place: 'north-wood' });

  // Stored, and what is stored stays after a restart.
  for (const [i, species] of ['owl', 'owl', 'wren', 'owl'].entries())
    await reviewer.post(201, '/birds/sightings', seen(`s${i}`, species, i + 1));
  await server.restart();
  deepEqual(await auditor.get(200, '/birds/sightings/s2'), {
    sighting_id: 's2',
    species: 'wren',
    count: 3,
    seen_at: '2026-01-03T00:00:00.000Z',
  });

  // Validated.
  const problem = await reviewer.post<{ errors: readonly { path: string }[] }>(422, '/birds/sightings', {
    ...seen('s9', 'o w l', 0),
    x: 1,
  });
  deepEqual(problem.errors.map(({ path }) => path).toSorted(), ['/count', '/species', '/x']);

  // Queried: newest first, by declared indexes only, in pages, in a range of time; the hidden field stays hidden.
  const ids = ({ items }: Page) => items.map(({ sighting_id }) => sighting_id);
  const first = await auditor.get<Page>(200, '/birds/sightings?limit=3');
  deepEqual(ids(first), ['s3', 's2', 's1']);
  deepEqual(ids(await auditor.get<Page>(200, `/birds/sightings?limit=3&cursor=${first.next_cursor}`)), ['s0']);
  deepEqual(ids(await auditor.get<Page>(200, '/birds/sightings?species=owl&count=2')), ['s1']);
  deepEqual(ids(await auditor.get<Page>(200, '/birds/sightings?from=2026-01-02T00:00:00Z&to=2026-01-04T00:00:00.000Z')), ['s2', 's1']);
  ok(!JSON.stringify(first).includes('north-wood'));
  await auditor.get(400, '/birds/sightings?count=2');
  await auditor.get(404, '/birds/sightings/s7');

  // Permission-checked, and a denial stands in the access log.
  await agent.post(403, '/birds/sightings', seen('s8', 'owl', 1));
  await server.south.admin.get(404, '/birds/sightings/s2');
  const denials = await admin.get<Page>(200, `/governance/access_log?subject=${agent.subject}`);
  equal(denials.items[0]?.['resource'], 'POST:/birds/sightings');

  // Documented.
  interface Operation {
    readonly 'x-ancilla-roles': readonly string[];
    readonly parameters: readonly { readonly name: string }[];
  }
  const openapi = await admin.get<{ paths: Record<string, { get: Operation; post: Operation }> }>(200, '/openapi.json');
  const { get: list, post } = openapi.paths['/birds/sightings'] ?? {};
  ok(!post?.['x-ancilla-roles'].includes('agent'));
  deepEqual(
    list?.parameters.map(({ name }) => name),
    ['species', 'count', 'from', 'to', 'limit', 'cursor'],
  );
  match(await (await admin.raw('GET', '/docs')).text(), /Birds that were seen/);

  // In the ledger, with a proof for one document.
  const { entry, document, salt } = await auditor.get<{ entry: { collection: string }; document: object; salt: string }>(
    200,
    '/audit/proofs/inclusion?collection=sightings&id=s2',
  );
  equal(entry.collection, 'sightings');
  equal((document as { secret_place?: string }).secret_place, 'north-wood');
  equal(Buffer.from(salt, 'base64').length, createHash('sha256').digest().length / 2);
});
