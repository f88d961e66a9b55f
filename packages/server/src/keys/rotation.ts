import { AncillaError, type Random } from '@ancilla/contracts';
import { readKeyringFile, writeKeyringFile, type WrappedKeys } from './keyring-file.ts';
import { eachPurpose, signingPurpose, unwrapAll } from './keyring.ts';
import { parseMasterKey } from './master-key.ts';
import { masterId, unwrapKey, wrapKey } from './wrap.ts';

/**
 * Wraps every key anew under another master. The keys stay, so no data is touched; the old master opens nothing of the new keyring.
 * The keyring must not be open. The caller keeps the new master; one that lies on file is written there first, beside the old one.
 * @param from - 64 hex digits
 * @param to - 64 hex digits
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
  const file = await readKeyringFile(folder);
  if (!file) throw new AncillaError('key.invalid', `there is no keyring in ${folder}`);
  // After a crash the rotation is simply run again.
  if (file.master_id === masterId(next)) return;
  if (file.master_id !== masterId(was)) throw new AncillaError('key.invalid', `the keyring in ${folder} is wrapped by another master key`);
  const rewrap = (owner: string, wrapped: WrappedKeys) => {
    const keys = unwrapAll(was, owner, wrapped);
    return eachPurpose((purpose) => wrapKey(next, keys[purpose], { owner, purpose }, random));
  };
  await writeKeyringFile(folder, {
    ...file,
    master_id: masterId(next),
    signing: wrapKey(next, unwrapKey(was, file.signing, signingPurpose), signingPurpose, random),
    owners: Object.fromEntries(Object.entries(file.owners).map(([owner, wrapped]) => [owner, rewrap(owner, wrapped)])),
  });
}
