import { AncillaError, type Io, type Of, type PlatformStore } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { parseModel, type Model } from '@ancilla/ranker';
import { draw } from '@ancilla/sdk';
import { LRUCache } from 'lru-cache';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { PLATFORM, type Artifacts } from '../artifacts/index.ts';
import type { Curator, Ref } from '../curator/index.ts';
import { MAPPING_MODEL } from './task.ts';

/** A model as it is used: with the version every suggestion names. */
export interface LiveModel {
  readonly id: string;
  readonly version: string;
  readonly model: Model;
}
/** Which models answer for a table. */
export interface Arms {
  readonly shown: LiveModel & { readonly arm: 'stable' | 'canary' };
  /** Asked beside the one that is shown, and seen by nobody who decides. */
  readonly shadow?: LiveModel;
  /** The rollouts this is part of, with the keyed hash of what falls on one arm as a whole. */
  readonly trials: readonly { readonly rollout_id: string; readonly unit: string; readonly arm: 'stable' | 'candidate' | 'both' }[];
}
export interface LiveModels {
  /** A data set, or a table, falls on one arm as a whole and stays there. */
  arms(of: Of, at: { readonly dataset: string; readonly table: string }, io: Io): Promise<Arms>;
  /** The model labelled `production`; the shipped one until a tenant puts its own in its place. */
  production(of: Of, io: Io): Promise<LiveModel>;
  /** With what people should know of it. */
  readonly shipped: LiveModel & { readonly card: object };
}

/** What the governed document of a model says. */
const ModelContent = Type.Object({ artifact_ref: Type.String(), digest: Type.String() });
const KEPT = 64;

/** @param shipped - the base model, the version it goes by, and its card */
export function openLiveModels({
  curator,
  platform,
  artifacts,
  shipped,
}: {
  readonly curator: Curator;
  readonly platform: PlatformStore;
  readonly artifacts: Artifacts;
  readonly shipped: { readonly version: string; readonly model: Model; readonly card: object };
}): LiveModels {
  const byDigest = new LRUCache<string, Model>({ max: KEPT });
  const base = { id: MAPPING_MODEL, ...shipped };

  async function named(of: Of, ref: Ref, io: Io): Promise<LiveModel | undefined> {
    const found = await curator.resolve(of.tenant, 'models', MAPPING_MODEL, ref, io);
    if (found === undefined) return undefined;
    if (!Check(ModelContent, found.content))
      throw new AncillaError('store.corrupt', `model ${MAPPING_MODEL}@${found.version} has no artifact`);
    const { artifact_ref, digest } = found.content;
    let model = byDigest.get(digest);
    if (model === undefined) {
      const owner = found.source === 'tenant' ? of : { tenant: platform, tenant_id: PLATFORM };
      const bytes = await artifacts.bytes(owner, artifact_ref, io);
      if (sha256Hex(bytes) !== digest)
        throw new AncillaError('artifact.corrupt', `model ${MAPPING_MODEL}@${found.version} is not the one that was registered`);
      model = parseModel(JSON.parse(Buffer.from(bytes).toString('utf8')));
      byDigest.set(digest, model);
    }
    return { id: MAPPING_MODEL, version: found.version, model };
  }

  const production = async (of: Of, io: Io): Promise<LiveModel> => (await named(of, { label: 'production' }, io)) ?? base;

  return {
    shipped: base,
    production,
    async arms(of, { dataset, table }, io) {
      const [stable, serving] = await Promise.all([
        production(of, io),
        curator.serving(of.tenant, { kind: 'models', id: MAPPING_MODEL }, io),
      ]);
      let arms: Arms = { shown: { ...stable, arm: 'stable' }, trials: [] };
      for (const { rollout_id, stage, candidate, rules, key } of serving) {
        const { unit, at } = draw(key, rules.unit === 'dataset' ? dataset : JSON.stringify([dataset, table]));
        const model = await named(of, { version: candidate.version }, io);
        // Withdrawn since: what is live answers alone, and nothing is counted.
        if (model === undefined) continue;
        arms = {
          ...arms,
          ...(stage === 'shadow' && { shadow: model }),
          ...(stage === 'canary' && at < rules.share && { shown: { ...model, arm: 'canary' as const } }),
          trials: [...arms.trials, { rollout_id, unit, arm: stage === 'shadow' ? 'both' : at < rules.share ? 'candidate' : 'stable' }],
        };
      }
      // A shadow is compared with what is live: where the canary is shown, it has nothing to be compared with.
      return arms.shown.arm === 'canary' ? { shown: arms.shown, trials: arms.trials.filter(({ arm }) => arm !== 'both') } : arms;
    },
  };
}
