import { AncillaError, type Random } from '@ancilla/contracts';
import { onKeyring, writeKeyringFile, type KeyringFile, type WrappedKeys } from './keyring-file.ts';
import { assertWrappedBy, eachPurpose, signingPurpose, unwrapAll, unwrapEarlierTokens } from './keyring.ts';
import { adoptNextMaster, makeMasterKey, masterKeyPath, nextMasterKeyPath, parseMasterKey, readMasterKey } from './master-key.ts';
import { masterId, unwrapKey, wrapKey } from './wrap.ts';

/**
 * Wraps every key anew under another master. The keys stay, so no data is touched; the old master opens nothing of the new keyring. The keyring must not be
 * open by a server. After a crash it is simply run again; whatever else changes the keyring waits, and this for it.
 * @param from - 64 hex digits
 * @param to - 64 hex digits, kept by the caller
 */
export async function rotateMaster({
  folder,
  from,
  to,
  random,
}: {
  readonly folder: string;
  readonly from: string;
  readonly to: string;
  readonly random: Random;
}): Promise<void> {
  const was = parseMasterKey(from, 'the old master key');
  const next = parseMasterKey(to, 'the new master key');
  await onKeyring(folder, (file) => rewrap(folder, file, { was, next, random }));
}

/** As `rotateMaster`, for a master that lies on file: the new one is on disk before anything is wrapped by it, the old one is gone at the end. */
export async function rotateFileMaster({ folder, random }: { readonly folder: string; readonly random: Random }): Promise<void> {
  await onKeyring(folder, async (file) => {
    const was = await readMasterKey(masterKeyPath(folder));
    if (!was) throw new AncillaError('key.invalid', `${masterKeyPath(folder)} is missing`);
    const path = nextMasterKeyPath(folder);
    const next = (await readMasterKey(path)) ?? (await makeMasterKey(path, random));
    await rewrap(folder, file, { was, next, random });
    await adoptNextMaster(folder);
  });
}

async function rewrap(
  folder: string,
  file: KeyringFile,
  { was, next, random }: { readonly was: Uint8Array; readonly next: Uint8Array; readonly random: Random },
): Promise<void> {
  if (file.master_id === masterId(next)) return;
  assertWrappedBy(was, file, folder);
  const wrapAgain = (owner: string, wrapped: WrappedKeys) => {
    const keys = unwrapAll(was, owner, wrapped);
    const earlier = unwrapEarlierTokens(was, owner, wrapped);
    return {
      ...eachPurpose((purpose) => wrapKey(next, keys[purpose], { owner, purpose }, random)),
      ...(earlier.length > 0 && { earlier_tokens: earlier.map((key) => wrapKey(next, key, { owner, purpose: 'token' }, random)) }),
    };
  };
  await writeKeyringFile(folder, {
    ...file,
    master_id: masterId(next),
    signing: wrapKey(next, unwrapKey(was, file.signing, signingPurpose), signingPurpose, random),
    owners: Object.fromEntries(Object.entries(file.owners).map(([owner, wrapped]) => [owner, wrapAgain(owner, wrapped)])),
  });
}
