import { mkdir } from 'node:fs/promises';
import { AncillaError, TenantId, type Random } from '@ancilla/contracts';
import { Check } from 'typebox/value';
import { fileMasterKey, parseMasterKey } from './master-key.ts';
import { readKeyringFile, ringLocked, writeKeyringFile, type KeyringFile, type WrappedKeys } from './keyring-file.ts';
import { ledgerSigner, type LedgerSigner } from './signer.ts';
import { keyPurposes, tenantKeys, type KeyPurpose, type TenantKeys } from './tenant-keys.ts';
import { KEY_BYTES, masterId, unwrapKey, wrapKey } from './wrap.ts';

/** All keys of a deployment, opened. */
export interface Keyring {
  /** @throws {AncillaError} `tenant.not_found` */
  tenant(id: string): TenantKeys;
  has(id: string): boolean;
  /** Looks into the folder for a tenant that is not known yet: another server on the same folder may have made it. */
  look(id: string): Promise<void>;
  /** Makes a tenant's keys; on disk when it resolves. @throws {AncillaError} `tenant.exists` */
  create(id: string): Promise<TenantKeys>;
  readonly platform: TenantKeys;
  signer(): LedgerSigner;
}

const PLATFORM = 'platform';
/** No tenant id has a colon, so a tenant called "platform" is someone else. */
export const ownerOf = (tenant_id: string) => `tenant:${tenant_id}`;

/**
 * Opens the keyring of a folder; a first start makes it.
 * @param master - 64 hex digits from outside; without it the master lies in the folder, mode 0600
 * @throws {AncillaError} `key.invalid` for a malformed or wrong master, an altered keyring, or files that others may read
 */
export async function openKeyring({
  folder,
  random,
  master: given,
}: {
  readonly folder: string;
  readonly random: Random;
  readonly master?: string | undefined;
}): Promise<Keyring> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Servers that start at the same time make one keyring.
  return ringLocked(folder, () => openLocked(folder, random, given));
}

/** The master that opens what is on disk; none is there on a first start. @throws {AncillaError} `key.invalid` when another one does */
export async function masterOf(
  folder: string,
  file: KeyringFile | undefined,
  random: Random,
  given: string | undefined,
): Promise<Uint8Array> {
  const master = given === undefined ? await fileMasterKey(folder, file?.master_id, random) : parseMasterKey(given, 'the master key given');
  if (file !== undefined) assertWrappedBy(master, file, folder);
  return master;
}

/** @throws {AncillaError} `key.invalid` */
export function assertWrappedBy(master: Uint8Array, { master_id }: KeyringFile, folder: string): void {
  if (master_id !== masterId(master)) throw new AncillaError('key.invalid', `the keyring in ${folder} is wrapped by another master key`);
}

async function openLocked(folder: string, random: Random, given: string | undefined): Promise<Keyring> {
  const found = await readKeyringFile(folder);
  const master = await masterOf(folder, found, random, given);
  const wrapAll = (owner: string): WrappedKeys => wrapNew(master, owner, random);
  let file: KeyringFile;
  if (found === undefined) {
    file = {
      v: 1,
      master_id: masterId(master),
      deployment: `ancilla-${Buffer.from(random.bytes(8)).toString('hex')}`,
      signing: wrapKey(master, random.bytes(KEY_BYTES), signingPurpose, random),
      owners: { [PLATFORM]: wrapAll(PLATFORM) },
    };
    await writeKeyringFile(folder, file);
  } else file = found;

  const opened = new Map<string, TenantKeys>();
  const openOwner = (owner: string): TenantKeys | undefined => {
    const known = opened.get(owner);
    if (known) return known;
    const wrapped = Object.hasOwn(file.owners, owner) ? file.owners[owner] : undefined;
    if (!wrapped) return undefined;
    const keys = tenantKeysFrom(master, owner, wrapped);
    opened.set(owner, keys);
    return keys;
  };
  const platform = openOwner(PLATFORM);
  if (!platform) throw new AncillaError('key.invalid', `the keyring in ${folder} has no platform keys`);
  const signer = ledgerSigner(file.deployment, unwrapKey(master, file.signing, signingPurpose));

  // Writes follow one another, here and in other servers, so that none replaces the file without the keys of the one before.
  let writing: Promise<void> = Promise.resolve();
  const readAgain = async () => {
    const now = await readKeyringFile(folder);
    if (now?.master_id === file.master_id) file = now;
    return now;
  };
  const tenant = (id: string): TenantKeys => {
    const keys = openOwner(ownerOf(id));
    if (!keys) throw new AncillaError('tenant.not_found', 'no such tenant');
    return keys;
  };
  return {
    platform,
    signer: () => signer,
    has: (id) => Object.hasOwn(file.owners, ownerOf(id)),
    tenant,
    async look(id) {
      if (!Object.hasOwn(file.owners, ownerOf(id)) && Check(TenantId, id)) await readAgain();
    },
    async create(id) {
      if (!Check(TenantId, id)) throw new AncillaError('store.invalid', 'not a tenant id: lower-case letters, digits and hyphens');
      const owner = ownerOf(id);
      const add = async () => {
        const now = await readAgain();
        // With another master since: what is written here would open by neither.
        if (now !== undefined) assertWrappedBy(master, now, folder);
        if (Object.hasOwn(file.owners, owner)) throw new AncillaError('tenant.exists', 'this tenant has keys already');
        const next = { ...file, owners: { ...file.owners, [owner]: wrapAll(owner) } };
        await writeKeyringFile(folder, next);
        file = next;
      };
      const written = writing.then(() => ringLocked(folder, add));
      // A failed write must not fail the next one; its own caller gets the error below.
      writing = written.catch(() => undefined);
      await written;
      return tenant(id);
    },
  };
}

/** What the ledger's signing key is wrapped for. */
export const signingPurpose = { owner: 'ledger', purpose: 'signing' } as const;

/** Fresh random keys of one owner. */
const wrapNew = (master: Uint8Array, owner: string, random: Random): WrappedKeys =>
  eachPurpose((purpose) => wrapKey(master, random.bytes(KEY_BYTES), { owner, purpose }, random));

/** All keys of one owner, opened. */
export const unwrapAll = (master: Uint8Array, owner: string, wrapped: WrappedKeys): Record<KeyPurpose, Uint8Array> =>
  eachPurpose((purpose) => unwrapKey(master, wrapped[purpose], { owner, purpose }));

/** Token keys before the one in use, newest first. */
export const unwrapEarlierTokens = (master: Uint8Array, owner: string, { earlier_tokens = [] }: WrappedKeys): readonly Uint8Array[] =>
  earlier_tokens.map((wrap) => unwrapKey(master, wrap, { owner, purpose: 'token' }));

export const tenantKeysFrom = (master: Uint8Array, owner: string, wrapped: WrappedKeys): TenantKeys =>
  tenantKeys(unwrapAll(master, owner, wrapped), unwrapEarlierTokens(master, owner, wrapped));

/** A record with a value for each purpose. */
export const eachPurpose = <T>(make: (purpose: KeyPurpose) => T): Record<KeyPurpose, T> =>
  // fromEntries forgets that the list is complete.
  Object.fromEntries(keyPurposes.map((purpose) => [purpose, make(purpose)])) as Record<KeyPurpose, T>;
