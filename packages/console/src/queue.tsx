import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { MOST_QUEUED, type Api, type DecisionBody, type QueueItem } from './api.ts';
import { Empty, Loading, ProblemNote } from './notes.tsx';
import { SuggestionCard } from './suggestion-card.tsx';

/** What waits for a person: one suggestion open, the rest a line each. Everything can be done by keyboard. */
export function Queue({
  api,
  tenant,
  traces,
}: {
  readonly api: Api;
  readonly tenant: string;
  /** Whether who reviews may read traces. */
  readonly traces: boolean;
}) {
  const { data, error } = useQuery({ queryKey: [tenant, 'queue'], queryFn: ({ signal }) => api.queue(signal) });
  if (data === undefined) return error ? <ProblemNote error={error} /> : <Loading what="queue" />;
  return (
    <>
      {error && <ProblemNote error={error} />}
      {data.items.length === 0 ? (
        <Empty>Nothing waits for a decision.</Empty>
      ) : (
        <List api={api} tenant={tenant} traces={traces} items={data.items} />
      )}
    </>
  );
}

/** Keys go on working when what was clicked is gone, or takes none while a decision is under way. */
function focusIfNothingIs(list: HTMLElement | null): void {
  if (document.activeElement === null || document.activeElement === document.body) list?.focus({ preventScroll: true });
}

function List({
  api,
  tenant,
  traces,
  items,
}: {
  readonly api: Api;
  readonly tenant: string;
  readonly traces: boolean;
  readonly items: readonly QueueItem[];
}) {
  const client = useQueryClient();
  const [place, setPlace] = useState({ id: '', at: 0 });
  const list = useRef<HTMLElement>(null);
  const { mutate, isPending, error } = useMutation({
    mutationFn: ({ id, body }: { readonly id: string; readonly body: DecisionBody }) => api.decide(id, body),
    // Also after a refusal: what someone else has decided meanwhile is to go.
    onSettled: () => client.invalidateQueries({ queryKey: [tenant, 'queue'] }),
  });
  // What is open stays open when the queue comes anew in another order: a key must not decide on what has slipped under it.
  const kept = items.findIndex(({ suggestion_id }) => suggestion_id === place.id);
  const at = kept === -1 ? Math.min(place.at, items.length - 1) : kept;
  const open = items[at];
  /** When the open suggestion came up: how long people look is what tells a decision from a reflex. */
  const shown = useRef({ id: '', since: 0 });
  const openId = open?.suggestion_id ?? '';
  if (place.id !== openId || place.at !== at) setPlace({ id: openId, at });
  const go = (to: number) => setPlace({ id: items[to]?.suggestion_id ?? '', at: to });
  useEffect(() => {
    if (shown.current.id !== '') list.current?.querySelector('article')?.scrollIntoView({ block: 'nearest' });
    shown.current = { id: openId, since: performance.now() };
    focusIfNothingIs(list.current);
  }, [openId]);
  useEffect(() => {
    if (!isPending) focusIfNothingIs(list.current);
  }, [isPending]);
  // Keys work at once, without a click into the list.
  useEffect(() => list.current?.focus({ preventScroll: true }), []);
  const decide = (body: DecisionBody) => {
    if (open === undefined || isPending) return;
    const lead_time_ms = Math.min(86_400_000, Math.round(performance.now() - shown.current.since));
    mutate({ id: open.suggestion_id, body: { ...body, lead_time_ms } });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement || event.metaKey || event.ctrlKey || event.altKey) return;
    const candidate = /^[1-5]$/.test(event.key) ? open?.candidates[Number(event.key) - 1] : undefined;
    if (event.key === 'j' || event.key === 'ArrowDown') go(Math.min(at + 1, items.length - 1));
    else if (event.key === 'k' || event.key === 'ArrowUp') go(Math.max(at - 1, 0));
    // A key that is held down decides once.
    else if (event.repeat) return;
    else if (event.key === 'n') decide({ decision: 'none_of_these' });
    else if (event.key === 'r') decide({ decision: 'reject' });
    else if (candidate !== undefined) decide({ decision: 'accept', semantic_id: candidate.semantic_id });
    else return;
    event.preventDefault();
  };
  return (
    <section ref={list} className="queue" tabIndex={-1} aria-label="Open suggestions" onKeyDown={onKeyDown}>
      <p className="keys">
        <span>{items.length < MOST_QUEUED ? `${items.length} open` : `the first ${items.length}`}</span>
        <span>
          <kbd>j</kbd> <kbd>k</kbd> move
        </span>
        <span>
          <kbd>1</kbd>–<kbd>5</kbd> accept
        </span>
        <span>
          <kbd>n</kbd> none of these
        </span>
        <span>
          <kbd>r</kbd> reject
        </span>
      </p>
      {error !== null && <ProblemNote error={error} />}
      {items.map((suggestion, i) =>
        i === at ? (
          <SuggestionCard
            key={suggestion.suggestion_id}
            api={api}
            tenant={tenant}
            traces={traces}
            suggestion={suggestion}
            busy={isPending}
            decide={decide}
          />
        ) : (
          <button key={suggestion.suggestion_id} type="button" className="line" onClick={() => go(i)}>
            <span>
              {suggestion.table}.<strong>{suggestion.column}</strong>
            </span>
            {suggestion.blind ? (
              <small>decide unseen</small>
            ) : suggestion.abstained ? (
              <small>not sure</small>
            ) : (
              <small>
                {suggestion.candidates[0]?.semantic_id} {suggestion.candidates[0]?.score.toFixed(2)}
              </small>
            )}
          </button>
        ),
      )}
    </section>
  );
}
