import { join } from 'node:path';
import { AncillaError, type Random } from '@ancilla/contracts';
import { moveSecretFile, readSecretFile, writeSecretFile } from './secret-file.ts';
import { KEY_BYTES, masterId } from './wrap.ts';

/** Where the master lies when no one hands it in. */
export const masterKeyPath = (folder: string): string => join(folder, 'master.key');

/** Where the next master lies while keys are being wrapped by it. */
export const nextMasterKeyPath = (folder: string): string => join(folder, 'master.next.key');

/**
 * Reads a master key written as 64 hex digits.
 * @param from - where it came from, for the message
 * @throws {AncillaError} `key.invalid`, never showing the key
 */
export function parseMasterKey(text: string, from: string): Uint8Array {
  const hex = text.trim();
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new AncillaError('key.invalid', `${from} is not a master key: 64 lower-case hex digits expected`);
  if (/^0+$/.test(hex)) throw new AncillaError('key.invalid', `${from} holds only zeros`);
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/**
 * The master key on file. On a first start, when nothing is wrapped yet, it is made; after a rotation that was cut short, the one the keyring is wrapped by
 * is taken and put in its place.
 * @param wanted - `master_id` of the keyring; none on a first start
 */
export async function fileMasterKey(folder: string, wanted: string | undefined, random: Random): Promise<Uint8Array> {
  const path = masterKeyPath(folder);
  const next = await readMasterKey(nextMasterKeyPath(folder));
  if (next && masterId(next) === wanted) {
    await adoptNextMaster(folder);
    return next;
  }
  const known = await readMasterKey(path);
  if (known) return known;
  if (wanted !== undefined) throw new AncillaError('key.invalid', `${path} is missing, and the keyring beside it does not open without it`);
  return makeMasterKey(path, random);
}

/** Makes a master key on file. */
export async function makeMasterKey(path: string, random: Random): Promise<Uint8Array> {
  const made = random.bytes(KEY_BYTES);
  await writeSecretFile(path, `${Buffer.from(made).toString('hex')}\n`);
  return made;
}

/** The master key in a file, or nothing when there is no such file. */
export async function readMasterKey(path: string): Promise<Uint8Array | undefined> {
  const text = await readSecretFile(path);
  return text === undefined ? undefined : parseMasterKey(text, path);
}

/** Puts the next master in the place of the old one, which is gone then. */
export const adoptNextMaster = (folder: string): Promise<void> => moveSecretFile(nextMasterKeyPath(folder), masterKeyPath(folder));
