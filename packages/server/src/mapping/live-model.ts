import { AncillaError, type Io } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { parseModel, type Model } from '@ancilla/ranker';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import type { Artifacts, Of } from '../artifacts/index.ts';
import type { Curator } from '../curator/index.ts';
import { MAPPING_MODEL } from './task.ts';

/** A model as it is used: with the version every suggestion names. */
export interface LiveModel {
  readonly id: string;
  readonly version: string;
  readonly model: Model;
}
export interface LiveModels {
  /** The model labelled `production`; the shipped one until a tenant has trained its own. */
  production(of: Of, io: Io): Promise<LiveModel>;
  readonly shipped: LiveModel;
}

/** What the governed document of a model says. */
const ModelContent = Type.Object({ artifact_ref: Type.String(), digest: Type.String() });
const KEPT = 64;

/** @param shipped - the base model, as JSON, and the version it goes by */
export function openLiveModels({
  curator,
  artifacts,
  shipped,
}: {
  readonly curator: Curator;
  readonly artifacts: Artifacts;
  readonly shipped: { readonly version: string; readonly model: Model };
}): LiveModels {
  const byDigest = new Map<string, Model>();
  const base: LiveModel = { id: MAPPING_MODEL, ...shipped };
  return {
    shipped: base,
    async production(of, io) {
      const found = await curator.resolve(of.tenant, 'models', MAPPING_MODEL, { label: 'production' }, io);
      if (found === undefined) return base;
      if (!Check(ModelContent, found.content))
        throw new AncillaError('store.corrupt', `model ${MAPPING_MODEL}@${found.version} has no artifact`);
      const { artifact_ref, digest } = found.content;
      let model = byDigest.get(digest);
      if (model === undefined) {
        const bytes = await artifacts.bytes(of, artifact_ref, io);
        if (sha256Hex(bytes) !== digest)
          throw new AncillaError('artifact.corrupt', `model ${MAPPING_MODEL}@${found.version} is not the one that was registered`);
        model = parseModel(JSON.parse(Buffer.from(bytes).toString('utf8')));
        if (byDigest.size >= KEPT) byDigest.delete(byDigest.keys().next().value ?? '');
        byDigest.set(digest, model);
      }
      return { id: MAPPING_MODEL, version: found.version, model };
    },
  };
}
