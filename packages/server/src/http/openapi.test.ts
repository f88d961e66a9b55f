import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { operationsOf } from '../../test/openapi-document.ts';
import { startTestServer } from '../../test/test-server.ts';

test('the document names the headers that a route reads, and which it needs', async () => {
  await using server = await startTestServer();
  const operations = await operationsOf(server);
  const headersOf = (method: string, path: string) =>
    operations
      .find((each) => each.method === method && each.path === path)
      ?.parameters.flatMap((each) => (each.in === 'header' ? [[each.name, each.required]] : []));
  deepEqual(headersOf('POST', '/dif/artifacts'), [
    ['x-ancilla-category', true],
    ['x-ancilla-artifact-id', false],
  ]);
  for (const [method, path] of [
    ['GET', '/dif/artifacts/{artifact_id}/content'],
    ['POST', '/redaction/recompute'],
  ] as const)
    deepEqual(headersOf(method, path), [['x-ancilla-purpose', true]]);
  // Whom a platform admin acts for; where it may not, the credential says it alone.
  deepEqual(headersOf('GET', '/nurse/summary'), [['x-ancilla-tenant', false]]);
  deepEqual(headersOf('POST', '/dif/prompt_events'), []);
  equal((await server.platform.raw('GET', '/nurse/summary', { headers: { 'x-ancilla-tenant': 'north' } })).status, 200);
});
