import { open, readFile, rename, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { AncillaError } from '@ancilla/contracts';
import { orFull } from './disk-full.ts';

/**
 * Reads a file only its owner may read; `undefined` when there is none.
 * @throws {AncillaError} `key.invalid` when others may read it
 */
export async function readSecretFile(path: string): Promise<string | undefined> {
  const found = await stat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  // Windows has no such bits; there the folder's access list decides.
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0)
    throw new AncillaError('key.invalid', `${path} may be read by others (mode ${(found.mode & 0o777).toString(8)}): chmod 600 it`);
  return readFile(path, 'utf8');
}

/** Replaces a file so that after a crash it is wholly the old one or wholly the new one; mode 0600. */
export async function writeSecretFile(path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, 'w', 0o600);
  try {
    // A leftover of a crash keeps the mode it had.
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    throw orFull(error, basename(path));
  } finally {
    await file.close();
  }
  await moveSecretFile(beside, path);
}

/** Gives a file another name, replacing what has it; durable when it resolves. */
export async function moveSecretFile(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** Makes a rename or a new name durable: POSIX asks for the folder to be synced too. */
async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder as a file, and journals names by itself.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const hasCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code;
