import { useQuery } from '@tanstack/react-query';
import type { Api, TraceItem } from './api.ts';
import { Loading, ProblemNote } from './notes.tsx';
import { toHref } from './place.ts';

const NAMES: Readonly<Record<string, string>> = {
  prompt_event: 'Agent call',
  embedding: 'Embedding',
  wal: 'Write-ahead log',
  suggestion: 'Suggestion',
  decision: 'Decision',
  example: 'Training example',
  model: 'Model',
};
const show = (value: unknown): string => (typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value));

/** One trace as a timeline: from the call over embedding and suggestion to the decision, and what was learned from it. */
export function Trace({ api, tenant, id }: { readonly api: Api; readonly tenant: string; readonly id: string }) {
  const { data, error } = useQuery({ queryKey: [tenant, 'trace', id], queryFn: ({ signal }) => api.trace(id, signal) });
  if (data === undefined) return error ? <ProblemNote error={error} /> : <Loading what="trace" />;
  const first = Date.parse(data.items[0]?.at ?? '');
  const last = Date.parse(data.items.at(-1)?.at ?? '');
  const span = Math.max(1, last - first);
  return (
    <section>
      <h2>
        Trace <code>{data.trace_id}</code>
      </h2>
      {data.links.map(({ url }) => (
        <p key={url}>
          <a href={url}>this trace in the tracing backend</a>
        </p>
      ))}
      {error && <ProblemNote error={error} />}
      {data.truncated && <p className="empty">Only the first 500 entries of a kind are shown.</p>}
      <ol className="timeline">
        {inRuns(data.items).map(([item, ...alike]) => (
          <Entry
            key={`${item.kind}/${item.id}`}
            item={item}
            alike={alike}
            tenant={tenant}
            trace={id}
            offsetMs={Date.parse(item.at) - first}
            share={(Date.parse(item.at) - first) / span}
          />
        ))}
      </ol>
    </section>
  );
}

type Run = readonly [TraceItem, ...TraceItem[]];

/** Entries of one kind that were written at the same moment stand together: the vectors of one table, its suggestions. */
function inRuns(items: readonly TraceItem[]): readonly Run[] {
  const runs: [TraceItem, ...TraceItem[]][] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (last !== undefined && item.kind !== 'wal' && last[0].kind === item.kind && last[0].at === item.at) last.push(item);
    else runs.push([item]);
  }
  return runs;
}

function Entry({
  item,
  alike,
  tenant,
  trace,
  offsetMs,
  share,
}: {
  readonly item: TraceItem;
  readonly alike: readonly TraceItem[];
  readonly tenant: string;
  readonly trace: string;
  readonly offsetMs: number;
  readonly share: number;
}) {
  const review = item.summary['review_trace_id'];
  return (
    <li className={`entry ${item.kind}`}>
      <span className="offset">+{offsetMs.toLocaleString('en')} ms</span>
      <span className="rail">
        <span className="dot" style={{ insetInlineStart: `${share * 100}%` }} />
      </span>
      <details>
        <summary>
          <strong>{NAMES[item.kind] ?? item.kind}</strong>{' '}
          <span className="words">
            {headline(item)}
            {alike.length > 0 && <small> and {alike.length} more</small>}
          </span>
        </summary>
        <dl>
          <dt>id</dt>
          <dd>
            <code>{item.id}</code>
          </dd>
          <dt>at</dt>
          <dd>{item.at}</dd>
          {Object.entries(item.summary).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{show(value)}</dd>
            </div>
          ))}
        </dl>
        {alike.length > 0 && (
          <ul>
            {alike.map((each) => (
              <li key={each.id}>
                <code>{each.id}</code> {headline(each)}
              </li>
            ))}
          </ul>
        )}
        {typeof review === 'string' && review !== trace && (
          <a href={toHref({ tenant, page: 'traces', id: review })}>the reviewer’s own trace</a>
        )}
      </details>
    </li>
  );
}

/** The few words that say what an entry is about. */
function headline({ kind, summary }: TraceItem): string {
  const word = (name: string): string => (summary[name] === undefined || summary[name] === null ? '' : show(summary[name]));
  switch (kind) {
    case 'prompt_event':
      return `${word('agent_id')} → ${word('model_id')}`;
    case 'wal':
      return `${word('step_name')} · ${word('kind')} · ${word('status')}`;
    case 'suggestion':
      return `${word('table')}.${word('column')}`;
    case 'decision':
      return `${word('decision')} ${word('semantic_id')} by ${word('reviewer_id')}`;
    default:
      return '';
  }
}
