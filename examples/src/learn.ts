import { Dataset, ModelVersion, TrainingRun, Id } from '@ancilla/contracts';
import { Type } from 'typebox';
import { all, Refused, type Client } from './client.ts';

const MINUTES = 5 * 60_000;
const Saga = Type.Object({ status: Type.String() });
const DatasetView = Type.Object({ ...Dataset.properties, status: Type.String() });
const ModelView = Type.Object({ ...ModelVersion.properties, labels: Type.Array(Type.String()) });

/** The model that was made. */
export interface Learned {
  readonly id: string;
  readonly version: string;
  readonly isLive: boolean;
}

async function untilEnded(client: Client, saga_id: string): Promise<void> {
  for (const end = Date.now() + MINUTES; Date.now() < end;) {
    const { status } = await client.get(Saga, `/dif/sagas/${saga_id}`);
    if (status === 'done') return;
    if (status !== 'running' && status !== 'waiting')
      throw new Error(`saga ${saga_id} is ${status}: GET /dif/wal?saga_id=${saga_id} says why`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`saga ${saga_id} did not end within 5 minutes`);
}

/** Decisions → dataset → retrained model, each once: what an earlier start has done is found and kept. */
export async function learn(steward: Client, say: (line: string) => void): Promise<Learned> {
  let [dataset] = await all(steward, DatasetView, '/training/datasets');
  if (dataset === undefined) {
    const { dataset_id, saga_id } = await steward.post(Type.Object({ dataset_id: Id('ds'), saga_id: Id('sg') }), '/training/datasets', {
      task: 'mapping',
      scope: 'tenant',
    });
    await untilEnded(steward, saga_id);
    dataset = await steward.get(DatasetView, `/training/datasets/${dataset_id}`);
  }
  const { dataset_id } = dataset;
  say(`dataset ${dataset_id}: ${dataset.examples} de-identified examples; leak test searched ${dataset.leak_test.checked_bytes} bytes`);
  if (dataset.status === 'built')
    await steward.post(Type.Unknown(), `/training/datasets/${dataset_id}/approve`, { reason: 'Approved by the demo.' });

  let [run] = (await all(steward, TrainingRun, '/training/runs')).filter((each) => each.dataset_id === dataset_id);
  if (run === undefined) {
    const { run_id, saga_id } = await steward.post(Type.Object({ run_id: Id('rn'), saga_id: Id('sg') }), '/training/runs', {
      task: 'mapping',
      dataset_id,
    });
    await untilEnded(steward, saga_id);
    run = await steward.get(TrainingRun, `/training/runs/${run_id}`);
  } else await untilEnded(steward, run.saga_id);
  if (run.model === null) run = await steward.get(TrainingRun, `/training/runs/${run.run_id}`);
  if (run.model === null) throw new Error(`training run ${run.run_id} made no model`);

  const path = `/models/${run.model.id}/versions/${run.model.version}`;
  const { labels, metrics_old, metrics_new } = await steward.get(ModelView, path);
  const figures = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .filter(([name]) => !/_(?:low|high)$/.test(name))
      .map(([name, value]) => {
        const [low, high] = [of[`${name}_low`], of[`${name}_high`]];
        return `${name} ${value.toFixed(3)}${low === undefined || high === undefined || low === high ? '' : ` (${low.toFixed(2)}–${high.toFixed(2)})`}`;
      })
      .join(', ');
  say(`on ${run.held_out_groups} decisions of tables it was not trained on: old ${figures(metrics_old)}; new ${figures(metrics_new)}`);
  return { ...run.model, isLive: labels.includes('production') };
}

/** Has the model make the suggestions from now on, if its gate lets it. */
export async function promote(steward: Client, { id, version, isLive }: Learned, say: (line: string) => void): Promise<void> {
  if (isLive) return say(`model ${id} ${version} is in production`);
  try {
    await steward.post(Type.Unknown(), `/models/${id}/versions/${version}/move`, {
      label: 'production',
      reason: 'A first model of the tenant’s own, promoted by the demo under the bootstrap policy.',
    });
    say(
      `promoted model ${id} ${version} by the bootstrap policy, for a first model: so few tables decide no rollout, the offline gate alone does`,
    );
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== 'policy.refused') throw error;
    say(`not promoted: ${error.message}`);
  }
}
