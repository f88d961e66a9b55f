import { randomBytes } from 'node:crypto';
import { Type, type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

const Problem = Compile(Type.Object({ code: Type.String(), detail: Type.String(), fix: Type.Optional(Type.String()) }));

/** The server said no, in its own words. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** One credential's requests. Answers are parsed by a schema; each request starts a trace unless it is given one. */
export interface Client {
  get<S extends TSchema>(answer: S, path: string): Promise<Static<S>>;
  post<S extends TSchema>(answer: S, path: string, body: object, trace_id?: string): Promise<Static<S>>;
  put<S extends TSchema>(answer: S, path: string, body: object): Promise<Static<S>>;
  text(path: string): Promise<string>;
}

/** A W3C trace id. */
export const newTraceId = (): string => randomBytes(16).toString('hex');

/** Opens one credential's way in. @throws {Refused} by every call that is refused */
export function openClient(url: string, key: string): Client {
  async function request(method: string, path: string, body?: object, trace_id = newTraceId()): Promise<Response> {
    const answer = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        traceparent: `00-${trace_id}-${randomBytes(8).toString('hex')}-01`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (answer.ok) return answer;
    const said: unknown = await answer.json().catch(() => undefined);
    throw Problem.Check(said)
      ? new Refused(said.code, `${method} ${path}: ${said.detail}. ${said.fix ?? ''}`)
      : new Refused('unknown', `${method} ${path} answered ${answer.status}`);
  }
  const parsed = async <S extends TSchema>(schema: S, answer: Promise<Response>): Promise<Static<S>> =>
    Compile(schema).Parse(await (await answer).json());
  return {
    get: (schema, path) => parsed(schema, request('GET', path)),
    post: (schema, path, body, trace_id) => parsed(schema, request('POST', path, body, trace_id)),
    put: (schema, path, body) => parsed(schema, request('PUT', path, body)),
    text: async (path) => (await request('GET', path)).text(),
  };
}

/** All items of a list, page by page. */
export async function all<S extends TSchema>(client: Client, item: S, path: string): Promise<readonly Static<S>[]> {
  const page = Type.Object({ items: Type.Array(item), next_cursor: Type.Union([Type.String(), Type.Null()]) });
  const items: Static<S>[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const more = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const found: Static<typeof page> = await client.get(page, `${path}${path.includes('?') ? '&' : '?'}limit=500${more}`);
    items.push(...found.items);
    cursor = found.next_cursor;
  }
  return items;
}
