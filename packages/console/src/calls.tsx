import { useInfiniteQuery } from '@tanstack/react-query';
import type { Api } from './api.ts';
import { Empty, Loading, ProblemNote } from './notes.tsx';
import { toHref } from './place.ts';

/** Agent calls, newest first: what was called, how it went, never what was said. */
export function Calls({ api, tenant }: { readonly api: Api; readonly tenant: string }) {
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [tenant, 'calls'],
    queryFn: ({ pageParam, signal }) => api.calls(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  if (isPending) return <Loading what="calls" />;
  if (error) return <ProblemNote error={error} />;
  const events = data.pages.flatMap(({ items }) => items);
  if (events.length === 0) return <Empty>No agent has called yet. The README shows the three lines that make one.</Empty>;
  return (
    <section>
      <table>
        <thead>
          <tr>
            <th>Time</th>
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
                  <time dateTime={event.start_ts}>{event.start_ts.slice(0, 19).replace('T', ' ')}</time>
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
      </table>
      {hasNextPage && (
        <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Older calls
        </button>
      )}
    </section>
  );
}
