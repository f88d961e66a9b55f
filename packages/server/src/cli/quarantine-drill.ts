import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quarantine, promptEvents, type Io } from '@ancilla/contracts';
import { readConfig } from '../config.ts';
import { failingEngine } from '../ingest/index.ts';
import { openAncilla } from '../main.ts';
import { chatExport } from './chat-export.ts';

const TENANT = 'drill';
const body = JSON.stringify(
  chatExport({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', text: 'Write to drill@example.org' }),
);

/**
 * Tries out an outage of redaction on a server of its own, in a folder that goes away: refused by default; sealed where policy says so; replayed when redaction is back.
 * @returns 0 when every step went as it should
 */
export async function quarantineDrill(say: (line: string) => void): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-drill-'));
  const io: Io = { signal: AbortSignal.timeout(60_000) };
  const outage = failingEngine();
  let passed = true;
  const step = (ok: boolean, what: string): void => {
    passed &&= ok;
    say(`${ok ? 'ok     ' : 'PROBLEM'} ${what}`);
  };
  const server = await openAncilla(readConfig({ ANCILLA_PORT: '0', ANCILLA_DATA: folder }), {
    redactionEngine: outage.engine,
    log: () => {},
  });
  try {
    const platform = (await readFile(join(folder, 'platform-admin-key'), 'utf8')).trim();
    const call = (key: string, method: string, path: string, json: unknown) =>
      fetch(server.url + path, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: typeof json === 'string' ? json : JSON.stringify(json),
      });
    await call(platform, 'POST', '/governance/tenants', { tenant_id: TENANT });
    const keyOf = async (role: string, subject: string): Promise<string> => {
      const made: unknown = await (await call(platform, 'POST', '/governance/keys', { tenant_id: TENANT, role, subject })).json();
      return typeof made === 'object' && made !== null ? String(Reflect.get(made, 'secret')) : '';
    };
    const [agent, admin, second] = [await keyOf('agent', 'agent'), await keyOf('tenant_admin', 'admin'), await keyOf('steward', 'second')];
    const store = server.stores.tenant(TENANT);
    const held = async () => (await store.find(quarantine, { index: 'all', equals: {} }, io)).items;
    const events = async () => (await store.find(promptEvents, { index: 'all', equals: {} }, io)).items.length;
    const send = () => call(agent, 'POST', '/v1/traces', body);

    outage.down = true;
    const refused = await send();
    step(
      refused.status === 503 && refused.headers.has('retry-after'),
      `redaction is down: answered ${refused.status}, come again in ${refused.headers.get('retry-after')} s`,
    );
    step((await held()).length === 0 && (await events()) === 0, 'nothing was kept: policy says reject');

    outage.down = false;
    await allowQuarantine(call, admin, second);
    outage.down = true;
    const taken = await send();
    const [item] = await held();
    step(
      taken.status === 200 && item !== undefined,
      `policy says quarantine: the body is sealed as ${item?.doc.quarantine_id}, ${item?.doc.size} bytes`,
    );
    step((await events()) === 0, 'no event of it exists yet');
    step((await server.replay(TENANT)) === 1, 'while redaction is down it waits');

    outage.down = false;
    step(
      (await server.replay(TENANT)) === 0 && (await held()).length === 0,
      'redaction is back: replayed, the quarantine is empty, its key destroyed',
    );
    step((await events()) === 1, 'its event is there, redacted');
    await send();
    step((await events()) === 1, 'sent once more by the exporter, it is still one');
    return passed ? 0 : 1;
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A policy under which an outage quarantines. It weakens the one before, so that a second person may have to approve it. */
async function allowQuarantine(
  call: (key: string, method: string, path: string, json: unknown) => Promise<Response>,
  admin: string,
  second: string,
): Promise<void> {
  const path = '/curator/redaction_policies/tenant_default';
  const content = { policy_id: 'tenant_default', version: 'drill', on_engine_failure: 'quarantine' };
  await call(admin, 'POST', `${path}/versions`, { version: 'drill', message: 'A drill', content });
  const moved = await call(admin, 'PUT', `${path}/labels/production`, { version: 'drill', reason: 'A drill' });
  const answer: unknown = await moved.json();
  if (moved.status === 202 && typeof answer === 'object' && answer !== null)
    await call(second, 'POST', `${path}/labels/production/approvals`, { saga_id: Reflect.get(answer, 'saga_id') });
  // What a policy says is believed for five seconds.
  await new Promise((resolve) => setTimeout(resolve, 6000));
}
