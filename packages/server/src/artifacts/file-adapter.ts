import { constants } from 'node:fs';
import { link, lstat, mkdir, mkdtemp, open, opendir, readdir, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { AncillaError, DAY_MS } from '@ancilla/contracts';
import { orFull } from '../keys/index.ts';
import { checkKey, type StorageAdapter } from './storage-adapter.ts';

/** Begins with a dot, which no key does. */
const PARTIAL = '.partial';
const READ_BYTES = 64 * 1024;

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** A system's error as the port's; what is Ancilla's own, an abort, or the stream's passes through. */
const translate = (error: unknown): unknown => {
  const known = orFull(error, 'the object');
  if (known instanceof Error && 'syscall' in known)
    return new AncillaError('store.unavailable', `the artifact folder answered ${String(codeOf(known))}`, { cause: error });
  return known;
};

/** A rename or a removal is durable once its folder is. */
const syncFolder = async (folder: string): Promise<void> => {
  await using handle = await open(folder, constants.O_RDONLY);
  await handle.sync();
};

/** Takes away what crashes left half written: it was never acknowledged. What is younger than a day another server may be writing. */
async function clean(partial: string): Promise<void> {
  // The file system's own time, which may be another than this machine's.
  await rm(await mkdtemp(join(partial, 'now-')), { recursive: true });
  const { mtimeMs: now } = await stat(partial);
  for (const name of await readdir(partial)) {
    const found = await lstat(join(partial, name)).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < now - DAY_MS) await rm(join(partial, name), { recursive: true, force: true });
  }
}

/** Objects as files below one folder, which several servers may share. */
export const openFileAdapter = async (folder: string): Promise<StorageAdapter> => {
  const partial = join(folder, PARTIAL);
  await mkdir(partial, { recursive: true, mode: 0o700 });
  await clean(partial);
  const root = await realpath(folder);

  /** The folder of a key, made durable where it is new; refused when a link leads it elsewhere. */
  const folderFor = async (file: string): Promise<string> => {
    const wanted = dirname(file);
    const first = await mkdir(wanted, { recursive: true, mode: 0o700 });
    if ((await realpath(wanted)) !== wanted) throw new AncillaError('store.unavailable', 'a link leads out of the artifact folder');
    if (first !== undefined) for (let at = wanted; at !== root; at = dirname(at)) await syncFolder(dirname(at));
    return wanted;
  };
  const fileOf = (key: string): string => join(root, ...checkKey(key).split('/'));

  return {
    async put(key, bytes, { signal }) {
      const file = fileOf(key);
      // A name that nobody else has, of whatever server.
      const upload = join(root, PARTIAL, crypto.randomUUID());
      let size = 0;
      try {
        const parent = await folderFor(file);
        {
          await using handle = await open(upload, 'wx', 0o600);
          for await (const chunk of bytes) {
            signal.throwIfAborted();
            for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten;
            size += chunk.length;
          }
          signal.throwIfAborted();
          await handle.sync();
        }
        // A hard link refuses a name that is taken; a rename would replace the object that has it.
        await link(upload, file);
        await syncFolder(parent);
      } catch (error) {
        if (codeOf(error) === 'EEXIST') throw new AncillaError('store.conflict', 'an object has this key', { cause: error });
        throw translate(error);
      } finally {
        await rm(upload, { force: true });
      }
      return { key, size };
    },

    async *get(key, { start = 0, end = Infinity }, { signal }) {
      const file = fileOf(key);
      try {
        if ((await realpath(dirname(file))) !== dirname(file)) throw new AncillaError('not_found', 'no such object');
        await using handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
        for (let at = start; at < end;) {
          signal.throwIfAborted();
          const wanted = Math.min(READ_BYTES, end - at);
          const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
          if (bytesRead === 0) return;
          at += bytesRead;
          yield buffer.subarray(0, bytesRead);
        }
      } catch (error) {
        if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ELOOP')
          throw new AncillaError('not_found', 'no such object', { cause: error });
        throw translate(error);
      }
    },

    async head(key, { signal }) {
      signal.throwIfAborted();
      try {
        const found = await lstat(fileOf(key));
        return found.isFile() ? { key, size: found.size } : undefined;
      } catch (error) {
        if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
        throw translate(error);
      }
    },

    async delete(key, { signal }) {
      signal.throwIfAborted();
      const file = fileOf(key);
      try {
        await rm(file, { force: true });
        await syncFolder(dirname(file));
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw translate(error);
      }
    },

    async *list(prefix, { signal }) {
      const top = prefix === '' ? root : fileOf(prefix);
      try {
        for await (const entry of await opendir(top, { recursive: true })) {
          signal.throwIfAborted();
          const file = join(entry.parentPath, entry.name);
          const key = relative(root, file).split(sep).join('/');
          if (entry.isFile() && !key.startsWith(`${PARTIAL}/`)) yield { key, size: (await stat(file)).size };
        }
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw translate(error);
      }
    },
  };
};

/** How many uploads are under way or were left behind; for tests and `doctor`. */
export const partialUploads = async (folder: string): Promise<number> => (await readdir(join(folder, PARTIAL))).length;
