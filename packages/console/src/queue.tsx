import type { MappingSuggestion } from '@ancilla/contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Api, DecisionBody } from './api.ts';
import { Empty, Loading, ProblemNote } from './notes.tsx';
import { toHref } from './place.ts';

/** What is open: each suggestion with its candidates and reasons, and the five decisions. */
export function Queue({ api, tenant }: { readonly api: Api; readonly tenant: string }) {
  const { data, error, isPending } = useQuery({ queryKey: [tenant, 'queue'], queryFn: ({ signal }) => api.queue(signal) });
  if (isPending) return <Loading what="queue" />;
  if (error) return <ProblemNote error={error} />;
  if (data.items.length === 0) return <Empty>Nothing to decide.</Empty>;
  return (
    <section aria-label="Open suggestions">
      {data.items.map((suggestion) => (
        <Card key={suggestion.suggestion_id} api={api} tenant={tenant} suggestion={suggestion} />
      ))}
    </section>
  );
}

function Card({ api, tenant, suggestion }: { readonly api: Api; readonly tenant: string; readonly suggestion: MappingSuggestion }) {
  const client = useQueryClient();
  const [other, setOther] = useState('');
  const [why, setWhy] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: (body: DecisionBody) => api.decide(suggestion.suggestion_id, body),
    onSuccess: () => client.invalidateQueries({ queryKey: [tenant, 'queue'] }),
  });
  const decide = (body: DecisionBody) => mutate({ ...body, ...(why !== '' && { justification: why }) });
  return (
    <article className="card" aria-label={`${suggestion.table}.${suggestion.column}`}>
      <header>
        <h3>
          {suggestion.table}.<strong>{suggestion.column}</strong>
        </h3>
        <small>
          {suggestion.dataset} · model {suggestion.model.id} {suggestion.model.version} ·{' '}
          <a href={toHref({ tenant, page: 'traces', id: suggestion.trace_id })}>trace</a>
        </small>
      </header>
      {suggestion.abstained && <p className="empty">The model is not sure enough to suggest one of these.</p>}
      <ol className="candidates">
        {suggestion.candidates.slice(0, 5).map(({ semantic_id, score, reasons }) => (
          <li key={semantic_id}>
            <button type="button" disabled={isPending} onClick={() => decide({ decision: 'accept', semantic_id })}>
              Accept
            </button>
            <meter min={0} max={1} value={score} aria-label="score" /> <b>{score.toFixed(2)}</b> <code>{semantic_id}</code>
            <small>{reasons.map(({ text }) => text).join(' · ')}</small>
          </li>
        ))}
      </ol>
      <footer>
        <input
          aria-label="another term"
          placeholder="another term of the glossary"
          value={other}
          onChange={({ target }) => setOther(target.value)}
        />
        <button type="button" disabled={isPending || other === ''} onClick={() => decide({ decision: 'override', semantic_id: other })}>
          Override
        </button>
        <input aria-label="reason" placeholder="reason, where one is due" value={why} onChange={({ target }) => setWhy(target.value)} />
        <button type="button" disabled={isPending} onClick={() => decide({ decision: 'none_of_these' })}>
          None of these
        </button>
        <button type="button" disabled={isPending} onClick={() => decide({ decision: 'reject' })}>
          Reject
        </button>
        <button type="button" disabled={isPending || why === ''} onClick={() => decide({ decision: 'new_term' })}>
          New term needed
        </button>
      </footer>
      {error !== null && <ProblemNote error={error} />}
    </article>
  );
}
