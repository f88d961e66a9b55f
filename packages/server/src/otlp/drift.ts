// Attribute keys seen for the first time: how an upgrade that starts to send more is noticed on its first day.
import type { Dropped } from './clean.ts';

/** A key that was left out and had not been seen of this library. */
export interface Drift {
  readonly library: string;
  readonly key: string;
  readonly type: string;
  readonly bytes: number;
}

/** Someone who makes up keys cannot fill the memory with them. */
const MOST_KEYS = 2000;

/** Knows what each tenant's libraries sent since the start. */
export function openDrift(): (tenant_id: string, library: string, dropped: readonly Dropped[]) => readonly Drift[] {
  const seen = new Map<string, Set<string>>();
  return (tenant_id, library, dropped) => {
    let keys = seen.get(tenant_id);
    if (keys === undefined) seen.set(tenant_id, (keys = new Set()));
    const first: Drift[] = [];
    for (const { key, type, bytes } of dropped) {
      const name = `${library} ${key}`;
      if (keys.size >= MOST_KEYS || keys.has(name)) continue;
      keys.add(name);
      first.push({ library, key, type, bytes });
    }
    return first;
  };
}
