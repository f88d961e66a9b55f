import type { MappingSuggestion, PromptEvent } from '@ancilla/contracts';

/** What the server says when it refuses: RFC 9457. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: string;
  readonly fix: string;
  constructor(code: string, detail: string, fix: string) {
    super(detail);
    this.code = code;
    this.fix = fix;
  }
}

const hex = (bytes: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');
/** Each task of the person at the screen is a trace of its own: it starts here, with the click. */
const traceparent = (): string => `00-${hex(16)}-${hex(8)}-01`;

const field = (value: unknown, name: string): string =>
  typeof value === 'object' && value !== null && name in value ? String(Reflect.get(value, name)) : '';

/** What a refusal says; one without a body comes from something between here and the server. */
export const toProblemError = (status: number, body: unknown): ProblemError =>
  new ProblemError(field(body, 'code'), field(body, 'detail') || `the server answered ${status}`, field(body, 'fix'));

/** Whether the credential itself is refused: then no page will open until there is another. */
export const isSignedOut = (error: Error): boolean => error instanceof ProblemError && error.code.startsWith('auth.');

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}
export interface TraceItem {
  readonly kind: string;
  readonly id: string;
  readonly at: string;
  readonly summary: Readonly<Record<string, unknown>>;
}
export interface Trace {
  readonly trace_id: string;
  readonly items: readonly TraceItem[];
  readonly truncated: boolean;
  /** Where else it can be looked at. */
  readonly links: readonly { readonly url: string }[];
}
export interface ModelRow {
  readonly model_id: string;
  readonly version: string;
  readonly dataset_id: string | null;
  readonly created_at: string;
  readonly labels: readonly string[];
  readonly flags: readonly string[];
  readonly metrics_old: Readonly<Record<string, number>>;
  readonly metrics_new: Readonly<Record<string, number>>;
}
/** One question of a rollout: how often each side was wrong, and how strong the evidence is. */
export interface Question {
  readonly pairs: number;
  readonly e_better: number;
  readonly e_harm: number;
  readonly needed: number;
  readonly needed_harm: number;
  readonly interval: readonly [number, number] | null;
  readonly stable: { readonly units: number; readonly rate: number | null };
  readonly candidate: { readonly units: number; readonly rate: number | null };
}
export interface RolloutRow {
  readonly rollout_id: string;
  readonly kind: string;
  readonly id: string;
  readonly stage: string;
  readonly verdict: string;
  readonly why?: string;
  readonly serving: boolean;
  readonly candidate: { readonly version: string };
  readonly stable: string | null;
  readonly rules: { readonly margin: number; readonly unit: string };
  readonly started_at: string;
  readonly overridden: Question;
  readonly failed: Question;
  /** Of `overridden` what was decided without seeing an answer. */
  readonly blind: Question;
}
/** An open suggestion; of a blind one nothing that was suggested. */
export type QueueItem = MappingSuggestion & { readonly blind?: true };
/** An entry of a glossary: what a suggestion's ids mean. */
export interface Term {
  readonly semantic_id: string;
  readonly name?: string;
  readonly description?: string;
}
export type DecisionBody = {
  readonly decision: 'accept' | 'override' | 'reject' | 'none_of_these' | 'new_term';
  readonly semantic_id?: string;
  readonly justification?: string;
  readonly lead_time_ms?: number;
};

/** Suggestions shown at a time: there may be more. */
export const MOST_QUEUED = 100;

/** One tenant's API, as its token may use it. */
export function openApi(token: string) {
  async function request<T>(path: string, init: RequestInit): Promise<T> {
    const answer = await fetch(path, {
      ...init,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        traceparent: traceparent(),
        ...(init.body !== undefined && { 'content-type': 'application/json' }),
      },
    });
    const body: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok) throw toProblemError(answer.status, body);
    // The page is served by the same build as the API it calls; the documented answers are its contract.
    return body as T;
  }
  const get = <T>(path: string, signal: AbortSignal) => request<T>(path, { method: 'GET', signal });
  return {
    calls: (cursor: string | null, signal: AbortSignal) =>
      get<Page<PromptEvent>>(`/dif/prompt_events?limit=50${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, signal),
    trace: (id: string, signal: AbortSignal) => get<Trace>(`/dif/traces/${encodeURIComponent(id)}`, signal),
    queue: (signal: AbortSignal) => get<Page<QueueItem>>(`/review/queue?status=open&order=value&limit=${MOST_QUEUED}`, signal),
    terms: async ({ id, version }: QueueItem['glossary'], signal: AbortSignal) => {
      const { content } = await get<{ readonly content: readonly Term[] | { readonly entries: readonly Term[] } }>(
        `/curator/glossaries/${encodeURIComponent(id)}/versions/${encodeURIComponent(version)}`,
        signal,
      );
      const terms = 'length' in content ? content : content.entries;
      return new Map(terms.map((term) => [term.semantic_id, term]));
    },
    rollouts: (signal: AbortSignal) => get<Page<RolloutRow>>('/rollouts?limit=20', signal),
    models: (signal: AbortSignal) => get<Page<ModelRow>>('/models', signal),
    decide: (suggestion_id: string, decision: DecisionBody) =>
      request<{ mapping_history_id: string }>(`/review/${encodeURIComponent(suggestion_id)}/decision`, {
        method: 'POST',
        body: JSON.stringify(decision),
      }),
  };
}
export type Api = ReturnType<typeof openApi>;
