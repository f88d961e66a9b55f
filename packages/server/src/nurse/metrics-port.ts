import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Registry } from 'prom-client';

export interface MetricsPort extends AsyncDisposable {
  readonly url: string;
}

/**
 * Serves `/metrics` on a port of its own, to whoever reaches it: a scraper needs no credential that opens anything else.
 * @param at - a loopback address, and a port; 0 for any free one
 */
export async function openMetricsPort(at: { readonly host: string; readonly port: number }, registry: Registry): Promise<MetricsPort> {
  const server = createServer((request, reply) => {
    if (request.method !== 'GET' || request.url !== '/metrics') return void reply.writeHead(404).end();
    registry.metrics().then(
      (text) => reply.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(text),
      () => reply.writeHead(500).end(),
    );
  });
  server.listen(at);
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://${at.host}:${typeof address === 'object' ? address?.port : at.port}/metrics`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
