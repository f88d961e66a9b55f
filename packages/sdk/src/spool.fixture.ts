// A process for a test to kill: queues events for a server that is not there, and prints each number once it is kept.
import { writeSync } from 'node:fs';
import { openSpool } from './spool.ts';
import { fakeEvent } from './testing.fixture.ts';

const spool = openSpool(process.argv[2] ?? '');
for (let seq = 0; ; seq++) {
  spool.keep(fakeEvent(seq));
  writeSync(1, `${seq}\n`);
}
