import { test } from 'node:test';
import { storeContract } from '../../src/store/conformance.ts';
import { openSite } from './site.ts';

// `npm run test:postgres` names a server.
const server = process.env['ANCILLA_TEST_STORE_URL'];

if (server === undefined) test('postgres', { skip: 'ANCILLA_TEST_STORE_URL names no server' }, () => {});
else {
  storeContract('postgres', () => openSite(server));
  storeContract('postgres, plain rows', () => openSite(server, true));
}
