import { rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { AncillaError } from '@ancilla/contracts';
import { orFolderFault } from './start-faults.ts';

test('a start on a full disk says which disk, and what mends it; of a database’s disk the database speaks', async () => {
  const full = () => Promise.reject(new AncillaError('store.full', 'the disk is full; nothing of this write was kept (SQLITE_FULL)'));
  await rejects(orFolderFault(full(), { dataFolder: '/data', storeUrl: undefined }), {
    code: 'store.full',
    message: 'ANCILLA_DATA: the disk that /data lies on is full: free some space and start again; nothing is lost',
  });
  await rejects(orFolderFault(full(), { dataFolder: '/data', storeUrl: 'postgres://localhost/ancilla' }), { message: /^the disk is full/ });
});
