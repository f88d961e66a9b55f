import { AncillaError, type Random } from '@ancilla/contracts';
import type { TokenKey } from '@ancilla/redaction';
import { masterOf, ownerOf, tenantKeysFrom } from './keyring.ts';
import { onKeyring, writeKeyringFile, type KeyringFile } from './keyring-file.ts';
import { KEY_BYTES, wrapKey } from './wrap.ts';

interface TokenKeyOf {
  readonly folder: string;
  /** 64 hex digits from outside; without it the master on file. */
  readonly master: string | undefined;
  readonly tenant_id: string;
  readonly random: Random;
}

/** The token key of a tenant, for an SDK that redacts in its own process. @throws {AncillaError} `tenant.not_found`, `key.invalid` */
export const readTokenKey = (of: TokenKeyOf): Promise<Required<TokenKey>> =>
  onKeyring(of.folder, async (file) => {
    const { master, owner, wrapped } = await ownerIn(file, of);
    return tenantKeysFrom(master, owner, wrapped).token_key;
  });

/**
 * Gives a tenant a new token key, after the one in use was seen by someone else. What it made stays in what is stored, and still passes unchanged; from now on
 * the same value gives another token. Servers take it up when they start.
 * @returns the new key's version
 * @throws {AncillaError} `tenant.not_found`, `key.invalid`
 */
export const rotateTokenKey = (of: TokenKeyOf): Promise<number> =>
  onKeyring(of.folder, async (file) => {
    const { master, owner, wrapped } = await ownerIn(file, of);
    const earlier_tokens = [wrapped.token, ...(wrapped.earlier_tokens ?? [])];
    const token = wrapKey(master, of.random.bytes(KEY_BYTES), { owner, purpose: 'token' }, of.random);
    await writeKeyringFile(of.folder, { ...file, owners: { ...file.owners, [owner]: { ...wrapped, token, earlier_tokens } } });
    return earlier_tokens.length + 1;
  });

async function ownerIn(file: KeyringFile, { folder, master: given, tenant_id, random }: TokenKeyOf) {
  const master = await masterOf(folder, file, random, given);
  const owner = ownerOf(tenant_id);
  const wrapped = Object.hasOwn(file.owners, owner) ? file.owners[owner] : undefined;
  if (!wrapped) throw new AncillaError('tenant.not_found', `the keyring in ${folder} has no keys of tenant ${tenant_id}`);
  return { master, owner, wrapped };
}
