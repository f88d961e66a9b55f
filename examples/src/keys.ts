import { readFile, rename, writeFile } from 'node:fs/promises';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { Refused, openClient } from './client.ts';

const roles = ['tenant_admin', 'steward', 'reviewer', 'auditor', 'agent'] as const;
type Role = (typeof roles)[number];
const Secret = Type.String({ minLength: 1 });
const TenantKeys = Type.Object({ tenant_admin: Secret, steward: Secret, reviewer: Secret, auditor: Secret, agent: Secret });
const DemoKeys = Type.Object({ platform_admin: Secret, tenants: Type.Record(Type.String(), TenantKeys) });
const demoKeys = Compile(DemoKeys);

/** The demo's keys: one platform admin, and for each tenant one key a role. */
export type DemoKeys = Static<typeof DemoKeys>;

/**
 * Makes the tenants and a key for each role, once; what they are stands in a file only its owner reads. A start that was interrupted
 * before the file was whole makes new keys: those of before were shown to nobody.
 */
export async function ensureKeys(
  of: { readonly url: string; readonly keysFile: string; readonly platformKey: string | undefined; readonly tenants: readonly string[] },
  say: (line: string) => void,
): Promise<DemoKeys> {
  const kept = await readFile(of.keysFile, 'utf8').catch(() => undefined);
  if (kept !== undefined) {
    const keys: unknown = JSON.parse(kept);
    if (!demoKeys.Check(keys)) throw new Error(`${of.keysFile} is not what the demo wrote: start with -- --fresh, or mend it`);
    say(`tenants ${of.tenants.join(', ')} are there from an earlier start`);
    return keys;
  }
  if (of.platformKey === undefined)
    throw new Error('the data folder belongs to a server whose platform admin key is gone: name another folder with ANCILLA_DATA');
  const platform = openClient(of.url, of.platformKey);
  const tenants: Record<string, Static<typeof TenantKeys>> = {};
  for (const tenant_id of of.tenants) {
    await platform.post(Type.Unknown(), '/governance/tenants', { tenant_id }).catch((error: unknown) => {
      if (!(error instanceof Refused) || error.code !== 'tenant.exists') throw error;
    });
    const key = async (role: Role): Promise<string> => {
      const subject = role === 'reviewer' ? 'demo-reviewer' : `demo-${role.replace('_', '-')}`;
      return (await platform.post(Type.Object({ secret: Secret }), '/governance/keys', { tenant_id, role, subject })).secret;
    };
    tenants[tenant_id] = {
      tenant_admin: await key('tenant_admin'),
      steward: await key('steward'),
      reviewer: await key('reviewer'),
      auditor: await key('auditor'),
      agent: await key('agent'),
    };
  }
  const keys: DemoKeys = { platform_admin: of.platformKey, tenants };
  // Whole or not at all.
  await writeFile(`${of.keysFile}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  await rename(`${of.keysFile}.new`, of.keysFile);
  say(`made tenants ${of.tenants.join(', ')}, a key for each role`);
  return keys;
}
