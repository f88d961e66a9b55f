import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A program that prints its URL first. */
export interface Running extends AsyncDisposable {
  readonly url: string;
}

/** Starts a program from the sources; it ends with the scope. */
export async function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Running> {
  const child = spawn(process.execPath, ['--conditions=ancilla-source', ...args], {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await once(createInterface(child.stdout), 'line');
  return {
    url: String(url),
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** Posts bytes over kept connections; rejects unless the answer is 200. */
export function openPoster(connections: number) {
  // Idle connections are let go before the server does: one that both ends give up at the same time fails a request.
  const agent = new Agent({ keepAlive: true, maxSockets: connections, timeout: 2000 });
  return {
    post: (url: string, key: string, body: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), authorization: `Bearer ${key}` };
        const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
          answer.resume();
          answer.on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`answered ${answer.statusCode}`))));
        });
        sent.on('error', reject);
        sent.end(body);
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** Makes tenants with a key each, as the platform's admin. @returns their secrets */
export async function makeTenants(url: string, admin: string, ids: readonly string[]): Promise<readonly string[]> {
  const ask = async (path: string, body: object): Promise<{ readonly secret?: string }> => {
    const headers = { authorization: `Bearer ${admin}`, 'content-type': 'application/json' };
    return (await (await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as { secret?: string };
  };
  const secrets: string[] = [];
  for (const tenant_id of ids) {
    await ask('/governance/tenants', { tenant_id });
    secrets.push((await ask('/governance/keys', { tenant_id, role: 'agent', subject: 'bench' })).secret ?? '');
  }
  return secrets;
}
