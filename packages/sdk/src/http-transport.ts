// Runs in browsers too.
import type { Egress, Io } from '@ancilla/contracts';
import type { Delivered, Governed, Redacted, SagaLease, Serving, Transport } from './transport.ts';

/** What is wrong with the request itself. Others may pass: a key gets its rights, a server comes back. */
const FINAL: ReadonlySet<number> = new Set([400, 409, 413, 422]);

/** No answer (then the status is 0), or one that was not 2xx. `retryable` when the same request may succeed later. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;
  constructor(status: number, code: string, detail: string, retryAfterSeconds?: number, options?: ErrorOptions) {
    super(detail, options);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
  get retryable(): boolean {
    return !FINAL.has(this.status);
  }
}

/** Which fields a refusal names: their paths, nothing of what was sent. */
function fieldsOf(problem: unknown): readonly string[] {
  const errors: unknown = typeof problem === 'object' && problem !== null ? Reflect.get(problem, 'errors') : undefined;
  const named = (Array.isArray(errors) ? errors : []).flatMap((error: unknown) => {
    const path: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'path') : undefined;
    return typeof path === 'string' && path !== '' ? [path] : [];
  });
  return [...new Set(named)].slice(0, 5);
}

/**
 * Ancilla over HTTP.
 * @param of - `url` of the server, a service identity's API key, the fetch to use, and the longest a request may take
 */
export function httpTransport(of: {
  readonly url: string;
  readonly apiKey: string;
  readonly fetch: Egress;
  readonly timeoutMs: number;
}): Transport {
  const base = of.url.replace(/\/+$/, '');

  async function request(method: string, path: string, io: Io, body?: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
    const tooLate = AbortSignal.timeout(of.timeoutMs);
    const answer = await of
      .fetch(base + path, {
        method,
        headers: { authorization: `Bearer ${of.apiKey}`, accept: 'application/json', ...headers },
        ...(body !== undefined && { body }),
        signal: AbortSignal.any([io.signal, tooLate]),
      })
      .catch((cause: unknown) => {
        io.signal.throwIfAborted();
        const [code, how] = tooLate.aborted
          ? (['transport.timeout', `was not answered in ${of.timeoutMs} ms`] as const)
          : (['transport.failed', 'did not reach the server'] as const);
        throw new TransportError(0, code, `${method} ${path.split('?')[0]} ${how}`, undefined, { cause });
      });
    if (answer.ok) return answer;
    const problem: unknown = await answer.json().catch(() => undefined);
    const text = (field: string): string =>
      typeof problem === 'object' && problem !== null && field in problem ? String(Reflect.get(problem, field)) : '';
    const detail = text('detail');
    const after = Number(answer.headers.get('retry-after') ?? Number.NaN);
    throw new TransportError(
      answer.status,
      text('code') || `http.${answer.status}`,
      `${method} ${path.split('?')[0]} answered ${answer.status} ${[detail, ...fieldsOf(problem).filter((field) => !detail.includes(field))].join(', ')}`.trim(),
      after >= 0 ? after : undefined,
    );
  }
  const json = async <T>(method: string, path: string, io: Io, body: unknown): Promise<T> => {
    const answer = await request(method, path, io, JSON.stringify(body), { 'content-type': 'application/json' });
    // The server is the one the user configured and its answers are its documented contract.
    return (await answer.json()) as T;
  };
  const segment = encodeURIComponent;

  return {
    async resolve(kind, id, ref, io) {
      const document = `/curator/${kind}/${segment(id)}`;
      try {
        let version: string;
        if ('version' in ref) version = ref.version;
        else {
          const labelled = await request('GET', `${document}/labels/${segment(ref.label)}`, io);
          ({ version } = (await labelled.json()) as { version: string });
        }
        const answer = await request('GET', `${document}/versions/${segment(version)}`, io);
        return (await answer.json()) as Governed;
      } catch (error) {
        if (error instanceof TransportError && error.status === 404) return undefined;
        throw error;
      }
    },
    async serving(kind, id, io) {
      try {
        const answer = await request('GET', `/curator/${kind}/${segment(id)}/serving`, io);
        return ((await answer.json()) as { items: readonly Serving[] }).items;
      } catch (error) {
        // A server from before there were canaries.
        if (error instanceof TransportError && error.status === 404) return [];
        throw error;
      }
    },
    redact: (value, policy_id, io) => json<Redacted>('POST', '/redaction/redact', io, { value, policy_id }),
    sendEvents: (events, io) => json<Delivered>('POST', '/dif/prompt_events', io, events),
    async putArtifact({ category, content_type, bytes, trace_id }, io) {
      const answer = await request('POST', '/dif/artifacts', io, new Uint8Array(bytes), {
        'content-type': content_type,
        'x-ancilla-category': category,
        traceparent: `00-${trace_id}-${trace_id.slice(0, 16)}-01`,
      });
      return ((await answer.json()) as { artifact_id: string }).artifact_id;
    },
    startSaga: (of_, io) => json<SagaLease>('POST', '/dif/sagas', io, of_),
    // A lease as it came from the server has more than an entry may say.
    async appendWal({ saga_id, epoch, lease_token }, entries, io) {
      await json(
        'POST',
        '/dif/wal/append',
        io,
        entries.map((entry) => ({ saga_id, epoch, lease_token, ...entry })),
      );
    },
    async heartbeat({ saga_id, epoch, lease_token }, io) {
      await json('POST', `/dif/sagas/${segment(saga_id)}/heartbeat`, io, { epoch, lease_token });
    },
    async completeSaga({ saga_id, epoch, lease_token }, io) {
      await json('POST', `/dif/sagas/${segment(saga_id)}/complete`, io, { epoch, lease_token });
    },
  };
}
