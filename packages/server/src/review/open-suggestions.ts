import { everyOf, mappingSuggestions, type Io, type TenantStore } from '@ancilla/contracts';

/** Open suggestions that are looked through at most: what is looked for may be older than a whole day's work of others. */
export const LOOKED_THROUGH = 20_000;

/** A tenant's open suggestions, the newest first. */
export const openSuggestions = (tenant: TenantStore, io: Io) =>
  everyOf((page) => tenant.find(mappingSuggestions, { index: 'by_status', equals: { status: 'open' }, ...page }, io));
