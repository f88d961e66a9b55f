import { rmSync } from 'node:fs';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for one test. */
export const newFolder = (of: string): Promise<string> => mkdtemp(join(tmpdir(), `ancilla-${of}-`));

/**
 * Folders that begin as copies of one that is made once a process, and goes with it: for what takes longer to make than to open.
 * @param make - fills the first, and lets go of it; what it answers comes with each copy
 */
export const copiedFolders = <T>(of: string, make: (folder: string) => Promise<T>) => {
  const makeFirst = async () => {
    const from = await newFolder(of);
    process.once('exit', () => rmSync(from, { recursive: true, force: true }));
    return { from, made: await make(from) };
  };
  let first: ReturnType<typeof makeFirst> | undefined;
  return async (): Promise<{ readonly folder: string; readonly made: T }> => {
    const { from, made } = await (first ??= makeFirst());
    const folder = await newFolder(of);
    await cp(from, folder, { recursive: true });
    return { folder, made };
  };
};
