import { Closed, Consent, consents, nothing, put, route, Sentence, toTimestamp } from '@ancilla/contracts';
import { Type } from 'typebox';
import { consentOf } from './consent.ts';
import type { Flagged } from './flagged.ts';
import type { TrainingParts } from './parts.ts';
import { withdrawUncovered, type Door } from './release.ts';

export const consentRoutes = ({ clock }: TrainingParts, door: Door, flagged: Flagged) => [
  route({
    method: 'GET',
    path: '/governance/consent',
    action: 'consent.read',
    summary: 'What the tenant’s decisions may train',
    ...nothing,
    answers: { 200: Type.Pick(Consent, ['training', 'vectors', 'agent_io']) },
    async handle({ tenant, signal }) {
      return [200, await consentOf(tenant, { signal })] as const;
    },
  }),
  route({
    method: 'PUT',
    path: '/governance/consent',
    action: 'consent.write',
    summary: 'Set what the tenant’s decisions may train: none, own, or global',
    ...nothing,
    body: Closed({
      training: Consent.properties.training,
      vectors: Type.Optional(Type.Boolean()),
      agent_io: Consent.properties.agent_io,
      reason: Sentence,
    }),
    answers: { 200: Consent },
    async handle({ tenant, tenant_id, who, body: { training, vectors = false, agent_io = false, reason }, trace, signal }) {
      const io = { signal };
      const was = await tenant.get(consents, 'training', io);
      const set_at = toTimestamp(clock.now());
      const doc: Consent = { consent_id: 'training', training, vectors, agent_io, set_by: who.id, set_at };
      const because = { who: who.id, reason, trace_id: trace.trace_id };
      await tenant.commit([put(consents, was, doc, because)], [], io);
      await withdrawUncovered(door, { tenant, tenant_id }, { training, vectors, agent_io }, because, io);
      await flagged.end(tenant, because, io);
      return [200, doc] as const;
    },
  }),
];
