import { open, rm, stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;
/** What is done under the lock takes milliseconds: who holds it so long has died. */
const ABANDONED_MS = 10_000;

/** Does work that no other process on the same folder does at the same time. @param path - of a file that stands for the lock */
export async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!(await take(path))) await setTimeout(LOOK_EVERY_MS);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const since = await stat(path).catch(() => undefined);
  if (since !== undefined && Date.now() - since.mtimeMs > ABANDONED_MS) await rm(path, { force: true });
  return false;
}
