import {
  saga,
  toTimestamp,
  type Clock,
  type Io,
  type Job,
  type MappingSuggestion,
  type Of,
  type SagaRunner,
  type Tenant,
  type TenantStore,
  type Write,
} from '@ancilla/contracts';
import { Type } from 'typebox';
import { servingNow } from '../curator/index.ts';
import { POLICY_REVIEWER, readOnce, type Glossaries } from '../mapping/index.ts';
import { decide } from './decide.ts';
import { inForceBeside } from './in-force.ts';
import { LOOKED_THROUGH, openSuggestions } from './open-suggestions.ts';
import type { Checking } from './policy.ts';

/** Accepted in one commit; the next run goes on. */
const MOST = 500;
const UNCLASSIFIED = 'unclassified';

/** Whether a suggestion is sure enough for its class. Two candidates that are equally likely are never. */
export function isSure(
  { abstained, candidates }: Pick<MappingSuggestion, 'abstained' | 'candidates'>,
  threshold: number | undefined,
): boolean {
  const [best, second] = candidates;
  return !abstained && best !== undefined && threshold !== undefined && best.score >= threshold && best.score > (second?.score ?? 0);
}

/** Accepts what policy lets be accepted without a person: by schedule, a saga a time. */
export function openAcceptAlone({
  checking,
  glossaries,
  sagas,
  storeOf,
  clock,
}: {
  readonly checking: (of: Of, io: Io) => Promise<Checking>;
  readonly glossaries: Glossaries;
  readonly sagas: SagaRunner;
  readonly storeOf: (tenant_id: string) => TenantStore;
  readonly clock: Clock;
}) {
  async function sureOnes(of: Of, io: Io) {
    const checks = await checking(of, io);
    const { accept_alone } = checks.rules;
    if (accept_alone === undefined) return { checks, sure: [] };
    const onTrial = new Set((await servingNow(of.tenant, io)).map(({ doc }) => doc.rollout_id));
    const glossaryOf = readOnce(glossaries, of.tenant, io);
    const sure = [];
    let seen = 0;
    // What is left for people stays where it is: behind it there may be more.
    for await (const was of openSuggestions(of.tenant, io)) {
      if (sure.length === MOST || ++seen > LOOKED_THROUGH) break;
      const { suggestion_id, glossary: named, candidates, trials = [] } = was.doc;
      if (checks.isAudited(suggestion_id) || checks.isBlind(suggestion_id)) continue;
      // Models are compared by what people decide: without what a model is surest of, one that is sure and wrong would look better than it is.
      if (trials.some(({ rollout_id }) => onTrial.has(rollout_id))) continue;
      const glossary = await glossaryOf(named);
      const term = glossary.terms.find(({ semantic_id }) => semantic_id === candidates[0]?.semantic_id);
      if (!isSure(was.doc, accept_alone.thresholds[term?.sensitivity ?? UNCLASSIFIED])) continue;
      // What was decided on a column stands until a person says otherwise.
      if ((await inForceBeside(of.tenant, was.doc, io)).length > 0) continue;
      sure.push({ was, isTerm: glossary.has });
    }
    return { checks, sure };
  }

  const acceptSaga = saga({
    name: 'review.accept_alone',
    memo: Type.Object({ accepted: Type.Optional(Type.Integer()) }),
    steps: [
      {
        name: 'accept',
        attempts: 3,
        // Its only effect is its outcome's own commit.
        unknown: { on: 'retry' },
        async run({ tenant_id, trace_id, signal }) {
          const io = { signal };
          const { checks, sure } = await sureOnes({ tenant: storeOf(tenant_id), tenant_id }, io);
          const writes: Write<Tenant>[] = sure.flatMap(({ was, isTerm }) => [
            ...decide(
              was,
              { decision: 'accept', justification: `sure enough for its class by review policy ${checks.name}` },
              { reviewer_id: POLICY_REVIEWER, review_trace_id: trace_id, decided_at: toTimestamp(clock.now()), isTerm, blind: false },
            ).writes,
          ]);
          return { output: { accepted: sure.length }, writes };
        },
      },
    ],
  });
  const job: Job = {
    name: 'review.accept_alone',
    what: 'Accepts suggestions that are sure enough for their class, where the review policy has `accept_alone`; an audit share is left for people',
    everyHours: 1,
    async start({ tenant, tenant_id }, { key, by, trace_id }, io) {
      const { sure } = await sureOnes({ tenant, tenant_id }, io);
      if (sure.length === 0) return undefined;
      const { saga_id } = await sagas.start(acceptSaga, {
        tenant,
        tenant_id,
        memo: {},
        trace_id,
        owner: by,
        idempotency_key: key,
      });
      return { saga_id };
    },
  };
  return { sagas: [acceptSaga], jobs: [job] };
}
