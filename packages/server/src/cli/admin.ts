import { join } from 'node:path';
import { AncillaError } from '@ancilla/contracts';
import { readConfig } from '../config.ts';
import { openAncilla } from '../main.ts';
import { UsageProblem, type CommandIo } from './io.ts';

/** A platform admin's requests: to the running server, or to one opened on the data folder for this command alone. */
export interface Admin extends AsyncDisposable {
  request(method: string, path: string, body?: object): Promise<unknown>;
}

/** @throws {AncillaError} `auth.missing` when the platform admin's key cannot be read */
export async function openAdmin(io: CommandIo): Promise<Admin> {
  const config = readConfig(io.env);
  const running = `http://${config.host}:${config.port}`;
  const found = await fetch(`${running}/healthz`, { signal: AbortSignal.timeout(2000) }).then(
    ({ ok }) => ok,
    () => false,
  );
  // Without a server the command opens the folder itself, on a port nobody else knows.
  const own = found ? undefined : await openAncilla({ ...config, host: '127.0.0.1', port: 0, logLevel: 'silent' });
  const file = join(config.dataFolder, 'platform-admin-key');
  let key: string;
  try {
    key = (await io.readFile(file)).trim();
  } catch {
    await own?.close();
    throw new AncillaError('auth.missing', `the platform admin's key is not at ${file}; set ANCILLA_DATA to the server's folder`);
  }
  return {
    async request(method, path, body) {
      const answer = await fetch(`${own?.url ?? running}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
      const said: unknown = await answer.json();
      if (answer.ok) return said;
      const text = (field: string): string =>
        typeof said === 'object' && said !== null && field in said ? String(Reflect.get(said, field)) : '';
      throw new UsageProblem(`${text('detail')}. ${text('fix')}`);
    },
    async [Symbol.asyncDispose]() {
      await own?.close();
    },
  };
}
