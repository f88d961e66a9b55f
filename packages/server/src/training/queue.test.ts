import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { openQueue } from './queue.ts';

const io = { signal: new AbortController().signal };
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('so many run at once; of those that wait, tenants take turns, however many one has', async () => {
  const queue = openQueue({ atOnce: 2, mostWaiting: 10 });
  const order: string[] = [];
  const held: Disposable[] = [];
  const ask = (tenant_id: string, name: string) =>
    void queue.turn(tenant_id, io).then((turn) => {
      order.push(name);
      held.push(turn);
    });
  for (let n = 1; n <= 5; n++) ask('north', `north ${n}`);
  ask('south', 'south 1');
  ask('east', 'east 1');
  ask('south', 'south 2');
  await settle();
  deepEqual(order, ['north 1', 'north 2']);
  for (let i = 0; i < 8; i++) {
    held[i]?.[Symbol.dispose]();
    await settle();
    equal(order.length, Math.min(8, i + 3), 'never more than two');
  }
  deepEqual(order, ['north 1', 'north 2', 'north 3', 'south 1', 'east 1', 'north 4', 'south 2', 'north 5']);
});

test('who does not wait any more holds nobody up', async () => {
  const queue = openQueue({ atOnce: 1, mostWaiting: 10 });
  const first = await queue.turn('north', io);
  const stop = new AbortController();
  const gone = queue.turn('south', stop);
  const last = queue.turn('east', io);
  stop.abort(new Error('cancelled'));
  await rejects(gone, /cancelled/);
  first[Symbol.dispose]();
  (await last)[Symbol.dispose]();
  (await queue.turn('north', io))[Symbol.dispose]();
});

test('a tenant of which too many wait is refused one more, and no other tenant is', async () => {
  const queue = openQueue({ atOnce: 1, mostWaiting: 2 });
  const turns = [await queue.turn('north', io)];
  const others = [1, 2].map(() => queue.turn('north', io));
  throws(() => queue.assertRoom('north'), { code: 'training.busy', message: /2 runs wait/ });
  queue.assertRoom('south');
  for (const other of others) {
    turns.pop()?.[Symbol.dispose]();
    turns.push(await other);
  }
  queue.assertRoom('north');
});
