// Whether an event's receipt and hash are what redaction makes of the prompt that was kept.
import {
  AncillaError,
  Closed,
  Id,
  nothing,
  promptEvents,
  RedactionReceipt,
  route,
  Sha256Hex,
  type Clock,
  type NewId,
} from '@ancilla/contracts';
import { ENGINE_VERSION } from '@ancilla/redaction';
import { Type } from 'typebox';
import { admitReading, PurposeHeader, purposeOf, type Artifacts } from '../artifacts/index.ts';
import type { Gates } from './gates.ts';
import { keptPrompt, messagesOf, promptHash } from './kept-content.ts';

const { policy_id, policy_version, engine_version, counts } = RedactionReceipt.properties;
const both = <const S extends Parameters<typeof Type.Object>[0][string]>(schema: S) =>
  Type.Object({ recorded: schema, recomputed: schema });
const Recomputed = Type.Object({
  event_id: Id('pe'),
  /** Whether the prompt that was kept, redacted again, hashes to what the event says. */
  same: Type.Boolean(),
  policy_id,
  policy_version,
  engine_version: both(engine_version),
  prompt_hash: both(Sha256Hex),
  counts: both(counts),
});

export const recomputeRoute = (parts: {
  readonly artifacts: Artifacts;
  readonly gates: Gates;
  readonly clock: Clock;
  readonly newId: NewId;
}) =>
  route({
    method: 'POST',
    path: '/redaction/recompute',
    action: 'artifact.read_content',
    summary:
      'Redact the kept prompt of a call again, under the policy of its receipt, and compare; as with raw content, a tenant admin may, and it stands in the access log first',
    ...nothing,
    headers: PurposeHeader,
    body: Closed({ event_id: Id('pe') }),
    answers: { 200: Recomputed },
    async handle({ tenant, tenant_id, who, body: { event_id }, headers, trace, signal }) {
      const io = { signal };
      const of = { tenant, tenant_id };
      const purpose = purposeOf(headers);
      const event = (await tenant.get(promptEvents, event_id, io))?.doc;
      if (event === undefined) throw new AncillaError('not_found', `no prompt event ${event_id}`);
      const kept = await keptPrompt(of, parts.artifacts, event, io);
      if (kept === undefined)
        throw new AncillaError('not_found', `no prompt of ${event_id} is kept: policy lets none be, or it was erased`);
      await admitReading(parts, tenant, { artifact_id: kept.artifact_id, who, purpose, trace_id: trace.trace_id }, io);
      const { redaction_receipt: recorded, prompt_hash } = event;
      const gate = await parts.gates.at(of, recorded, io);
      const { value, receipt } = await gate.clean(kept.value, io);
      const prompt = typeof value === 'string' ? value : messagesOf(value);
      if (prompt === undefined) throw new AncillaError('artifact.corrupt', `what is kept of ${event_id} is no prompt`);
      const again = promptHash(prompt);
      return [
        200,
        {
          event_id,
          same: again === prompt_hash,
          policy_id: recorded.policy_id,
          policy_version: recorded.policy_version,
          engine_version: { recorded: recorded.engine_version, recomputed: ENGINE_VERSION },
          prompt_hash: { recorded: prompt_hash, recomputed: again },
          counts: { recorded: recorded.counts, recomputed: receipt.counts },
        },
      ] as const;
    },
  });
