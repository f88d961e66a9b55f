import { join } from 'node:path';
import { AncillaError, type Random } from '@ancilla/contracts';
import { readSecretFile, writeSecretFile } from './secret-file.ts';
import { KEY_BYTES } from './wrap.ts';

/** Where the master lies when no one hands it in. */
export const masterKeyPath = (folder: string): string => join(folder, 'master.key');

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

/** The master key on file. On a first start, when nothing is wrapped yet, it is made. */
export async function fileMasterKey(folder: string, isFirstStart: boolean, random: Random): Promise<Uint8Array> {
  const path = masterKeyPath(folder);
  const text = await readSecretFile(path);
  if (text !== undefined) return parseMasterKey(text, path);
  if (!isFirstStart) throw new AncillaError('key.invalid', `${path} is missing, and the keyring beside it does not open without it`);
  const made = random.bytes(KEY_BYTES);
  await writeSecretFile(path, `${Buffer.from(made).toString('hex')}\n`);
  return made;
}
