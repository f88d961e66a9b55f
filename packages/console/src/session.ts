/** What a single-use link was exchanged for: one short-lived token a tenant. Kept for this browser tab only. */
export interface Session {
  readonly tenant_id: string;
  readonly role: string;
  readonly token: string;
}

const KEPT = 'ancilla.sessions';

const isSession = (value: unknown): value is Session =>
  typeof value === 'object' &&
  value !== null &&
  'tenant_id' in value &&
  typeof value.tenant_id === 'string' &&
  'token' in value &&
  typeof value.token === 'string' &&
  'role' in value;

const parse = (value: unknown): readonly Session[] => (Array.isArray(value) ? value.filter(isSession) : []);

const kept = (): readonly Session[] => {
  try {
    return parse(JSON.parse(sessionStorage.getItem(KEPT) ?? '[]'));
  } catch {
    return [];
  }
};

/** Exchanges the ticket in the address once, and takes it out of the address and the history. */
export async function openSessions(): Promise<readonly Session[]> {
  const ticket = new URLSearchParams(location.search).get('ticket');
  if (ticket === null) return kept();
  history.replaceState(null, '', location.pathname + location.hash);
  const answer = await fetch('/console/sessions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ticket }),
  });
  if (!answer.ok) return kept();
  const body: unknown = await answer.json();
  const sessions = typeof body === 'object' && body !== null && 'items' in body ? parse(body.items) : [];
  sessionStorage.setItem(KEPT, JSON.stringify(sessions));
  return sessions;
}
