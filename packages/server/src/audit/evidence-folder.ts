import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  formatBundle,
  formatTile,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
  tilePath,
  tilesToWrite,
  toBase64,
  toHex,
  TILE_WIDTH,
  type Checkpoint,
  type TileId,
} from '@ancilla/evidence';
import { AncillaError, type Io, type Ledger } from '@ancilla/contracts';
import { orFull, type LedgerSigner } from '../keys/index.ts';

/**
 * Hash tiles, entries, checkpoints and public keys as plain files outside every database and outside the tenant's key, so that evidence survives erasure and a
 * database put back shows. Laid out as C2SP tlog-tiles: `<folder>/<log_id>/{checkpoint, checkpoints/<size>, vkey, tile/…}`.
 */
export interface EvidenceFolder {
  /** The last checkpoint kept here; undefined for a log that has none yet. @throws {AncillaError} `store.corrupt` when it is not signed by the log's key */
  last(log_id: string): Promise<Checkpoint | undefined>;
  /**
   * Writes what the log gained since the last checkpoint, then the checkpoint itself. The answer is the signed note now in force.
   * @throws {AncillaError} `store.full`; the last checkpoint stays in force then
   */
  publish(ledger: Ledger, io: Io): Promise<string>;
  /** A file of a log, by its path there; undefined when there is none. */
  read(log_id: string, path: string): Promise<Uint8Array | undefined>;
}

/** Random names only: a path never leaves the folder. */
const LOG_ID = /^[a-z0-9_-]{1,128}$/i;
const ENTRIES_A_CALL = 1000;
/** Files that are synced together cost the disk little more than one, and it is the store's disk too; more would keep others from Node's four threads for files. */
const TILES_AT_ONCE = 3;

export function openEvidenceFolder(folder: string, signer: LedgerSigner): EvidenceFolder {
  const file = (log_id: string, path: string): string => {
    if (!LOG_ID.test(log_id)) throw new AncillaError('not_found', 'no such log');
    return join(folder, log_id, path);
  };
  const read = async (log_id: string, path: string): Promise<Buffer | undefined> => {
    try {
      return await readFile(file(log_id, path));
    } catch (error) {
      if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR'))
        return undefined;
      throw error;
    }
  };
  const last = async (log_id: string): Promise<Checkpoint | undefined> => {
    const note = await read(log_id, 'checkpoint');
    if (note === undefined) return undefined;
    try {
      return openCheckpoint(note, [parseVerifierKey(signer.vkey(log_id))]);
    } catch (cause) {
      throw new AncillaError(
        'store.corrupt',
        `the checkpoint kept outside for log ${log_id} is not signed by its key: put the newest of evidence/${log_id}/checkpoints in its place`,
        { cause },
      );
    }
  };
  /** One publication at a time a log: tiles first, the checkpoint that vouches for them last. */
  const running = new Map<string, Promise<string>>();

  async function publish(ledger: Ledger, io: Io): Promise<string> {
    const log_id = await ledger.logId(io);
    const before = await last(log_id);
    const { size, root } = await ledger.head(io);
    if (before !== undefined && before.size >= size) {
      if (before.size === size && toHex(before.root) === toHex(root)) return new TextDecoder().decode(await read(log_id, 'checkpoint'));
      throw new AncillaError('store.read_only', `log ${log_id} has ${size} entries, its last checkpoint ${before.size}: nothing is signed`);
    }
    const full: string[] = [];
    const folders = new Set<string>();
    const write = async (tile: TileId, bytes: Uint8Array): Promise<void> => {
      const path = file(log_id, tilePath(tile));
      await writeWhole(path, bytes);
      folders.add(dirname(path));
      if (tile.width === TILE_WIDTH) full.push(path);
    };
    const writeTile = async (tile: TileId): Promise<void> => {
      const { level, index, width } = tile;
      const first = index * TILE_WIDTH;
      if (level === 'entries') {
        const found = await entries(ledger, first, width, io);
        await write(tile, formatBundle(found.map((entry) => new TextEncoder().encode(entry))));
        await write({ level: 0, index, width }, formatTile(found.map(leafHash)));
      } else if (level > 0) {
        const at = Array.from({ length: width }, (_, i) => ({ level: level * 8, index: first + i }));
        await write(tile, formatTile(await ledger.nodes(at, io)));
      }
    };
    const tiles = tilesToWrite(before?.size ?? 0, size);
    for (let at = 0; at < tiles.length; at += TILES_AT_ONCE) await Promise.all(tiles.slice(at, at + TILES_AT_ONCE).map(writeTile));
    // Once for all tiles: each sync is a wait for a disk that the store may be writing to as well.
    for (const each of folders) await syncFolder(each);
    // A full tile serves whoever asked for a part of it.
    for (const path of full) await rm(`${path}.p`, { recursive: true, force: true, maxRetries: 3 });
    const note = signer.checkpoint({ log_id, size, root: toBase64(root) });
    const vkey = Buffer.from(`${signer.vkey(log_id)}\n`);
    // It stays what it is as long as the key does.
    if ((await read(log_id, 'vkey'))?.toString() !== vkey.toString()) await writeDurably(file(log_id, 'vkey'), vkey);
    await writeDurably(file(log_id, `checkpoints/${size}`), new TextEncoder().encode(note));
    // Another server may have come further meanwhile: the newest checkpoint stays.
    if (((await last(log_id))?.size ?? 0) < size) await writeDurably(file(log_id, 'checkpoint'), new TextEncoder().encode(note));
    return note;
  }

  return {
    last,
    read,
    async publish(ledger, io) {
      const log_id = await ledger.logId(io);
      const next = (running.get(log_id) ?? Promise.resolve('')).catch(() => '').then(() => publish(ledger, io));
      running.set(log_id, next);
      try {
        return await next;
      } catch (error) {
        throw orFull(error, 'a checkpoint');
      } finally {
        if (running.get(log_id) === next) running.delete(log_id);
      }
    },
  };
}

async function entries(ledger: Ledger, first: number, width: number, io: Io): Promise<readonly string[]> {
  const found = await ledger.entries(first, first + width, io);
  if (found.length !== width || width > ENTRIES_A_CALL)
    throw new AncillaError('store.corrupt', `the ledger lacks entries of ${first}…${first + width}`);
  return found.map(({ entry }) => entry);
}

/** There whole or not at all, also after power loss. */
async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await writeWhole(path, bytes);
  await syncFolder(dirname(path));
}

/** Temporary file, fsync, rename: whole as soon as it has its name, which it keeps once its folder is synced. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  // Another server may publish the same log into the same folder.
  const temporary = `${path}.${process.pid}.new`;
  const handle = await create(temporary);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
}

/** One that another server took away meanwhile, as below, needs no sync. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch((error: unknown) => {
    if (isGone(error)) return undefined;
    throw error;
  });
  try {
    await folder?.sync();
  } finally {
    await folder?.close();
  }
}

/** Another server may take away the folder of a tile's parts, since the whole tile is there, just when this one writes another part. */
async function create(path: string): Promise<FileHandle> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await open(path, 'w', 0o644);
    } catch (error) {
      if (attempt === 5 || !isGone(error)) throw error;
      await mkdir(dirname(path), { recursive: true });
    }
  }
}

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
