import {
  AncillaError,
  DAY_MS,
  insert,
  labels,
  replace,
  rollouts,
  rolloutStages,
  toTimestamp,
  type Because,
  type GovernedVersion,
  type Io,
  type NewId,
  type Random,
  type Reader,
  type Rollout,
  type RolloutRules,
  type Stored,
  type Tenant,
  type Write,
} from '@ancilla/contracts';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { AgentConfig } from './agent-config.ts';
import { findLabel, type Subject } from './document.ts';

/**
 * What a policy that says nothing else asks for. Half the traffic, since a small share needs many times the decisions; a margin of a twentieth, which without any
 * disagreement takes 118 pairs.
 */
export const DEFAULT_RULES: Rollout['rules'] = {
  share: 0.5,
  margin: 0.05,
  alpha: 0.05,
  least_pairs: 100,
  most_pairs: 5000,
  most_days: 90,
  unit: 'dataset',
  settle_hours: 24,
};

/** Labels that put a version beside the live one, by kind: a config’s answers cannot be had without their effects, so it has no shadow. */
const stages: { readonly [kind: string]: readonly string[] } = { models: ['shadow', 'canary'], agent_configs: ['canary'] };
const stageOf = (kind: string, label: string): Rollout['stage'] | undefined =>
  stages[kind]?.includes(label) === true && (label === 'shadow' || label === 'canary') ? label : undefined;

/** What an SDK needs to know of a candidate to draw arms. */
export const toServing = ({ rollout_id, stage, key, candidate: { version }, rules: { share } }: Rollout) => ({
  rollout_id,
  stage,
  key,
  version,
  share,
});

/** The candidates of a document that get traffic now. */
export const serving = async (tenant: Reader<Tenant>, { kind, id }: Subject, io: Io): Promise<readonly Stored<typeof rollouts>[]> =>
  (await tenant.find(rollouts, { index: 'by_serving', equals: { kind, id, serving: true }, limit: 10 }, io)).items;

/** All rollouts of a tenant that are under way: a candidate or two a document. */
export const servingNow = async (tenant: Reader<Tenant>, io: Io): Promise<readonly Stored<typeof rollouts>[]> =>
  (await tenant.find(rollouts, { index: 'serving', equals: { serving: true }, limit: 500 }, io)).items;

/** How a rollout ends that its figures do not end. That its candidate was found eligible stays true. */
export const endedBy = ({ verdict }: Rollout, why: NonNullable<Rollout['why']>): Pick<Rollout, 'serving' | 'verdict' | 'why'> => ({
  serving: false,
  verdict: verdict === 'running' ? 'inconclusive' : verdict,
  why,
});

const ModelContent = Type.Object({ digest: Type.String({ pattern: '^[0-9a-f]{64}$' }) });
/** What tries are counted by: of a model its file, since a file that was trained once more is no other candidate, though its document names another run. */
const bytesOf = ({ kind, content, digest }: GovernedVersion): string =>
  kind === 'models' && Value.Check(ModelContent, content) ? `sha256:${content.digest}` : digest;

/** The stages on which these bytes were found no worse than what is live still, and not worse when they were tried again. */
export async function passedStages(
  tenant: Reader<Tenant>,
  target: GovernedVersion,
  live: string | null,
  io: Io,
): Promise<readonly Rollout['stage'][]> {
  const { kind, id } = target;
  const digest = bytesOf(target);
  const { items } = await tenant.find(rollouts, { index: 'by_subject', equals: { kind, id }, limit: 100 }, io);
  const found = items.filter(
    ({ doc: { candidate, verdict, stable } }) =>
      candidate.digest === digest && stable === live && (verdict === 'eligible' || verdict === 'rolled_back'),
  );
  return rolloutStages.filter((stage) => found.find(({ doc }) => doc.stage === stage)?.doc.verdict === 'eligible');
}

/** The share of traffic a version asks for itself. @throws {AncillaError} `policy.refused` */
function shareOf({ kind, content }: GovernedVersion): Pick<RolloutRules, 'share'> {
  if (kind !== 'agent_configs' || !Value.Check(AgentConfig, content)) return {};
  const { enabled, percent } = content.canary ?? { enabled: false, percent: 0 };
  if (!enabled || percent === 0 || percent === 100)
    throw new AncillaError('policy.refused', 'a canary wants `canary` in its config: enabled, with a percent between 0 and 100');
  return { share: percent / 100 };
}

/** Takes a candidate's label away, if it still names it: who gets no traffic is nobody's shadow or canary. */
export async function withoutLabel(
  tenant: Reader<Tenant>,
  { kind, id, stage, candidate }: Rollout,
  because: Because,
  io: Io,
): Promise<readonly Write<Tenant>[]> {
  const label = await findLabel(tenant, { kind, id }, stage, io);
  if (label?.doc.version !== candidate.version) return [];
  return [{ op: 'remove', to: labels, id: label.doc.label_key, revision: label.revision, because }];
}

/**
 * What a label's move means for rollouts, to be written in the same commit: `shadow` and `canary` begin one and end the one before on that stage; `production` ends all.
 * @param live - the version labelled `production`, null when that is what the release ships
 */
export async function rolloutWrites(
  tenant: Reader<Tenant>,
  move: { readonly label: string; readonly by: string; readonly reason: string; readonly trace_id: string; readonly policy: string },
  at: {
    readonly target: GovernedVersion;
    readonly live: string | null;
    readonly rules: RolloutRules;
    readonly now: number;
    readonly newId: NewId;
    readonly random: Random;
  },
  io: Io,
): Promise<readonly Write<Tenant>[]> {
  const { target, live, now } = at;
  const { kind, id, version } = target;
  const digest = bytesOf(target);
  const stage = stageOf(kind, move.label);
  if (stage === undefined && move.label !== 'production') return [];
  const because = { who: move.by, reason: move.reason, trace_id: move.trace_id, policy: move.policy };
  const over = (await serving(tenant, target, io)).filter(
    ({ doc }) => stage === undefined || doc.stage === stage || doc.candidate.digest === digest,
  );
  const ended: Write<Tenant>[] = [];
  for (const was of over) {
    const promoted = stage === undefined && was.doc.candidate.digest === digest;
    ended.push(replace(rollouts, was, endedBy(was.doc, promoted ? 'promoted' : 'replaced'), because));
    if (was.doc.stage !== stage) ended.push(...(await withoutLabel(tenant, was.doc, because, io)));
  }
  if (stage === undefined) return ended;
  const { items: tries } = await tenant.find(rollouts, { index: 'by_subject', equals: { kind, id }, limit: 500 }, io);
  const attempt = 1 + tries.filter(({ doc }) => doc.stage === stage && doc.candidate.digest === digest).length;
  const whole = { ...DEFAULT_RULES, ...at.rules, ...shareOf(target) };
  const begun: Rollout = {
    rollout_id: at.newId('ro'),
    key: Buffer.from(at.random.bytes(32)).toString('hex'),
    kind,
    id,
    stage,
    candidate: { version, digest },
    stable: live,
    attempt,
    policy: move.policy,
    rules: whole,
    serving: true,
    verdict: 'running',
    trace_id: move.trace_id,
    started_by: move.by,
    started_at: toTimestamp(now),
    ends_at: toTimestamp(now + whole.most_days * DAY_MS),
  };
  return [...ended, insert(rollouts, begun, because)];
}
