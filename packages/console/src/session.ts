import { permissions, type Action } from '@ancilla/contracts/permissions';
import { toProblemError } from './api.ts';

/** Whom the page acts for: a tenant, and what its API is asked with. Kept until the last tab of the page is closed. */
export interface Session {
  readonly tenant_id: string;
  readonly role: string;
  readonly token: string;
}

/** Whether a role may do something at all, by the one permission table: what it may not is not offered. */
export function mayDo(role: string, action: Action): boolean {
  const { roles }: { readonly roles: readonly string[] } = permissions[action];
  return roles.includes(role);
}

const KEPT = 'ancilla.sessions';
const ASKED = 'asked';
const ENDED = 'ended';
/** How long a new tab waits for one that has sessions. */
const ANSWER_MS = 200;

const isSession = (value: unknown): value is Session =>
  typeof value === 'object' &&
  value !== null &&
  'tenant_id' in value &&
  typeof value.tenant_id === 'string' &&
  'token' in value &&
  typeof value.token === 'string' &&
  'role' in value &&
  typeof value.role === 'string';

const parse = (value: unknown): readonly Session[] => (Array.isArray(value) ? value.filter(isSession) : []);

const kept = (): readonly Session[] => {
  try {
    return parse(JSON.parse(sessionStorage.getItem(KEPT) ?? '[]'));
  } catch {
    return [];
  }
};

/** Trades the ticket of a link, or an API key, for sessions; those of other tenants stay. */
async function open(by: { readonly ticket: string } | { readonly key: string }): Promise<readonly Session[]> {
  const answer = await fetch('/console/sessions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(by),
  });
  const body: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) throw toProblemError(answer.status, body);
  const opened = typeof body === 'object' && body !== null && 'items' in body ? parse(body.items) : [];
  const others = kept().filter(({ tenant_id }) => !opened.some((session) => session.tenant_id === tenant_id));
  const sessions = [...opened, ...others];
  sessionStorage.setItem(KEPT, JSON.stringify(sessions));
  return sessions;
}

export const signIn = (key: string): Promise<readonly Session[]> => open({ key: key.trim() });

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel of one origin, not a window
const tell = (tabs: BroadcastChannel, message: unknown): void => tabs.postMessage(message);

/** A link opened in a new tab needs no key again: other tabs of the page hand on what they have. */
function fromOtherTabs(): Promise<readonly Session[]> {
  const channel = new BroadcastChannel(KEPT);
  const answer = new Promise<readonly Session[]>((resolve) => {
    channel.addEventListener('message', ({ data }) => {
      const sessions = parse(data);
      if (sessions.length > 0) resolve(sessions);
    });
    setTimeout(() => resolve([]), ANSWER_MS);
  });
  tell(channel, ASKED);
  return answer.finally(() => channel.close());
}

/** What this tab has, or another. */
async function keptInTabs(): Promise<readonly Session[]> {
  const ours = kept();
  if (ours.length > 0) return ours;
  const theirs = await fromOtherTabs();
  if (theirs.length > 0) sessionStorage.setItem(KEPT, JSON.stringify(theirs));
  return theirs;
}

/** Answers new tabs, and leaves when one of them signs out. */
export function answerTabs(): void {
  const channel = new BroadcastChannel(KEPT);
  channel.addEventListener('message', ({ data }) => {
    if (data === ASKED) tell(channel, kept());
    else if (data === ENDED) leave();
  });
}

/** What the tabs have, and what the ticket in the address brings: it is used once, and leaves the address and the history. */
export async function openSessions(): Promise<{ readonly sessions: readonly Session[]; readonly problem?: Error }> {
  const ticket = new URLSearchParams(location.search).get('ticket');
  if (ticket === null) return { sessions: await keptInTabs() };
  history.replaceState(null, '', location.pathname + location.hash);
  try {
    return { sessions: await open({ ticket }) };
  } catch (problem) {
    return { sessions: await keptInTabs(), problem: problem instanceof Error ? problem : new Error(String(problem)) };
  }
}

function leave(): void {
  sessionStorage.removeItem(KEPT);
  // Anew, so that nothing of what was read stays in the page's memory.
  location.reload();
}

/** In every tab. Where one was stays in the address, for whoever signs in next. */
export function signOut(): void {
  const channel = new BroadcastChannel(KEPT);
  tell(channel, ENDED);
  channel.close();
}
