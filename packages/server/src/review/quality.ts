import { everyOf, mappingHistory, reviewOpinions, type Io, type Mapping, type Opinion, type TenantStore } from '@ancilla/contracts';
import { Type, type Static } from 'typebox';
import { isByPolicy } from '../mapping/index.ts';
import { agreement, type Pair } from './agreement.ts';
import { standing } from './checks.ts';

const Part = Type.Number({ minimum: 0, maximum: 1 });
/** How well and how fast people decide, over their newest decisions. */
export const Quality = Type.Object({
  domains: Type.Array(
    Type.Object({
      domain: Type.String(),
      pairs: Type.Integer(),
      agreement: Part,
      /** Null where chance alone would agree always. */
      kappa: Type.Union([Type.Number(), Type.Null()]),
    }),
  ),
  reviewers: Type.Array(
    Type.Object({
      reviewer_id: Type.String(),
      decisions: Type.Integer(),
      /** Of the decisions whose client says how long they took. */
      timed: Type.Integer(),
      median_lead_ms: Type.Union([Type.Integer(), Type.Null()]),
      fast_share: Type.Union([Part, Type.Null()]),
      /** More than half of at least ten timed decisions took less than the policy's `rubber_stamp_ms`. */
      rubber_stamp: Type.Boolean(),
      accept_share: Part,
      gold: Type.Object({ asked: Type.Integer(), right: Type.Integer() }),
    }),
  ),
});

/** Decisions and opinions that are looked back on: what a person is like now, at the same cost however long the history. */
const LOOK_BACK = 2000;
const FEWEST_TIMED = 10;

/** The newest documents of a log. */
async function newest<T>(page: Parameters<typeof everyOf<{ readonly doc: T }>>[0]): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const { doc } of everyOf(page)) if (found.push(doc) === LOOK_BACK) break;
  return found;
}

/** Of an even number what lies between the two in the middle. */
function median(of: readonly number[]): number | null {
  const sorted = of.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2);
}

/** Double reviews, each beside what was decided first; one whose first decision is gone by retention says nothing any more. */
const pairsOf = async (tenant: TenantStore, opinions: readonly Opinion[], io: Io): Promise<readonly Pair[]> =>
  (
    await Promise.all(
      opinions.map(async (opinion) => {
        if (opinion.why !== 'double') return [];
        const first = await tenant.get(mappingHistory, opinion.of, io);
        return first === undefined ? [] : [{ ...opinion, first_decision: first.doc.decision }];
      }),
    )
  ).flat();

const reviewer = (reviewer_id: string, decided: readonly Mapping[], gold: readonly Opinion[], rubber_stamp_ms: number) => {
  const times = decided.flatMap(({ lead_time_ms }) => (lead_time_ms === undefined ? [] : [lead_time_ms]));
  const fast = times.filter((time) => time < rubber_stamp_ms).length;
  return {
    reviewer_id,
    decisions: decided.length,
    timed: times.length,
    median_lead_ms: median(times),
    fast_share: times.length === 0 ? null : fast / times.length,
    rubber_stamp: times.length >= FEWEST_TIMED && fast > times.length / 2,
    accept_share: decided.length === 0 ? 0 : decided.filter(({ decision }) => decision === 'accept').length / decided.length,
    gold: { asked: gold.length, right: gold.filter(({ agrees }) => agrees).length },
  };
};

/** @param rubber_stamp_ms - as the policy says */
export async function qualityOf(tenant: TenantStore, rubber_stamp_ms: number, io: Io): Promise<Static<typeof Quality>> {
  const [decided, said] = await Promise.all([
    newest<Mapping>((more) => tenant.find(mappingHistory, { index: 'all', equals: {}, ...more }, io)),
    newest<Opinion>((more) => tenant.find(reviewOpinions, { index: 'all', equals: {}, ...more }, io)),
  ]);
  const opinions = standing(said);
  const byReviewer = Map.groupBy(
    decided.filter((mapping) => !isByPolicy(mapping)),
    ({ reviewer_id }) => reviewer_id,
  );
  const gold = Map.groupBy(
    opinions.filter(({ why }) => why === 'gold'),
    ({ reviewer_id }) => reviewer_id,
  );
  const people = new Set([...byReviewer.keys(), ...gold.keys()]);
  return {
    domains: [...agreement(await pairsOf(tenant, opinions, io))],
    reviewers: [...people].map((id) => reviewer(id, byReviewer.get(id) ?? [], gold.get(id) ?? [], rubber_stamp_ms)),
  };
}
