// The console: what happened, what waits for a person, which model is live.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, useMemo } from 'react';
import { createRoot } from 'react-dom/client';
import { openApi } from './api.ts';
import { Calls } from './calls.tsx';
import { Models } from './models.tsx';
import { toHref, usePlace } from './place.ts';
import { Queue } from './queue.tsx';
import { openSessions, type Session } from './session.ts';
import './style.css';
import { Trace } from './trace.tsx';

const PAGES = [
  ['calls', 'Calls'],
  ['queue', 'Review queue'],
  ['models', 'Models'],
] as const;

function Console({ sessions }: { readonly sessions: readonly Session[] }) {
  const place = usePlace();
  const session = sessions.find(({ tenant_id }) => tenant_id === place.tenant) ?? sessions[0];
  const api = useMemo(() => openApi(session?.token ?? ''), [session]);
  if (session === undefined) return <SignIn />;
  const tenant = session.tenant_id;
  return (
    <>
      <header className="top">
        <h1>Ancilla</h1>
        <nav aria-label="Pages">
          {PAGES.map(([page, name]) => (
            <a key={page} href={toHref({ tenant, page })} aria-current={place.page === page ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <nav aria-label="Tenants" className="tenants">
          {sessions.map(({ tenant_id }) => (
            <a
              key={tenant_id}
              href={toHref({ tenant: tenant_id, page: place.page === 'traces' ? 'calls' : place.page })}
              aria-current={tenant_id === tenant ? 'true' : undefined}
            >
              {tenant_id}
            </a>
          ))}
          <small>{session.role}</small>
        </nav>
      </header>
      <main>
        {place.page === 'calls' && <Calls api={api} tenant={tenant} />}
        {place.page === 'traces' && <Trace api={api} tenant={tenant} id={place.id} />}
        {place.page === 'queue' && <Queue api={api} tenant={tenant} />}
        {place.page === 'models' && <Models api={api} tenant={tenant} />}
      </main>
    </>
  );
}

const SignIn = () => (
  <main className="signin">
    <h1>Ancilla</h1>
    <p>This page opens by a single-use link. The server prints one when it starts; each works once.</p>
    <p>
      The API is at <a href="/docs">/docs</a>.
    </p>
  </main>
);

const root = document.getElementById('root');
if (root !== null) {
  const sessions = await openSessions();
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 2000 } } })}>
        <Console sessions={sessions} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
