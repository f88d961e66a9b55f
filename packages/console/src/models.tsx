import { useQuery } from '@tanstack/react-query';
import type { Api } from './api.ts';
import { Loading, Moment, ProblemNote, Wide } from './notes.tsx';
import { Rollouts } from './rollouts.tsx';

const figure = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(3));

/** Models with what they were trained on, how they did on tables they never saw, and which is live. */
export function Models({ api, tenant }: { readonly api: Api; readonly tenant: string }) {
  const { data, error } = useQuery({ queryKey: [tenant, 'models'], queryFn: ({ signal }) => api.models(signal) });
  if (data === undefined) return error ? <ProblemNote error={error} /> : <Loading what="models" />;
  return (
    <>
      {error && <ProblemNote error={error} />}
      <Wide label="All models">
        <thead>
          <tr>
            <th>Model</th>
            <th>Live as</th>
            <th>Trained on</th>
            <th className="number">Right place on unseen tables</th>
            <th className="number">before it</th>
            <th className="number">difference, at least</th>
            <th>Made (UTC)</th>
          </tr>
        </thead>
        <tbody>
          {data.items.map((model) => (
            <tr key={`${model.model_id}@${model.version}`}>
              <td>
                {model.model_id} <small>{model.version}</small>
              </td>
              <td>
                {model.labels.map((label) => (
                  <mark key={label}>{label}</mark>
                ))}
                {model.labels.length === 0 && <small>not live</small>}
              </td>
              <td>
                <code>{model.dataset_id ?? 'shipped'}</code>
                {model.flags.map((flag) => (
                  <mark key={flag}>{flag.replace('_', ' ')}</mark>
                ))}
              </td>
              <td className="number">{figure(model.metrics_new['mrr'])}</td>
              <td className="number">{figure(model.metrics_old['mrr'])}</td>
              <td className="number">{figure(model.metrics_new['mrr_difference_lower'])}</td>
              <td>
                <Moment at={model.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </Wide>
      <p className="empty">
        Mean reciprocal rank over tables that the model was not trained on, beside the model it would replace; the difference is the lower
        bound of its 95 % interval. A model goes live only if it is not worse.
      </p>
      <Rollouts api={api} tenant={tenant} />
    </>
  );
}
