// Entry of a store worker: owns the open files of the stores that are hashed to it.
import { parentPort, workerData } from 'node:worker_threads';
import { openFiles } from './open-files.ts';
import { serve } from './queue.ts';
import type { Request, WorkerSetup } from './protocol.ts';

if (!parentPort) throw new TypeError('started as a worker only');
const port = parentPort;
// The engine starts us with exactly this.
const files = openFiles(workerData as WorkerSetup);
const queue = serve(files, (answer) => port.postMessage(answer));

port.on('message', (message: Request | 'close') => {
  if (message !== 'close') return queue.add(message);
  queue.drain();
  files.close();
  port.close();
});
