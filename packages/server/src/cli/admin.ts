import { X509Certificate } from 'node:crypto';
import { request as overHttp } from 'node:http';
import { request as overTls, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { everyOf, isAncillaError } from '@ancilla/contracts';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { readConfig, type Config } from '../config.ts';
import { openAncilla, URL_FILE } from '../main.ts';
import { UsageProblem, type CommandIo } from './io.ts';

/** A platform admin's requests: to the running server, or to one opened on the data folder for this command alone. */
export interface Admin extends AsyncDisposable {
  request(method: string, path: string, body?: object): Promise<unknown>;
  /** A whole list, in the form of one page. */
  list(path: string): Promise<{ readonly items: readonly unknown[]; readonly next_cursor: null }>;
}

const Page = Type.Object({ items: Type.Array(Type.Unknown()), next_cursor: Type.Union([Type.String(), Type.Null()]) });

/** @throws {UsageProblem} when the platform admin's key cannot be read, or the server is not ready */
export async function openAdmin(io: CommandIo): Promise<Admin> {
  const config = readConfig(io.env);
  const own = await openOwn(config);
  try {
    const file = join(config.dataFolder, 'platform-admin-key');
    const key = await readOr(
      io,
      file,
      `the platform admin's key is not at ${file}: put it there, or set ANCILLA_DATA to the server's folder`,
    );
    const base = own?.url ?? (await readOr(io, join(config.dataFolder, URL_FILE), 'the server that has the data folder is not ready yet'));
    const trust = own === undefined ? await trustIn(config, io) : {};
    const request: Admin['request'] = async (method, path, body) => {
      const { status, said } = await ask(new URL(path, base), { method, ...trust }, key, body);
      if (status < 300) return said;
      const text = (field: string): string =>
        typeof said === 'object' && said !== null && field in said ? String(Reflect.get(said, field)) : '';
      throw new UsageProblem(`${text('detail')}. ${text('fix')}`);
    };
    return {
      request,
      async list(path) {
        const pages = everyOf(async ({ limit, cursor }) => {
          const query = new URLSearchParams({ limit: String(limit), ...(cursor !== undefined && { cursor }) });
          return Value.Parse(Page, await request('GET', `${path}?${query}`));
        });
        const items: unknown[] = [];
        for await (const item of pages) items.push(item);
        return { items, next_cursor: null };
      },
      async [Symbol.asyncDispose]() {
        await own?.close();
      },
    };
  } catch (error) {
    await own?.close();
    throw error;
  }
}

/** A server for this command alone, on a port nobody else knows; none where another process has the folder: only that one is asked, and gets the key. */
async function openOwn(config: Config) {
  try {
    return await openAncilla({ ...config, host: '127.0.0.1', port: 0, tlsCertFile: undefined, tlsKeyFile: undefined, logLevel: 'silent' });
  } catch (error) {
    if (isAncillaError(error) && error.code === 'store.locked') return undefined;
    throw error;
  }
}

async function readOr(io: CommandIo, file: string, problem: string): Promise<string> {
  try {
    return (await io.readFile(file)).trim();
  } catch (cause) {
    throw new UsageProblem(problem, { cause });
  }
}

/** The server's own certificate and no other: it names the host that people use, which is seldom the address it listens on. */
async function trustIn({ tlsCertFile }: Config, io: CommandIo): Promise<RequestOptions> {
  if (tlsCertFile === undefined) return {};
  const ca = new X509Certificate(await io.readFile(tlsCertFile)).toString();
  return { ca, allowPartialTrustChain: true, checkServerIdentity: () => undefined };
}

function ask(url: URL, options: RequestOptions, key: string, body: object | undefined): Promise<{ status: number; said: unknown }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) };
    const request = (url.protocol === 'https:' ? overTls : overHttp)(url, { ...options, headers }, (answer) => {
      json(answer).then((said) => resolve({ status: answer.statusCode ?? 0, said }), reject);
    });
    request.on('error', reject).end(body && JSON.stringify(body));
  });
}
