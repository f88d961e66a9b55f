import { AncillaError } from '@ancilla/contracts';
import type { Attest } from '../curator/index.ts';
import type { TrainingParts } from './parts.ts';
import { flagsOf, modelOf, unmeasured } from './registry.ts';

/** What is said of a model whose label is about to move: whether it passes the offline gate, and whether it may be put into use at all. */
export const openAttest =
  ({ platform, models, tasks }: TrainingParts): Attest =>
  async (tenant, { id: model_id, version, live }, io) => {
    const model = await modelOf([tenant, platform], { model_id, version }, io);
    const flags = await flagsOf(tenant, tasks, model, io);
    if (flags.length > 0)
      throw new AncillaError(
        'policy.refused',
        `model ${model_id} ${version} is flagged ${flags.join(', ')}: what it learned from may not be learned from any more; train again`,
      );
    const why = unmeasured(model, live ?? models.shipped.version);
    return why === undefined ? { attested: ['offline_gate'] } : { attested: [], why };
  };
