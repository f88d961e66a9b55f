// Not part of `npm test`: an agent in a real browser's page. `npm run test:browser`.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { buffer } from 'node:stream/consumers';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import type { callOnce } from './in-a-page.ts';

const browserPath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);

async function bundled(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    resolve: { conditions: ['browser', 'ancilla-source'] },
    build: { write: false, lib: { entry: join(import.meta.dirname, 'in-a-page.ts'), formats: ['iife'], name: 'here', fileName: 'here' } },
  });
  const [first] = [built].flat();
  ok(first !== undefined && 'output' in first);
  return first.output[0].code;
}

const governed: Readonly<Record<string, unknown>> = {
  '/curator/agent_configs/page.agent.v1/labels/production': { version: '1' },
  '/curator/agent_configs/page.agent.v1/versions/1': { id: 'page.agent.v1', version: '1', content: { agent_id: 'page.agent.v1' } },
  '/curator/redaction_policies/tenant_default/labels/production': { version: '1' },
  '/curator/redaction_policies/tenant_default/versions/1': { content: { policy_id: 'tenant_default', version: '1' } },
  '/redaction/redact': {
    value: 'mail <EMAIL_x>',
    receipt: {
      policy_id: 'p',
      policy_version: '1',
      engine_version: '1',
      token_key_version: 1,
      counts: { EMAIL: 1 },
      bytes_in: 5,
      bytes_out: 5,
    },
  },
};

/** The page, its script and what the SDK asks for, of one origin. */
async function openOrigin(script: string) {
  const events: { readonly event_id: string }[] = [];
  const arrived = Promise.withResolvers<void>();
  const answering = async (request: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const sent = (await buffer(request)).toString();
    if (request.url === '/dif/prompt_events') {
      events.push(...(JSON.parse(sent) as typeof events));
      arrived.resolve();
      return void reply.end(JSON.stringify({ accepted: 1, duplicates: 0, rejected: [] }));
    }
    if (request.url === '/script') return void reply.setHeader('content-type', 'text/javascript; charset=utf-8').end(script);
    const answer = governed[request.url ?? ''];
    if (answer !== undefined) return void reply.end(JSON.stringify(answer));
    if (request.url !== '/' && request.url !== '/next') return void reply.writeHead(404).end('{}');
    reply.setHeader('content-type', 'text/html').end('<!doctype html><script src="/script"></script>');
  };
  const server = createServer((request, reply) => void answering(request, reply));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events,
    arrived: arrived.promise,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

test(
  'an agent in a page redacts at the server, and what it has not sent leaves with the page',
  { skip: browserPath ? false : 'no chromium', timeout: 60_000 },
  async () => {
    const script = await bundled();
    const browser = await chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] });
    try {
      for (const leave of ['goes on', 'is closed'] as const) {
        using origin = await openOrigin(script);
        const page = await browser.newPage();
        await page.goto(origin.url);
        const { event_id, prompt } = await page.evaluate(() => {
          const { here } = globalThis as unknown as { readonly here: { readonly callOnce: typeof callOnce } };
          return here.callOnce('mail ann@mail.example');
        });
        match(String(prompt), /^mail <EMAIL_x>$/);
        equal(origin.events.length, 0);
        if (leave === 'goes on') await page.goto(`${origin.url}/next`);
        else await page.close({ runBeforeUnload: true });
        await origin.arrived;
        deepEqual(
          origin.events.map((event) => event.event_id),
          [event_id],
          leave,
        );
      }
    } finally {
      await browser.close();
    }
  },
);
