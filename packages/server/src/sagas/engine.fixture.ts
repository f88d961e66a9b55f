import { join } from 'node:path';
import { saga, toTimestamp, type Io, type Saga, type TenantStore } from '@ancilla/contracts';
import { Type } from 'typebox';
import { openArtifacts, openFileAdapter } from '../artifacts/index.ts';
import { random, testStores } from '../test-stores.fixture.ts';
import { openSagas } from './index.ts';

const openTestStores = testStores();
export const io: Io = { signal: new AbortController().signal };
export const trace_id = '4bf92f3577b34da6a3ce929d0e0e4736';

/** A saga whose only use is that agents name its undo, which notes what it undid. */
export const unwriting = (undone: string[]) =>
  saga({
    name: 'unwriting',
    memo: Type.Object({}),
    steps: [
      {
        name: 'write',
        attempts: 1,
        unknown: { on: 'park' },
        run: async () => ({ output: {} }),
        compensate: { ref: 'handler:unwrite', run: async ({ key }) => (undone.push(key.split('/').slice(1).join('/')), []) },
      },
    ],
  });

/** Two tenants and a saga engine over real stores; further engines stand for further lives of the process. The clock moves when told. */
export async function openTest() {
  let offset = 0;
  const at = await openTestStores({ now: () => Date.now() + offset });
  const { folder, keyring, stores, clock, newId, north } = at;
  const artifacts = openArtifacts({
    adapter: await openFileAdapter(join(folder, 'objects')),
    keys: (id) => keyring.tenant(id),
    clock,
    newId,
    random,
  });
  const errors: unknown[] = [];
  const lives: AsyncDisposable[] = [];
  /** What is to be called back, still. */
  const armed = new Set<() => void>();
  let life = 0;
  return {
    armed,
    stores,
    artifacts,
    errors,
    north,
    advance: (ms: number) => void (offset += ms),
    inMs: (ms: number) => toTimestamp(clock.now() + ms),
    /** A new life of the server, which takes up what the one before left. */
    async open(sagas: readonly Saga[], exclusive = true, tenantStore: (id: string) => TenantStore = (id) => stores.tenant(id)) {
      const room = openSagas({
        platform: stores.platform,
        tenantStore,
        artifacts,
        hmac: (id, purpose, data) => keyring.tenant(id).hmac(purpose, data),
        clock,
        newId,
        random,
        owner_id: `life-${++life}`,
        // Backoff is waited for: by the clock, which whoever waits moves on.
        sleep: async (ms, signal) => {
          await new Promise((resolve) => setImmediate(resolve));
          signal.throwIfAborted();
          offset += ms;
        },
        later: (ms, run) => {
          const fire = () => {
            clearTimeout(timer);
            armed.delete(fire);
            run();
          };
          const timer = setTimeout(fire, ms);
          armed.add(fire);
          return () => {
            clearTimeout(timer);
            armed.delete(fire);
          };
        },
        onError: (error) => void errors.push(error),
        exclusive,
        graceMs: 50,
        isRedacted: async (_, text) => /@|4111/.test(text),
        offered: { 'handler:unwrite': { action: 'saga.write', payload: Type.Object({}), isOwn: async () => true } },
      });
      lives.push(room.runner);
      await room.runner.serve(sagas);
      return room;
    },
    async [Symbol.asyncDispose]() {
      for (const each of lives) await each[Symbol.asyncDispose]();
      await at[Symbol.asyncDispose]();
    },
  };
}

/** A process that dies at its nth commit: before it is written, or after, without anybody learning of it. From then on it writes nothing. */
export function dyingStore(
  store: TenantStore,
  nth: number,
  when: 'before' | 'after',
): { readonly store: TenantStore; readonly died: () => boolean } {
  let commits = 0;
  let dead = false;
  return {
    died: () => dead,
    store: {
      ...store,
      async commit(writes, guards, at) {
        if (dead) throw new Error('the process is dead');
        dead = ++commits === nth;
        if (dead && when === 'before') throw new Error('the process died before its commit');
        const receipt = await store.commit(writes, guards, at);
        if (dead) throw new Error('the process died after its commit');
        return receipt;
      },
    },
  };
}
