import { after, test } from 'node:test';
import { storeContract } from '../../conformance.ts';
import { startCluster } from './cluster.fixture.ts';
import { openSite } from './site.fixture.ts';

const cluster = await startCluster();

if (cluster === undefined) test('postgres', { skip: 'PostgreSQL 15 or newer is not installed' }, () => {});
else {
  after(() => cluster[Symbol.asyncDispose]());
  storeContract('postgres', () => openSite(cluster));
  storeContract('postgres plain', () => openSite(cluster, true));
}
