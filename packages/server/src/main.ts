// The one place where engines are chosen, collections listed and rooms wired.
import { rm, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { makeNewId, storageMap, type Clock, type Collection, type Io, type Role, type Room } from '@ancilla/contracts';
import { makeFirstAdmin, openAccess } from './access/index.ts';
import { openArtifacts, openFileAdapter, PLATFORM } from './artifacts/index.ts';
import { openAudit, openEvidenceFolder, openPublisher } from './audit/index.ts';
import type { Config } from './config.ts';
import { openCurator } from './curator/index.ts';
import { openEmbedding, openVectorIndex } from './embedding/index.ts';
import { configuredProvider, openEmbeddedProvider } from './embedding/providers/index.ts';
import { describeError, openEgress, openHttp, openLog, type Log } from './http/index.ts';
import {
  openAgents,
  openGates,
  openIngest,
  openKnownDocuments,
  openQuarantine,
  openRedactionThreads,
  openReplays,
  type openGate,
} from './ingest/index.ts';
import { locked, openKeyring, writeSecretFile } from './keys/index.ts';
import {
  BASE_CARD,
  BASE_VERSION,
  glossaryErrors,
  mappingTask,
  openGlossaries,
  openLanguageModel,
  openLiveModels,
  openMapping,
  readBaseModel,
} from './mapping/index.ts';
import { openMetrics, openMetricsPort, openNurse, openTelemetry } from './nurse/index.ts';
import { openForward, openOtlp, type Forwarded } from './otlp/index.ts';
import { openReview } from './review/index.ts';
import { openRollout } from './rollout/index.ts';
import { offeredUndos, openJobs, openSagas } from './sagas/index.ts';
import { pooledRandom } from './random.ts';
import { openReadiness } from './readiness.ts';
import { makeDataFolder, orFolderFault, orPortFault, readTls } from './start-faults.ts';
import { engineFor, openStores, runProjections, type Stores } from './store/index.ts';
import { openTrainer, openTraining } from './training/index.ts';

export const VERSION = '0.1.0';
/** Where the packages lie, in the repository as when installed. */
const PACKAGES = fileURLToPath(new URL('../..', import.meta.url));
const DRAIN_MS = 10_000;
/** In the data folder, while a server runs on it: where it listens, for the commands that ask it something. */
export const URL_FILE = 'server-url';

/** A running server. */
export interface Ancilla {
  readonly url: string;
  readonly stores: Stores;
  /** Where the platform admin's key was written, on the first start only. */
  readonly adminKeyFile: string | undefined;
  /** Publishes checkpoints of all that is written, now instead of within a second. */
  publish(): Promise<void>;
  /** Replays a tenant's quarantine now instead of within seconds; how many bodies are left. */
  replay(tenant_id: string): Promise<number>;
  /** A single-use link to the console. */
  consoleLink(opens: readonly { readonly tenant_id: string; readonly role: Role; readonly subject: string }[]): string;
  /** Drains: no new requests, those under way finish, everything is published and closed. */
  close(): Promise<void>;
}

/** What a deployment or a test adds: collections and rooms, with no other code. */
export interface Extra {
  readonly collections?: readonly Collection[];
  readonly rooms?: readonly Room[];
  readonly log?: Log;
  /** Another redaction engine: for trying out what happens when it fails. */
  readonly redactionEngine?: typeof openGate;
}

/** @throws {AncillaError} `config.invalid`, `store.locked`, `store.full` and what opening a store may throw: the message says what mends it */
export const openAncilla = (config: Config, extra: Extra = {}): Promise<Ancilla> => orFolderFault(openParts(config, extra), config);

async function openParts(config: Config, extra: Extra): Promise<Ancilla> {
  // Parts: what no room makes for itself.
  const io: Io = { signal: new AbortController().signal };
  const clock: Clock = { now: () => Date.now() };
  const random = pooledRandom((bytes) => void crypto.getRandomValues(bytes));
  const hex = (bytes: number): string => Buffer.from(random.bytes(bytes)).toString('hex');
  const elapsed = (): number => performance.now();
  const later = (ms: number, run: () => void): (() => void) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  };
  const sleep = (ms: number, signal: AbortSignal) => wait(ms, undefined, { signal });
  const newId = makeNewId(clock, random);
  const log = extra.log ?? openLog({ least: config.logLevel, clock, write: (text) => process.stderr.write(text) });
  const onError = (error: unknown): void => log('error', { at: 'background', ...describeError(error) });
  const node_id = `${
    hostname()
      .replaceAll(/[^A-Za-z0-9-]/g, '-')
      .slice(0, 40) || 'node'
  }-${hex(6)}`;
  const folder = (name: string): string => join(config.dataFolder, name);
  const egress = openEgress({ allowPlaintext: config.allowPlaintext, timeoutMs: 60_000, maxBytes: 64 * 1024 ** 2 });
  const collections = [...storageMap, ...(extra.collections ?? [])];
  await makeDataFolder(config);
  const tls = await readTls(config);
  await using opened = new AsyncDisposableStack();

  // Core: keys, store, and evidence kept outside the store.
  const keyring = await openKeyring({ folder: folder('keys'), random, master: config.masterKey });
  const keys = (tenant_id: string) => keyring.tenant(tenant_id);
  const hmac = (tenant_id: string, purpose: string, data: string): Uint8Array => keys(tenant_id).hmac(purpose, data);
  const signer = keyring.signer();
  const evidence = openEvidenceFolder(folder('evidence'), signer);
  const stores = opened.use(
    await openStores({
      openEngine: engineFor(
        { url: config.storeUrl, plain: config.storePlain, folder: folder('store'), allowPlaintext: config.allowPlaintext },
        onError,
      ),
      keyring,
      collections,
      clock,
      random,
      newId,
      anchors: evidence,
    }),
  );
  const { platform } = stores;
  // Where one server at a time has the data folder. What one left that was killed names a port that is anyone's by now.
  const urlFile = stores.isShared ? undefined : folder(URL_FILE);
  if (urlFile !== undefined) await rm(urlFile, { force: true });
  const storeOf = (tenant_id: string) => stores.tenant(tenant_id);
  const publisher = opened.use(openPublisher({ folder: evidence, later, intervalMs: 1000, onError }));
  stores.onCommit((tenant_id) => publisher.wrote((tenant_id === null ? platform : storeOf(tenant_id)).ledger));
  const { tracer } = opened.use(openTelemetry({ endpoint: config.otlpEndpoint, version: VERSION, clock }));
  const metrics = openMetrics();

  // Rooms, in the order of ARCHITECTURE.md.
  const access = openAccess({ platform, stores, clock, newId, random });
  const artifacts = openArtifacts({
    adapter: await openFileAdapter(folder('artifacts')),
    keys: (id) => (id === PLATFORM ? keyring.platform : keys(id)),
    clock,
    newId,
    random,
  });
  const sagas = openSagas({
    platform,
    tenantStore: storeOf,
    artifacts,
    hmac,
    clock,
    newId,
    random,
    owner_id: node_id,
    sleep,
    later,
    onError,
    // The files' folder lock lets one process in; a database may have several.
    exclusive: !stores.isShared,
    offered: offeredUndos,
    // Policies are moved by sagas, so the gates open after them.
    isRedacted: async (of, text, at) => (await gates.of(of, at)).text(text).spans.length > 0,
  });
  const runner = opened.use(sagas.runner);
  stores.onCommit((tenant_id, by) => void (tenant_id !== null && by === 'others' && runner.heard(tenant_id)));
  const curator = openCurator({
    platform,
    clock,
    newId,
    random,
    sagas: runner,
    standing: access,
    attest: { models: (...of) => training.attest(...of) },
    errorsOf: { glossaries: glossaryErrors },
  });
  const threads = opened.use(openRedactionThreads());
  const gates = openGates({ curator, keys, clock, threads, ...(extra.redactionEngine !== undefined && { engine: extra.redactionEngine }) });
  const quarantine = openQuarantine({
    gates,
    artifacts,
    clock,
    newId,
    observe: metrics.quarantined,
    onKept: (tenant_id) => replays.wake(tenant_id),
  });
  const ingest = openIngest({
    artifacts,
    gates,
    quarantine,
    known: openKnownDocuments({ curator, clock }),
    clock,
    newId,
    signReceipt: signer.checkpoint,
  });
  const stopped = new AbortController();
  // Said once when it begins and once when it is over, whatever comes meanwhile; the metric counts.
  let forwarding: Forwarded = 'sent';
  const forward =
    config.otlpForward === undefined
      ? undefined
      : openForward({
          url: config.otlpForward,
          egress,
          sleep,
          signal: stopped.signal,
          observe(outcome, spans) {
            metrics.forwarded(outcome, spans);
            if (outcome !== forwarding) log(outcome === 'sent' ? 'info' : 'warn', { at: 'otlp.forward', outcome, spans });
            forwarding = outcome;
          },
        });
  const otlp = openOtlp({
    gates,
    ingest,
    quarantine,
    artifacts,
    hmac,
    realm: config.realm,
    forward,
    clock,
    onDrift: (drift) => log('info', { at: 'otlp.first_seen', ...drift }),
  });
  const replays = opened.use(
    openReplays({
      gates,
      artifacts,
      clock,
      observe: metrics.quarantined,
      handlers: { prompt_events: ingest.replay, otlp: otlp.replay },
      storeOf,
      later,
      onError,
    }),
  );
  const agents = openAgents({ curator, gates, artifacts, keys, clock, elapsed, random, tracer, realm: config.realm, node_id });
  const embedded = await openEmbeddedProvider();
  const provider = (await configuredProvider(config, { fetch: egress, sleep })) ?? embedded;
  const embedding = openEmbedding({ agents, gates, artifacts, provider, index: openVectorIndex(), sagas: runner, storeOf, clock, newId });
  const glossaries = openGlossaries(curator);
  const models = openLiveModels({
    curator,
    platform,
    artifacts,
    shipped: { version: BASE_VERSION, model: await readBaseModel(), card: BASE_CARD },
  });
  const { rerankUrl, rerankModel = '', rerankApiKey: apiKey, rerankMaxCost: maxCost } = config;
  const languageModel =
    rerankUrl === undefined
      ? undefined
      : openLanguageModel({ url: rerankUrl, model: rerankModel, apiKey, maxCost, fetch: egress, timeoutMs: 20_000 });
  const mapping = openMapping({
    agents,
    gates,
    artifacts,
    curator,
    glossaries,
    models,
    provider,
    noteSpace: embedding.noteSpace,
    similarity: embedded,
    languageModel,
    sagas: runner,
    storeOf,
    hmac,
    clock,
    newId,
  });
  const review = openReview({ curator, glossaries, hmac, sagas: runner, storeOf, clock, newId, tracer });
  const tasks = [mappingTask];
  const training = openTraining({
    platform,
    tasks,
    artifacts,
    curator,
    gates,
    models,
    sagas: runner,
    storeOf,
    hmac,
    isolation: openTrainer(process.execPath),
    clock,
    newId,
  });
  const rollout = openRollout({ tasks, curator, sagas: runner, clock });
  const { traceBackend } = config;
  const audit = openAudit({ folder: evidence, signer, collections, ...(traceBackend !== undefined && { traceBackend }) });
  const nurse = openNurse({ clock, metrics, sizeBytes: stores.sizeBytes });
  const ordered: readonly Room[] = [
    access,
    artifacts,
    sagas,
    curator,
    ingest,
    otlp,
    embedding,
    mapping,
    review,
    training,
    rollout,
    audit,
    nurse,
    ...(extra.rooms ?? []),
  ];
  const jobs = opened.use(
    openJobs({
      jobs: ordered.flatMap((room) => room.jobs ?? []),
      platform,
      tenantStore: storeOf,
      tenantIds: (at) => stores.tenantIds(at),
      clock,
      random,
      later,
      onError,
    }),
  );
  const rooms: readonly Room[] = [...ordered, jobs];

  // First start, and what was under way when the last process ended.
  const keyFile = folder('platform-admin-key');
  // One server at a time: those that start together find what the first one made.
  const isFirstStart = await locked(folder('start.lock'), async () => {
    const release = { trace_id: hex(16) };
    await curator.seed(release, io);
    await training.registerShipped(release, io);
    return makeFirstAdmin({ platform, keys: access, random, file: keyFile, trace_id: hex(16) }, io);
  });
  await runner.serve(rooms.flatMap((room) => room.sagas ?? []));
  await jobs.serve();
  const projections = opened.use(
    await runProjections({ stores, projections: rooms.flatMap((room) => room.projections ?? []), clock, later, onError }),
  );

  for (const tenant_id of await stores.tenantIds(io)) replays.wake(tenant_id);

  // Edge.
  const http = await openHttp({
    routes: rooms.flatMap((room) => room.routes ?? []),
    collections,
    access,
    platform,
    tenantStore: storeOf,
    tracer,
    random,
    writing: gates.ofWriting,
    elapsed: () => elapsed() / 1000,
    log,
    observe: metrics.http.observe,
    version: VERSION,
    notReady: openReadiness({
      platform,
      freeBytes: async () => {
        const { bavail, bsize } = await statfs(config.dataFolder);
        return bavail * bsize;
      },
      clock,
    }),
    consoleFolder: join(PACKAGES, 'console', 'dist'),
    corsOrigins: config.corsOrigins,
    ...tls,
  });
  if (config.metricsPort !== undefined) {
    const at = { host: '127.0.0.1', port: config.metricsPort };
    log('info', { at: 'metrics', url: opened.use(await orPortFault(openMetricsPort(at, metrics.registry), at)).url });
  }
  const { url } = await orPortFault(http.listen(config.port, config.host), config);
  if (urlFile !== undefined) await writeSecretFile(urlFile, url);
  const resources = opened.move();
  return {
    url,
    stores,
    adminKeyFile: isFirstStart ? keyFile : undefined,
    publish: () => publisher.flush(io),
    replay: (tenant_id) => replays.replay(tenant_id, io),
    consoleLink: (opens) => `${config.publicUrl ?? url}/?ticket=${access.issueTicket(opens)}`,
    async close() {
      await http.close(DRAIN_MS);
      if (forward !== undefined) await Promise.race([forward.settled(), sleep(DRAIN_MS, stopped.signal).catch(() => {})]);
      stopped.abort();
      await projections.drain();
      await publisher.flush(io);
      if (urlFile !== undefined) await rm(urlFile, { force: true });
      await resources.disposeAsync();
    },
  };
}
