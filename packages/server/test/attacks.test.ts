// What a hostile or broken client sends, and the bounded answer it gets.
import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { startTestServer, type TestServer } from './test-server.ts';

const MiB = 2 ** 20;
type Problem = {
  readonly code: string;
  readonly detail: string;
  readonly trace_id?: string;
  readonly errors?: readonly { readonly path: string }[];
};

/** One server for all of these: none may leave it worse. */
const shared = startTestServer({ ANCILLA_CORS_ORIGINS: 'https://app.example.com' });
const attack = (name: string, run: (server: TestServer) => Promise<void>): void =>
  void test(name, async () => {
    const server = await shared;
    await run(server);
    equal((await fetch(`${server.url}/healthz`)).status, 200);
    ok(!server.logs().includes('"level":"error"'), 'nothing unforeseen happened inside');
  });
test.after(async () => (await shared)[Symbol.asyncDispose]());

const postRaw = async (server: TestServer, body: BodyInit, headers: Record<string, string> = {}, path = '/dif/prompt_events') => {
  const answer = await server.north.agent.raw('POST', path, {
    body,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  });
  return { status: answer.status, headers: answer.headers, problem: (await answer.json()) as Problem };
};

/** Writes bytes on a fresh connection and gives all that comes back until the other side closes it. */
async function speak({ url }: TestServer, ...texts: readonly (string | Buffer)[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const heard: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => heard.push(chunk));
  // A peer that closes while we still talk is an answer too.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  for (const text of texts) socket.write(text);
  if (!socket.closed) await once(socket, 'close');
  return Buffer.concat(heard).toString('latin1');
}

attack('a body larger than the route reads is refused before and while it is read', async (server) => {
  const announced = await server.north.agent
    .raw('POST', '/dif/sagas', { body: Buffer.alloc(100 * MiB, 0x20), headers: { 'content-type': 'application/json' } })
    .then(({ status }) => status)
    // The server closes without reading what it refused; a client may notice that first.
    .catch(() => 413);
  equal(announced, 413);
  let sent = 0;
  const endless = new ReadableStream({
    pull(controller) {
      sent += MiB;
      controller.enqueue(new Uint8Array(MiB).fill(0x20));
      if (sent >= 100 * MiB) controller.close();
    },
  });
  const streamed = await postRaw(server, endless).then(
    ({ status }) => status,
    () => 413,
  );
  equal(streamed, 413);
  ok(sent < 100 * MiB, `only ${sent / MiB} MiB were taken`);
});

attack('depth, keys, encoding and form are bounded before anything is parsed', async (server) => {
  for (const [body, code] of [
    ['['.repeat(100_000), 'request.too_deep'],
    [`{"a":${'{"a":'.repeat(70)}1${'}'.repeat(70)}}`, 'request.too_deep'],
    [`{${Array.from({ length: 1e6 }, (_, i) => `"${i.toString(36)}":1`).join()}}`.slice(0, 8 * MiB), 'request.too_deep'],
    [Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), 'request.malformed'],
    ['{"__proto__":{"role":"platform_admin"}}', 'request.malformed'],
    ['{"event_id":"\\ud800"}', 'request.malformed'],
    ['{"latency_ms":1e400}', 'request.malformed'],
    ['{"a":1', 'request.malformed'],
    ['', 'request.malformed'],
  ] as const) {
    const { status, problem } = await postRaw(server, body);
    equal(problem.code, code);
    equal(status, 400);
    match(problem.trace_id ?? '', /^[0-9a-f]{32}$/);
  }
});

attack('a body of another type or coding is refused by name', async (server) => {
  for (const headers of [
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': '' },
    { 'content-encoding': 'gzip' },
  ] as Record<string, string>[]) {
    const { status, problem } = await postRaw(server, '{}', headers);
    equal(status, 415, JSON.stringify(headers));
    equal(problem.code, 'request.media_type');
  }
});

attack('wrong content is answered with where and what is expected, never with the value', async (server) => {
  const { status, problem } = await server.north.admin
    .raw('POST', '/governance/keys', {
      body: JSON.stringify({ role: 'emperor-7f3a', subject: 'has spaces 7f3a', secret: '7f3a' }),
      headers: { 'content-type': 'application/json' },
    })
    .then(async (answer) => ({ status: answer.status, problem: (await answer.json()) as Problem }));
  equal(status, 422);
  deepEqual(problem.errors?.map(({ path }) => path).toSorted(), ['/role', '/secret', '/subject']);
  ok(!JSON.stringify(problem).includes('7f3a'));
});

attack('pages of origins that are listed may ask, with a key of their own; others and cookies may not', async (server) => {
  const preflight = (origin: string, path = '/redaction/redact') =>
    fetch(server.url + path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' },
    });
  const told = await preflight('https://app.example.com');
  equal(told.status, 204);
  const allows = (answer: Response, what: string) => answer.headers.get(`access-control-allow-${what}`);
  equal(allows(told, 'origin'), 'https://app.example.com');
  for (const method of ['GET', 'POST', 'PUT', 'DELETE']) ok(allows(told, 'methods')?.split(', ').includes(method));
  for (const header of ['authorization', 'content-type', 'traceparent', 'x-ancilla-category'])
    ok(allows(told, 'headers')?.split(', ').includes(header), header);
  const ask = (origin: string, authorization = `Bearer ${server.north.agent.key}`) =>
    fetch(`${server.url}/redaction/redact`, {
      method: 'POST',
      headers: { origin, authorization, 'content-type': 'application/json' },
      body: '{"value":"a"}',
    });
  const answered = await ask('https://app.example.com');
  deepEqual([answered.status, allows(answered, 'origin'), answered.headers.get('vary')], [200, 'https://app.example.com', 'origin']);
  const unknown = await ask('https://app.example.com', 'Bearer no');
  deepEqual([unknown.status, allows(unknown, 'origin')], [401, 'https://app.example.com'], 'a page reads why it is refused');
  for (const origin of ['https://evil.example', 'null', 'https://app.example.com.evil.example', 'http://app.example.com'])
    for (const answer of [await preflight(origin), await ask(origin)])
      deepEqual([allows(answer, 'origin'), answer.headers.get('vary')], [null, 'origin'], origin);
  for (const answer of [told, answered, unknown]) equal(allows(answer, 'credentials'), null);
});

attack('without a credential, with a wrong or a cut one, nothing is told', async (server) => {
  const { key } = server.north.agent;
  for (const authorization of [
    undefined,
    '',
    'Bearer',
    'Basic dTpw',
    `Bearer ${key.slice(0, -1)}`,
    `Bearer ${key}x`,
    `bearer  ${key}`,
    `Bearer ${'x'.repeat(5000)}`,
  ]) {
    const headers = new Headers(authorization === undefined ? {} : { authorization });
    const answer = await fetch(`${server.url}/dif/prompt_events`, { headers });
    equal(answer.status, 401, authorization?.slice(0, 20) ?? 'none');
    equal(answer.headers.get('www-authenticate'), 'Bearer');
    ok(!(await answer.text()).includes(key.slice(4, 20)));
  }
  // Who may not is told so before a byte of the body is read.
  const refused = await speak(
    server,
    `POST /governance/tenants HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\nconnection: close\r\n\r\n`,
  );
  match(refused, /^HTTP\/1\.1 403 /);
});

attack('large headers, garbage and broken requests end the connection with an answer', async (server) => {
  match(await speak(server, `GET /healthz HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(64 * 1024)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
  match(await speak(server, 'SSH-2.0-OpenSSH_9\r\n\r\n'), /^HTTP\/1\.1 400 /);
  match(await speak(server, Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])), /^HTTP\/1\.1 400 /);
  match(
    await speak(server, 'GET /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n'),
    /^HTTP\/1\.1 400 /,
  );
  // Garbage behind a good request: the good one is answered, and no second answer stands inside the first.
  const heard = await speak(server, 'GET /openapi.json HTTP/1.1\r\nhost: a\r\n\r\n\x00\x01garbage\r\n\r\n');
  ok((heard.match(/HTTP\/1\.1 \d/g) ?? []).length <= 2);
  ok(heard === '' || heard.startsWith('HTTP/1.1 200 OK') || heard.startsWith('HTTP/1.1 400 '), heard.slice(0, 100));
});

attack('no path leaves the folder of static files, however it is written', async (server) => {
  for (const path of [
    '/../package.json',
    '/assets/../../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/assets/..%5c..%5cpackage.json',
    '//etc/passwd',
    '/assets/%00',
    '/.%00/',
    '/%',
    '/%c0%ae%c0%ae/',
  ]) {
    const heard = await speak(server, `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
    match(heard, /^HTTP\/1\.1 40[04] /, path);
    match(heard, /application\/problem\+json/, path);
  }
});

attack('methods a route does not take are named; HEAD and OPTIONS reveal nothing', async (server) => {
  for (const [method, status] of [
    ['PUT', 405],
    ['PATCH', 405],
    ['DELETE', 405],
    ['HEAD', 405],
    ['OPTIONS', 405],
  ] as const) {
    const answer = await server.north.agent.raw(method, '/dif/prompt_events');
    equal(answer.status, status, method);
    equal(answer.headers.get('allow'), 'POST, GET', method);
    equal(answer.headers.get('access-control-allow-origin'), null);
  }
  match(await speak(server, 'TRACE /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'), /^HTTP\/1\.1 (?:404|405|400) /);
});

attack('an id with an encoded slash stays one id; an overlong or malformed one is a client’s mistake', async (server) => {
  for (const id of ['pe_a%2fb', 'pe_a%2f..%2f..', '%2e%2e', `pe_${'a'.repeat(400)}`]) {
    const answer = await server.north.agent.raw('GET', `/dif/prompt_events/${id}`);
    ok([404, 422].includes(answer.status), `${id} ${answer.status}`);
    match(answer.headers.get('content-type') ?? '', /problem\+json/);
  }
  equal((await server.north.agent.raw('GET', `/dif/prompt_events/${'a'.repeat(5000)}`)).status, 400);
  equal((await server.north.agent.raw('GET', '/dif/prompt_events/%zz')).status, 400);
});

attack('query parameters are typed, closed, and given once', async (server) => {
  const { agent } = server.north;
  for (const query of [
    'limit=0',
    'limit=501',
    'limit=1e2',
    'limit=abc',
    'success=yes',
    'limit=1&limit=2',
    'from=yesterday',
    'from=2026-02-99T00:00:00Z',
    'nope=1',
    '__proto__=1',
    'cursor=',
  ])
    equal((await agent.get<Problem>(422, `/dif/prompt_events?${query}`)).code, 'schema.invalid', query);
  equal((await server.north.auditor.get<Problem>(422, '/nurse/summary?from=yesterday')).code, 'schema.invalid');
  for (const from of ['2026-11-24T00:00:00Z', '2026-11-24T00:00:00.5Z', '2026-11-24T00:00:00.000Z'])
    for (const path of ['/dif/prompt_events', '/nurse/summary']) await server.north.auditor.get(200, `${path}?from=${from}`);
  const { code, detail } = await agent.get<Problem>(400, '/dif/prompt_events?agent_id=a&model_id=b');
  equal(code, 'request.index_missing');
  match(detail, /agent_id \+ success/);
  for (const cursor of ['AAAA', 'x'.repeat(1000), '%00', '..'])
    equal((await agent.get<Problem>(400, `/dif/prompt_events?cursor=${cursor}`)).code, 'store.cursor_invalid');
});

attack('a traceparent is honoured when it is one, and ignored when it is not', async (server) => {
  const trace_id = 'ab'.repeat(16);
  const traceOf = async (traceparent: string) => {
    const answer = await server.north.agent.raw('GET', '/dif/prompt_events/pe_0', { headers: { traceparent } });
    return ((await answer.json()) as Problem).trace_id;
  };
  equal(await traceOf(`00-${trace_id}-${'cd'.repeat(8)}-01`), trace_id);
  for (const wrong of [
    `00-${trace_id}-${'cd'.repeat(8)}-01, 00-${trace_id}-${'cd'.repeat(8)}-01`,
    `00-${trace_id.toUpperCase()}-${'cd'.repeat(8)}-01`,
    `00-${'0'.repeat(32)}-${'cd'.repeat(8)}-01`,
    `00-${trace_id}-${'cd'.repeat(8)}-01-more`,
    `ff-${trace_id}-${'cd'.repeat(8)}-01`,
    'x'.repeat(1000),
  ]) {
    const given = await traceOf(wrong);
    notEqual(given, trace_id, wrong);
    match(given ?? '', /^[0-9a-f]{32}$/);
  }
});

attack('x-ancilla-tenant moves nobody but a platform admin, and tells nobody which tenants exist', async (server) => {
  const answers = await Promise.all(
    ['south', 'nowhere', 'south, north', '../south', ''].map(async (tenant) => {
      const answer = await server.north.admin.raw('GET', '/dif/prompt_events', { headers: { 'x-ancilla-tenant': tenant } });
      const { code, detail } = (await answer.json()) as Problem;
      return JSON.stringify([answer.status, code, detail]);
    }),
  );
  deepEqual(new Set(answers).size, 1, answers.join('\n'));
  match(answers[0] ?? '', /^\[403,"tenant\.mismatch"/);
  equal((await server.north.admin.raw('GET', '/dif/prompt_events', { headers: { 'x-ancilla-tenant': 'north' } })).status, 200);
  equal((await server.platform.raw('GET', '/dif/prompt_events', { headers: { 'x-ancilla-tenant': 'south' } })).status, 200);
  equal((await server.platform.raw('GET', '/dif/prompt_events', { headers: { 'x-ancilla-tenant': 'nowhere' } })).status, 404);
});

attack('every answer forbids caching, sniffing and framing; pages run only their own scripts', async (server) => {
  for (const path of ['/healthz', '/nope', '/dif/prompt_events', '/openapi.json', '/docs', '/']) {
    const { headers } = await server.north.agent.raw('GET', path);
    equal(headers.get('cache-control'), 'no-store', path);
    equal(headers.get('x-content-type-options'), 'nosniff', path);
    const policy = headers.get('content-security-policy') ?? '';
    match(policy, /default-src 'none'.*frame-ancestors 'none'/, path);
    ok(!policy.includes('unsafe'), path);
  }
});

attack('no log line holds a query, a header, a body or a key', async (server) => {
  const secret = 'Zq8-not-for-logs';
  await server.north.agent.raw('GET', `/dif/prompt_events?agent_id=${secret}`, { headers: { 'x-other': secret } });
  await postRaw(server, JSON.stringify({ event_id: secret }));
  await server.north.agent.raw('GET', `/dif/prompt_events/${secret}`);
  await fetch(`${server.url}/${secret}`);
  ok(server.logs().includes('/dif/prompt_events/{event_id}'));
  ok(!server.logs().includes(secret));
  ok(!server.logs().includes(server.north.agent.key));
});
