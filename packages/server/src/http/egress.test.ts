import { equal, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { openEgress } from './egress.ts';

async function withServer(run: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(({ url }, answer) => {
    if (url === '/elsewhere') answer.writeHead(302, { location: 'http://example.org/' }).end();
    else answer.end('x'.repeat(Number(url?.slice(1))));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
const open = (allowPlaintext = false) => openEgress({ allowPlaintext, timeoutMs: 5000, maxBytes: 1000 });

test('plaintext goes to loopback only', async () => {
  for (const url of ['http://example.org', 'http://127.0.0.1.example.org', 'ftp://example.org', 'file:///etc/hosts', 'data:,x'])
    await rejects(open()(url), { code: 'egress.refused' }, url);
});

test('credentials in an address are refused, and not repeated', async () => {
  await rejects(open()('https://user:secret@example.org'), (error: Error) => !error.message.includes('secret'));
});

test('a redirect is handed back, not followed', () => withServer(async (url) => equal((await open()(`${url}/elsewhere`)).status, 302)));

test('an answer is bounded', () =>
  withServer(async (url) => {
    equal((await (await open()(`${url}/1000`)).text()).length, 1000);
    await rejects((await open()(`${url}/1001`)).text(), { code: 'egress.refused' });
  }));
