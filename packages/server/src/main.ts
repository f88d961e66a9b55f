// The one place where engines are chosen, collections listed and rooms wired.
import { mkdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { makeNewId, storageMap, type Clock, type Collection, type Io, type Random, type Room } from '@ancilla/contracts';
import { makeFirstAdmin, openAccess } from './access/index.ts';
import { openArtifacts, openFileAdapter } from './artifacts/index.ts';
import { openAudit, openEvidenceFolder, openPublisher } from './audit/index.ts';
import type { Config } from './config.ts';
import { openCurator } from './curator/index.ts';
import { describeError, openHttp, openLog, type Log } from './http/index.ts';
import { openGates, openIngest, openKnownDocuments } from './ingest/index.ts';
import { openKeyring } from './keys/index.ts';
import { openMetrics, openNurse, openTelemetry } from './nurse/index.ts';
import { openSagas } from './sagas/index.ts';
import { openStores, runProjections, type Stores } from './store/index.ts';

export const VERSION = '0.1.0';
/** Folders of the repository or of the installed package, whichever this file lies in. */
const SOURCES = fileURLToPath(new URL('../..', import.meta.url));

/** A running server. */
export interface Ancilla {
  readonly url: string;
  readonly stores: Stores;
  /** Where the platform admin's key was written, on the first start only. */
  readonly adminKeyFile: string | undefined;
  /** A single-use link to the console. */
  consoleLink(
    opens: readonly { readonly tenant_id: string; readonly role: 'tenant_admin' | 'steward' | 'reviewer'; readonly subject: string }[],
  ): string;
  /** Drains: no new requests, those under way finish, everything is published and closed. */
  close(): Promise<void>;
}

/** What a deployment or a test adds: collections and rooms, with no other code. */
export interface Extra {
  readonly collections?: readonly Collection[];
  readonly rooms?: readonly Room[];
  readonly log?: Log;
}

export async function openAncilla(config: Config, extra: Extra = {}): Promise<Ancilla> {
  const io: Io = { signal: new AbortController().signal };
  const clock: Clock = { now: () => Date.now() };
  const random: Random = { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) };
  const newId = makeNewId(clock, random);
  const log = extra.log ?? openLog({ least: config.logLevel, clock, write: (text) => process.stderr.write(text) });
  const onError = (error: unknown): void => log('error', { at: 'background', ...describeError(error) });
  const later = (ms: number, run: () => void): (() => void) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  };
  const folder = (...parts: readonly string[]): string => join(config.dataFolder, ...parts);
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 });

  await using opened = new AsyncDisposableStack();
  // Core: keys, store, evidence outside the store.
  const keyring = await openKeyring({ folder: folder('keys'), random, master: config.masterKey });
  const keys = (tenant_id: string) => keyring.tenant(tenant_id);
  const signer = keyring.signer();
  const evidence = openEvidenceFolder(folder('evidence'), signer);
  const collections = [...storageMap, ...(extra.collections ?? [])];
  const stores = opened.use(await openStores({ folder: folder('store'), keyring, collections, clock, random, newId, anchors: evidence }));
  const { platform } = stores;
  const storeOf = (tenant_id: string) => stores.tenant(tenant_id);
  const publisher = opened.use(openPublisher({ folder: evidence, later, intervalMs: 1000, onError }));
  stores.onCommit((tenant_id) => publisher.wrote((tenant_id === null ? platform : storeOf(tenant_id)).ledger));

  const telemetry = opened.use(openTelemetry({ endpoint: config.otlpEndpoint, version: VERSION, clock }));
  const { tracer } = telemetry;
  const metrics = openMetrics();
  const hmac = (tenant_id: string, purpose: string, data: string): Uint8Array => keys(tenant_id).hmac(purpose, data);
  const owner_id = `${
    hostname()
      .replaceAll(/[^A-Za-z0-9-]/g, '-')
      .slice(0, 40) || 'node'
  }-${Buffer.from(random.bytes(6)).toString('hex')}`;

  // Rooms, in the order of ARCHITECTURE.md.
  const access = openAccess({ platform, stores, clock, newId, random });
  const artifacts = openArtifacts({ adapter: await openFileAdapter(folder('artifacts')), keys, clock, newId, random });
  const sagas = openSagas({
    platform,
    tenantStore: storeOf,
    artifacts,
    hmac,
    clock,
    newId,
    random,
    owner_id,
    sleep: (ms, signal) => wait(ms, undefined, { signal }),
    later,
    onError,
    exclusive: true,
  });
  const { runner } = sagas;
  opened.use(runner);
  const curator = openCurator({ platform, clock, sagas: runner });
  const gates = openGates({ curator, keys, clock });
  const ingest = openIngest({
    gates,
    known: openKnownDocuments({ curator, clock }),
    signReceipt: ({ log_id, size, root }) => signer.checkpoint({ log_id, size, root: Buffer.from(root, 'base64') }),
  });
  const audit = openAudit({
    folder: evidence,
    signer,
    collections,
    ...(config.traceBackend !== undefined && { traceBackend: config.traceBackend }),
  });
  const nurse = openNurse({ clock, metrics, sizeBytes: stores.sizeBytes });
  const rooms: readonly Room[] = [access, artifacts, sagas, curator, ingest, audit, nurse, ...(extra.rooms ?? [])];

  await curator.seed({ trace_id: hex(random, 16) }, io);
  const adminKeyFile = folder('platform-admin-key');
  const isFirstStart = await makeFirstAdmin({ platform, keys: access, random, file: adminKeyFile, trace_id: hex(random, 16) }, io);
  await runner.serve(rooms.flatMap((room) => room.sagas ?? []));
  const projections = opened.use(
    await runProjections({
      stores,
      projections: rooms.flatMap((room) => room.projections ?? []),
      clock,
      onError: (error) => onError(error),
    }),
  );
  const http = await openHttp({
    routes: rooms.flatMap((room) => room.routes ?? []),
    collections,
    access,
    platform,
    tenantStore: storeOf,
    tracer,
    random,
    elapsed: () => performance.now() / 1000,
    log,
    observe: metrics.http.observe,
    version: VERSION,
    consoleFolder: join(SOURCES, 'console', 'dist'),
    ...(config.tlsCertFile !== undefined &&
      config.tlsKeyFile !== undefined && {
        tls: { cert: await readFile(config.tlsCertFile, 'utf8'), key: await readFile(config.tlsKeyFile, 'utf8') },
      }),
  });
  const { url } = await http.listen(config.port, config.host);
  const resources = opened.move();
  return {
    url,
    stores,
    adminKeyFile: isFirstStart ? adminKeyFile : undefined,
    consoleLink: (opens) => `${url}/?ticket=${access.issueTicket(opens)}`,
    async close() {
      await http.close(10_000);
      await projections.settled();
      await publisher.flush(io);
      await resources.disposeAsync();
    },
  };
}

const hex = (random: Random, bytes: number): string => Buffer.from(random.bytes(bytes)).toString('hex');
