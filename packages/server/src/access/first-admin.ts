import { apiKeys, type Io, type PlatformStore, type Random } from '@ancilla/contracts';
import { writeSecretFile } from '../keys/index.ts';
import type { Keys } from './keys.ts';
import { newSecret } from './secret.ts';

/**
 * The first start makes the platform admin's key and writes it where only its owner reads it: the file first, so that no crash loses the one key that could
 * make others.
 * @returns whether this was the first start
 */
export async function makeFirstAdmin(
  {
    platform,
    keys,
    random,
    file,
    trace_id,
  }: {
    readonly platform: PlatformStore;
    readonly keys: Keys;
    readonly random: Random;
    readonly file: string;
    readonly trace_id: string;
  },
  io: Io,
): Promise<boolean> {
  if ((await platform.find(apiKeys, { index: 'all', equals: {}, limit: 1 }, io)).items.length > 0) return false;
  const secret = newSecret(random);
  await writeSecretFile(file, `${secret}\n`);
  const key = { tenant_id: null, role: 'platform_admin', subject: 'platform-admin', name: 'first start' } as const;
  await keys.createKey(key, { id: 'first-start', trace_id }, io, secret);
  return true;
}
