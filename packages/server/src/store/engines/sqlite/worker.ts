// Entry of a store worker: owns the open files of the stores that are hashed to it.
import { parentPort, workerData } from 'node:worker_threads';
import { openFiles } from './open-files.ts';
import { answerAll } from './queue.ts';
import type { Request, WorkerSetup } from './protocol.ts';

if (!parentPort) throw new TypeError('started as a worker only');
const port = parentPort;
// The engine starts us with exactly this.
const files = openFiles(workerData as WorkerSetup);

port.on('message', (message: readonly Request[] | 'close') => {
  if (message !== 'close') return port.postMessage(answerAll(files, message));
  files.close();
  port.close();
});
