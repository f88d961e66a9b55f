import type { Clock, Io, Of, PromptEventInput } from '@ancilla/contracts';
import type { Curator } from '../curator/index.ts';

/** Which governed documents a tenant knows: an event that names others is kept and marked. */
export interface KnownDocuments {
  unresolved(of: Of, event: PromptEventInput, io: Io): Promise<readonly string[]>;
}

const KEPT_AT_MOST = 10_000;
/** A version that exists stays; one that is missing is looked for again after this time. */
const MISSING_MS = 5000;

export function openKnownDocuments({ curator, clock }: { readonly curator: Curator; readonly clock: Clock }): KnownDocuments {
  const until = new Map<string, { readonly known: boolean; readonly until: number }>();
  return {
    async unresolved({ tenant, tenant_id }, event, io) {
      const wanted = [
        ['agent_configs', event.agent_config_id, event.agent_config_version],
        ['prompt_templates', event.prompt_template_id, event.prompt_version],
      ] as const;
      const missing: string[] = [];
      for (const [kind, id, version] of wanted) {
        if (id === null || version === null) continue;
        const key = `${tenant_id}/${kind}/${id}@${version}`;
        let hit = until.get(key);
        if (hit === undefined || hit.until <= clock.now()) {
          const known = (await curator.resolve(tenant, kind, id, { version }, io)) !== undefined;
          hit = { known, until: known ? Infinity : clock.now() + MISSING_MS };
          if (until.size >= KEPT_AT_MOST) until.clear();
          until.set(key, hit);
        }
        if (!hit.known) missing.push(kind === 'agent_configs' ? 'agent_config' : 'prompt_template');
      }
      return missing;
    },
  };
}
