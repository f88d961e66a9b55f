import { useInfiniteQuery } from '@tanstack/react-query';
import type { Api } from './api.ts';
import { Empty, Loading, Moment, ProblemNote, Wide } from './notes.tsx';
import { toHref } from './place.ts';

/** Agent calls, newest first: what was called, how it went, never what was said. */
export function Calls({ api, tenant }: { readonly api: Api; readonly tenant: string }) {
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [tenant, 'calls'],
    queryFn: ({ pageParam, signal }) => api.calls(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  if (data === undefined) return error ? <ProblemNote error={error} /> : <Loading what="calls" />;
  const events = data.pages.flatMap(({ items }) => items);
  if (events.length === 0) return <Empty>No agent has called yet. The README shows the three lines that make one.</Empty>;
  return (
    <section>
      <Wide label="Agent calls">
        <thead>
          <tr>
            <th>Time (UTC)</th>
            <th>Agent</th>
            <th>Model</th>
            <th className="number">ms</th>
            <th>Redacted</th>
            <th>Prompt hash</th>
            <th>Outcome</th>
            <th>Trace</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => {
            const found = Object.entries(event.redaction_receipt.counts).map(([type, count]) => `${count} ${type}`);
            return (
              <tr key={event.event_id}>
                <td>
                  <Moment at={event.start_ts} />
                </td>
                <td>
                  {event.agent_id} <small>{event.agent_config_version}</small>
                </td>
                <td>{event.model_id}</td>
                <td className="number">{event.latency_ms}</td>
                <td>{found.length === 0 ? <small>nothing found</small> : found.join(', ')}</td>
                <td>
                  <code className="hash" title={event.prompt_hash}>
                    {event.prompt_hash.slice(0, 12)}
                  </code>
                </td>
                <td>{event.success ? 'ok' : <span className="failed">{event.error_code ?? 'failed'}</span>}</td>
                <td>
                  <a href={toHref({ tenant, page: 'traces', id: event.trace_id })}>{event.trace_id.slice(0, 8)}</a>
                </td>
              </tr>
            );
          })}
        </tbody>
      </Wide>
      {error && <ProblemNote error={error} />}
      {hasNextPage && (
        <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Older calls
        </button>
      )}
    </section>
  );
}
