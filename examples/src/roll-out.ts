import { Type, type Static } from 'typebox';
import { Refused, type Client } from './client.ts';

/**
 * The demo's own rules: so wide that a handful of tables says something. What the release ships asks for a margin of a twentieth and hundreds of tables, and for a passed
 * shadow before a canary.
 */
const policy = {
  description: 'Of the demo: a wide margin, since there are a handful of tables and not hundreds',
  labels: {
    production: { approvals: 1, requires: ['resolved', 'tests_passed'] },
    canary: { approvals: 1, requires: ['resolved', 'tests_passed'] },
  },
  kinds: {
    models: {
      production: { approvals: 2, requires: ['offline_gate', 'canary_passed'] },
      '*': { approvals: 1, requires: ['offline_gate'] },
    },
  },
  rollout: { unit: 'table', margin: 0.3, alpha: 0.4, least_pairs: 3, share: 0.5 },
};
const POLICY = '/curator/promotion_policies/default';

const Question = Type.Object({
  pairs: Type.Integer(),
  e_better: Type.Number(),
  needed: Type.Number(),
  stable: Type.Object({ units: Type.Integer(), rate: Type.Union([Type.Number(), Type.Null()]) }),
  candidate: Type.Object({ units: Type.Integer(), rate: Type.Union([Type.Number(), Type.Null()]) }),
});
const Rollouts = Type.Object({
  items: Type.Array(Type.Object({ id: Type.String(), stage: Type.String(), verdict: Type.String(), overridden: Question })),
});
export type Stage = 'shadow' | 'canary';

export async function savePolicy(steward: Client): Promise<void> {
  await steward
    .post(Type.Unknown(), `${POLICY}/versions`, { version: 'demo', message: 'For the demo', content: policy })
    .catch((error: unknown) => {
      if (!(error instanceof Refused) || error.code !== 'curator.exists') throw error;
    });
  await steward.put(Type.Unknown(), `${POLICY}/labels/production`, {
    version: 'demo',
    reason: 'A handful of tables should say something.',
  });
}

/**
 * Puts the model beside what is live, has tables mapped and decided, and tells what is known then. Done on an earlier start, it is left as it is.
 * @returns whether the offline gate let it
 */
export async function rollOut(
  steward: Client,
  model: { readonly id: string; readonly version: string },
  stage: Stage,
  mapAndDecide: () => Promise<void>,
  say: (line: string) => void,
): Promise<boolean> {
  const { items } = await steward.get(Rollouts, '/rollouts');
  try {
    if (!items.some((each) => each.stage === stage))
      await steward.post(Type.Unknown(), `/models/${model.id}/versions/${model.version}/move`, {
        label: stage,
        reason: `The demo’s ${stage}.`,
      });
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== 'policy.refused') throw error;
    say(`not in ${stage}: ${error.message}`);
    return false;
  }
  await mapAndDecide();
  const { overridden, verdict } = await settled(steward, stage);
  const { stable, candidate, pairs, e_better, needed } = overridden;
  const rate = (of: typeof stable): string =>
    of.rate === null ? 'no table yet' : `${Math.round(of.rate * 100)} % overridden on ${of.units} tables`;
  say(
    `in ${stage}: the new model ${rate(candidate)}, the shipped one ${rate(stable)}; ${pairs} pairs, e-value ${e_better.toFixed(1)} of ${needed.toFixed(1)}: ${verdict}`,
  );
  return true;
}

/** The newest rollout of a stage, once what was decided is counted. */
async function settled(steward: Client, stage: Stage): Promise<Static<typeof Rollouts>['items'][number]> {
  let before = '';
  for (;;) {
    const { items } = await steward.get(Rollouts, '/rollouts');
    const found = items.find((each) => each.stage === stage);
    const now = JSON.stringify(found);
    // Twice the same, longer apart than a projection rests.
    if (found !== undefined && now === before) return found;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
