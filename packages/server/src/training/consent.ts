import { AncillaError, consents, type Consent, type Dataset, type Guard, type Io, type Reader, type Tenant } from '@ancilla/contracts';

/** What a tenant's decisions may train, and whether vectors may be in it. */
export type Allowed = Required<Pick<Consent, 'training' | 'vectors' | 'agent_io'>>;

/**
 * Without a word of the tenant's, its decisions train its own models, without vectors, and its calls nothing.
 * @see docs/decisions/0004-training-consent-starts-with-own.md
 */
export const consentOf = async (tenant: Reader<Tenant>, io: Io): Promise<Allowed> => (await guardedConsent(tenant, io)).allowed;

/** As {@link consentOf}, with a guard that holds as long as nobody says another word about it. */
export async function guardedConsent(tenant: Reader<Tenant>, io: Io): Promise<{ readonly allowed: Allowed; readonly guard: Guard }> {
  const said = await tenant.get(consents, 'training', io);
  const { training, vectors, agent_io = false } = said?.doc ?? { training: 'own', vectors: false };
  return { allowed: { training, vectors, agent_io }, guard: { of: consents, id: 'training', revision: said?.revision ?? 'absent' } };
}

const REACH = { none: 0, own: 1, global: 2 } as const;

type Use = Pick<Dataset, 'consent' | 'vectors' | 'kind'>;

/** What a use goes beyond; undefined when consent covers it. */
export function uncovered({ training, vectors, agent_io }: Allowed, use: Use): string | undefined {
  if (REACH[training] < REACH[use.consent]) return `the consent in force is ${training}; this needs ${use.consent}`;
  if (use.vectors && !vectors) return 'the consent in force does not cover vectors; this has them';
  if (use.kind === 'agent_io' && !agent_io)
    return 'the consent in force does not cover prompts and answers of calls; this has them (agent_io)';
  return undefined;
}

/**
 * Asked when a dataset is ordered, when it is built and when it is trained on: consent may be withdrawn in between.
 * @throws {AncillaError} `training.consent`
 */
export function assertConsent(allowed: Allowed, use: Use): void {
  const why = uncovered(allowed, use);
  if (why !== undefined) throw new AncillaError('training.consent', why);
}
