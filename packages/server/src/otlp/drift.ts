// Attribute keys seen for the first time: how an upgrade that starts to send more is noticed on its first day.
import {
  everyOf,
  idFrom,
  insert,
  isAncillaError,
  otlpKeys,
  toTimestamp,
  type Clock,
  type Io,
  type Of,
  type OtlpKey,
  type TenantStore,
} from '@ancilla/contracts';
import { sha256 } from '@ancilla/evidence';
import type { Dropped } from './clean.ts';

/** What a span's library sent that was left out. */
export interface Sighting {
  readonly library: string;
  readonly trace_id: string;
  readonly dropped: readonly Dropped[];
}

/** Someone who makes up keys cannot fill the store with them. */
const MOST_KEYS = 2000;

/** Knows what each tenant's libraries ever sent. */
export interface Drift {
  /** Keeps keys that had not been seen. @returns them, each from one server only and once, also over restarts */
  note(of: Of, sightings: readonly Sighting[], io: Io): Promise<readonly OtlpKey[]>;
}

export function openDrift({ clock }: { readonly clock: Clock }): Drift {
  const seen = new Map<string, Promise<Set<string>>>();

  function known({ tenant, tenant_id }: Of, io: Io): Promise<Set<string>> {
    let names = seen.get(tenant_id);
    if (names === undefined) {
      seen.set(tenant_id, (names = readAll(tenant, io)));
      names.catch(() => seen.delete(tenant_id));
    }
    return names;
  }

  return {
    async note(of, sightings, io) {
      // Others may add keys at the same time: they are read anew, and the rest is tried again.
      for (;;) {
        const names = await known(of, io);
        const first = new Map<string, OtlpKey>();
        for (const { library, trace_id, dropped } of sightings)
          for (const { key, type, bytes } of dropped) {
            const name = nameOf(library, key);
            if (names.has(name) || first.has(name) || names.size + first.size >= MOST_KEYS) continue;
            const otlp_key_id = idFrom('ok', sha256(name));
            first.set(name, { otlp_key_id, library, key, type, bytes, trace_id, first_seen: toTimestamp(clock.now()) });
          }
        if (first.size === 0) return [];
        try {
          const docs = [...first.values()];
          await of.tenant.commit(
            docs.map((doc) => insert(otlpKeys, doc)),
            [],
            io,
          );
          for (const name of first.keys()) names.add(name);
          return docs;
        } catch (error) {
          if (!isAncillaError(error, 'store.conflict')) throw error;
          seen.delete(of.tenant_id);
        }
      }
    },
  };
}

/** By which a key is known: every span asks, so that it is no hash. */
const nameOf = (library: string, key: string): string => `${library} ${key}`;

async function readAll(tenant: TenantStore, io: Io): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const { doc } of everyOf((page) => tenant.find(otlpKeys, { index: 'all', equals: {}, ...page }, io)))
    names.add(nameOf(doc.library, doc.key));
  return names;
}
