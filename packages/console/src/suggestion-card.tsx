import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Api, DecisionBody, QueueItem, Term } from './api.ts';
import { toHref } from './place.ts';

/** One suggestion with its candidates, why each, and the five decisions. */
export function SuggestionCard({
  api,
  tenant,
  traces,
  suggestion,
  busy,
  decide,
}: {
  readonly api: Api;
  readonly tenant: string;
  readonly traces: boolean;
  readonly suggestion: QueueItem;
  readonly busy: boolean;
  readonly decide: (body: DecisionBody) => void;
}) {
  const [other, setOther] = useState('');
  const [why, setWhy] = useState('');
  const { table, column, dataset, model, trace_id, abstained, blind, candidates, glossary } = suggestion;
  const { data: terms } = useQuery({
    queryKey: [tenant, 'terms', glossary.id, glossary.version],
    queryFn: ({ signal }) => api.terms(glossary, signal),
    // A version never changes.
    staleTime: Infinity,
  });
  const say = (body: DecisionBody) => decide({ ...body, ...(why !== '' && { justification: why }) });
  return (
    <article className="card" aria-label={`${table}.${column}`}>
      <header>
        <h2>
          {table}.<strong>{column}</strong>
        </h2>
        <small>
          {dataset} · suggested by {model.id} {model.version}
          {traces && (
            <>
              {' · '}
              <a href={toHref({ tenant, page: 'traces', id: trace_id })}>trace</a>
            </>
          )}
        </small>
      </header>
      {blind && <p className="empty">Decided without seeing what was suggested: name the term yourself, or say that none fits.</p>}
      {abstained && <p className="empty">The model is not sure enough to suggest one of these.</p>}
      <ol className="candidates">
        {candidates.slice(0, 5).map(({ semantic_id, score, reasons }, i) => (
          <li key={semantic_id}>
            <button type="button" disabled={busy} onClick={() => say({ decision: 'accept', semantic_id })}>
              <kbd>{i + 1}</kbd> Accept
            </button>
            <meter min={0} max={1} value={score} aria-label={`score ${score.toFixed(2)}`} />
            <b>{score.toFixed(2)}</b>
            <div>
              <code>{semantic_id}</code> <Meaning term={terms?.get(semantic_id)} />
              <small>{reasons.map(({ text }) => text).join(' · ')}</small>
            </div>
          </li>
        ))}
      </ol>
      <footer>
        <input
          aria-label="another term"
          list="terms"
          placeholder="another term of the glossary"
          value={other}
          onChange={({ target }) => setOther(target.value)}
        />
        <datalist id="terms">
          {Array.from(terms?.values() ?? [], ({ semantic_id, name }) => (
            <option key={semantic_id} value={semantic_id}>
              {name}
            </option>
          ))}
        </datalist>
        <button type="button" disabled={busy || other === ''} onClick={() => say({ decision: 'override', semantic_id: other })}>
          Use this term
        </button>
        <input
          aria-label="reason"
          placeholder="reason, or which term is missing"
          value={why}
          onChange={({ target }) => setWhy(target.value)}
        />
        <button type="button" disabled={busy} onClick={() => say({ decision: 'none_of_these' })}>
          <kbd>n</kbd> None of these
        </button>
        <button type="button" disabled={busy || blind} onClick={() => say({ decision: 'reject' })}>
          <kbd>r</kbd> Reject
        </button>
        <button type="button" disabled={busy || why === ''} onClick={() => say({ decision: 'new_term' })}>
          A new term is needed
        </button>
      </footer>
    </article>
  );
}

/** What a term means, as its glossary says; a long text is cut, and whole where the pointer rests. */
function Meaning({ term }: { readonly term: Term | undefined }) {
  if (term === undefined) return null;
  const { name = '', description = '' } = term;
  return (
    <span className="meaning" title={description}>
      {[name, description].filter((text) => text !== '').join(': ')}
    </span>
  );
}
