// What of a start is the machine's to allow: a folder, a port, a certificate. What it says becomes `config.invalid`, by the setting that mends it.
import { mkdir, readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { AncillaError, isAncillaError, type ErrorCode } from '@ancilla/contracts';
import { settings, type Config } from './config.ts';

const { dataFolder: data, host: address, port: number, tlsCertFile: certificate, tlsKeyFile: secret } = settings;

/** Does something and says what was wrong with it. @param mend - by the system's code */
async function orInvalid<T>(work: Promise<T>, mend: (code: string) => string): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    throw new AncillaError('config.invalid', mend(String(cause.code)), { cause });
  }
}

export async function makeDataFolder({ dataFolder }: Config): Promise<void> {
  await orInvalid(
    mkdir(dataFolder, { recursive: true, mode: 0o700 }),
    (code) => `${data.variable}: ${dataFolder} cannot be made a folder (${code}): name one that this user may write to`,
  );
}

/** @param opening - what opens what lies in the data folder */
export async function orFolderFault<T>(opening: Promise<T>, { dataFolder, storeUrl }: Pick<Config, 'dataFolder' | 'storeUrl'>): Promise<T> {
  try {
    return await opening;
  } catch (cause) {
    const say = (code: ErrorCode, mend: string) => new AncillaError(code, `${data.variable}: ${mend}`, { cause });
    if (isAncillaError(cause, 'store.locked'))
      throw say('store.locked', `another process has ${dataFolder} open: stop it, or name another folder`);
    // A database's disk is not this one, and says so itself.
    if (isAncillaError(cause, 'store.full') && storeUrl === undefined)
      throw say('store.full', `the disk that ${dataFolder} lies on is full: free some space and start again; nothing is lost`);
    throw cause;
  }
}

export async function readTls({ tlsCertFile, tlsKeyFile }: Config): Promise<{ tls?: { readonly cert: string; readonly key: string } }> {
  if (tlsCertFile === undefined || tlsKeyFile === undefined) return {};
  const read = (path: string, { variable }: { readonly variable: string }) =>
    orInvalid(readFile(path, 'utf8'), (code) => `${variable}: ${path} cannot be read (${code}): name a PEM file`);
  const tls = { cert: await read(tlsCertFile, certificate), key: await read(tlsKeyFile, secret) };
  await orInvalid(
    (async () => createSecureContext(tls))(),
    (code) => `${certificate.variable} and ${secret.variable} are no PEM certificate and its key (${code})`,
  );
  return { tls };
}

const WHY_NOT: Readonly<Record<string, string>> = {
  EADDRINUSE: `is taken: stop what listens there, or set ${number.variable} to another port (0: any free one)`,
  EACCES: `is not open to this user: set ${number.variable} to a port above 1023`,
  EADDRNOTAVAIL: `is no address of this machine: set ${address.variable} to one`,
};

/** @param listening - what `listen` promised */
export const orPortFault = <T>(listening: Promise<T>, { host, port }: Pick<Config, 'host' | 'port'>): Promise<T> =>
  orInvalid(listening, (code) => `${host}:${port} ${WHY_NOT[code] ?? `cannot be listened on (${code})`}`);
