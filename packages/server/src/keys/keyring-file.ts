import { join } from 'node:path';
import { AncillaError } from '@ancilla/contracts';
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import { locked } from './locked.ts';
import { readSecretFile, writeSecretFile } from './secret-file.ts';
import { keyPurposes } from './tenant-keys.ts';

const Wrap = Type.String({ pattern: '^[A-Za-z0-9+/]{80}$', description: 'base64 of 60 bytes: nonce, key, tag' });
const purposes = { db: Wrap, artifact: Wrap, seal: Wrap, token: Wrap, mac: Wrap } satisfies Record<
  (typeof keyPurposes)[number],
  typeof Wrap
>;
const WrappedKeysSchema = Type.Object(
  { ...purposes, earlier_tokens: Type.Optional(Type.Array(Wrap, { description: 'token keys before a compromise, newest first' })) },
  { additionalProperties: false },
);
/** The wrapped keys of one owner. */
export type WrappedKeys = Static<typeof WrappedKeysSchema>;

const KeyringFileSchema = Type.Object(
  {
    v: Type.Literal(1),
    master_id: Type.String({ pattern: '^[0-9a-f]{16}$' }),
    deployment: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,127}$' }),
    signing: Wrap,
    owners: Type.Record(Type.String(), WrappedKeysSchema),
  },
  { additionalProperties: false },
);
/** The keyring on disk: nothing in it opens without the master. */
export type KeyringFile = Static<typeof KeyringFileSchema>;

/** The one file with every wrapped key: it is replaced whole, so that a new tenant or a new master is there entirely or not at all. */
const keyringPath = (folder: string): string => join(folder, 'keyring.json');

/** @throws {AncillaError} `key.invalid` when it is there and not a keyring */
export async function readKeyringFile(folder: string): Promise<KeyringFile | undefined> {
  const path = keyringPath(folder);
  const text = await readSecretFile(path);
  if (text === undefined) return undefined;
  const value = parse(text);
  if (!Check(KeyringFileSchema, value)) throw new AncillaError('key.invalid', `${path} is not a keyring of this version`);
  return value;
}

/** Whatever changes the keyring or its master follows one another, in all processes on the folder. */
export const ringLocked = <T>(folder: string, work: () => Promise<T>): Promise<T> => locked(join(folder, 'keyring.lock'), work);

/** Works on a keyring that is there, under its lock. @throws {AncillaError} `key.invalid` where there is none; the folder is left as it is then */
export async function onKeyring<T>(folder: string, work: (file: KeyringFile) => Promise<T>): Promise<T> {
  const read = async () => {
    const file = await readKeyringFile(folder);
    if (!file) throw new AncillaError('key.invalid', `there is no keyring in ${folder}`);
    return file;
  };
  await read();
  return ringLocked(folder, async () => work(await read()));
}

/** Durable when it resolves. */
export const writeKeyringFile = (folder: string, file: KeyringFile): Promise<void> =>
  writeSecretFile(keyringPath(folder), `${JSON.stringify(file)}\n`);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says what is wrong; the parser's message would quote the file.
    return undefined;
  }
}
