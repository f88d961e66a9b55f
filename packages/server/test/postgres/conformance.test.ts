import { test } from 'node:test';
import { storeContract } from '../../src/store/conformance.ts';
import { openSite } from './site.ts';

// `npm run test:postgres` names a server.
const server = process.env['ANCILLA_TEST_STORE_URL'];

if (server === undefined) test('postgres', { skip: 'ANCILLA_TEST_STORE_URL names no server' }, () => {});
else {
  storeContract('postgres', () => openSite(server));
  storeContract('postgres, plain rows', () => openSite(server, { isPlain: true }));
  const writer = process.env['ANCILLA_TEST_STORE_WRITER'];
  if (writer === undefined) test('postgres, a role that owns nothing', { skip: 'ANCILLA_TEST_STORE_WRITER names no role' }, () => {});
  else storeContract('postgres, a role that owns nothing', () => openSite(server, { writer }));
}
