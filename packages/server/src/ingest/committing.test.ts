import { deepEqual, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { AncillaError, type PromptEvent, type Revision, type TenantStore } from '@ancilla/contracts';
import fc from 'fast-check';
import { openCommitting } from './committing.ts';

const io = { signal: new AbortController().signal };

/** A store in which the events of some places have other content; it counts what it was asked to write. */
function storeWith(taken: ReadonlySet<string>) {
  const kept: string[] = [];
  let asked = 0;
  const tenant: Pick<TenantStore, 'commit'> = {
    async commit(writes) {
      asked += writes.length;
      const ids = writes.map((write) => String(Reflect.get(Object(Reflect.get(write, 'doc')), 'event_id')));
      const at = ids.findIndex((id) => taken.has(id));
      if (at >= 0) throw new AncillaError('store.conflict', 'other content', { errors: [{ path: `/${at}/doc`, message: 'is another' }] });
      kept.push(...ids);
      return { log_id: 'l', size: kept.length, root: '', revision: 0 as Revision, writes: ids.map(() => ({ seq: 0, duplicate: false })) };
    },
  };
  return { tenant: tenant as TenantStore, kept, asked: () => asked };
}
const ready = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ index, sent: {}, doc: { event_id: `e${index}` } as PromptEvent, checked: true }));

test('whatever conflicts is left out and named, all else goes in, and nothing is tried over and over', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 2, maxLength: 300 }), async (isTaken) => {
      fc.pre(isTaken.includes(false));
      const places = isTaken.flatMap((taken, index) => (taken ? [index] : []));
      const store = storeWith(new Set(places.map((index) => `e${index}`)));
      const { conflicts, receipt } = await openCommitting()({ tenant: store.tenant, tenant_id: 't' }, ready(isTaken.length), io);
      deepEqual(conflicts, places);
      deepEqual(
        store.kept,
        ready(isTaken.length).flatMap(({ index }) => (isTaken[index] === true ? [] : [`e${index}`])),
      );
      ok(receipt.writes.length === store.kept.length && receipt.size === store.kept.length);
      ok(store.asked() <= 6 * isTaken.length, `${store.asked()} writes for ${isTaken.length} events`);
    }),
  ));

test('where all conflict, the request does', async () => {
  const store = storeWith(new Set(['e0', 'e1', 'e2']));
  await rejects(openCommitting()({ tenant: store.tenant, tenant_id: 't' }, ready(3), io), { code: 'store.conflict' });
  deepEqual(store.kept, []);
});
