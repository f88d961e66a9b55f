// The console: what happened, what waits for a person, which model is live.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { openApi, ProblemError } from './api.ts';
import { Calls } from './calls.tsx';
import { Models } from './models.tsx';
import { Empty } from './notes.tsx';
import { toHref, usePlace } from './place.ts';
import { Queue } from './queue.tsx';
import { answerTabs, mayDo, openSessions, signOut, type Session } from './session.ts';
import { SignIn } from './sign-in.tsx';
import './style.css';
import { Trace } from './trace.tsx';

const PAGES = [
  ['calls', 'Calls', 'evidence.read'],
  ['queue', 'Review queue', 'review.read'],
  ['models', 'Models', 'training.read'],
] as const;

function Console({ first, problem }: { readonly first: readonly Session[]; readonly problem: Error | undefined }) {
  const [sessions, setSessions] = useState(first);
  const place = usePlace();
  const session = place.tenant === '' ? sessions[0] : sessions.find(({ tenant_id }) => tenant_id === place.tenant);
  const api = useMemo(() => openApi(session?.token ?? ''), [session]);
  if (session === undefined) return <SignIn tenant={place.tenant} problem={problem} opened={setSessions} />;
  const { tenant_id: tenant, role } = session;
  const offered = PAGES.filter(([, , action]) => mayDo(role, action));
  const page = place.page === '' ? offered[0]?.[0] : place.page;
  const name = page === 'traces' ? 'Trace' : PAGES.find(([id]) => id === page)?.[1];
  return (
    <>
      <title>{`${name ?? 'No such page'} · ${tenant} · Ancilla`}</title>
      <header className="top">
        <h1>Ancilla</h1>
        <nav aria-label="Pages">
          {offered.map(([id, title]) => (
            <a key={id} href={toHref({ tenant, page: id })} aria-current={page === id ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <nav aria-label="Tenants" className="tenants">
          {sessions.map(({ tenant_id }) => (
            <a
              key={tenant_id}
              href={toHref({ tenant: tenant_id, page: page === 'traces' ? '' : place.page })}
              aria-current={tenant_id === tenant ? 'true' : undefined}
            >
              {tenant_id}
            </a>
          ))}
          <small>{role}</small>
          <button type="button" onClick={signOut}>
            Sign out
          </button>
        </nav>
      </header>
      <main>
        {page === 'calls' && <Calls api={api} tenant={tenant} />}
        {page === 'traces' && <Trace api={api} tenant={tenant} id={place.id} />}
        {page === 'queue' && <Queue api={api} tenant={tenant} traces={mayDo(role, 'evidence.read')} />}
        {page === 'models' && <Models api={api} tenant={tenant} />}
        {name === undefined && <Empty>There is no such page: the address was cut or mistyped.</Empty>}
      </main>
    </>
  );
}

/** What the server refuses it refuses again; a request that did not arrive is sent once more. */
const retry = (failures: number, error: Error): boolean => failures < 1 && !(error instanceof ProblemError);
/** The server may be on this machine: a browser without a network asks it all the same. */
const networkMode = 'always';
const client = new QueryClient({ defaultOptions: { queries: { retry, staleTime: 2000, networkMode }, mutations: { networkMode } } });

const root = document.getElementById('root');
if (root !== null) {
  const { sessions, problem } = await openSessions();
  answerTabs();
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <Console first={sessions} problem={problem} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
