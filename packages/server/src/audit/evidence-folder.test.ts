import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  insert,
  makeNewId,
  mappingHistory,
  storageMap,
  tenantWal,
  type Io,
  type LedgerEntry,
  type Mapping,
  type Random,
} from '@ancilla/contracts';
import { consistencyProof, openCheckpoint, parseVerifierKey, verifyConsistency, verifyLog } from '@ancilla/evidence';
import { openKeyring } from '../keys/index.ts';
import { limitFiles } from '../store/engines/file-limit.fixture.ts';
import { checkAnchor, inFolder, openStores } from '../store/index.ts';
import { checkDocuments } from './check-documents.ts';
import { openEvidenceFolder } from './evidence-folder.ts';

const random: Random = { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) };
const clock = { now: () => Date.UTC(2026, 10, 24) };
const newId = makeNewId(clock, random);
const io: Io = { signal: new AbortController().signal };

const mapping = (): Mapping => ({
  mapping_history_id: newId('mh'),
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  review_trace_id: '4bf92f3577b34da6a3ce929d0e0e4737',
  source: { dataset: 'crm', table: 'customers', column: 'cust_nm' },
  decision: 'accept',
  semantic_id: 'sem.customer.name',
  candidates: [{ semantic_id: 'sem.customer.name', score: 0.9 }],
  features_ref: 'ar_x',
  reviewer_id: 'ann',
  model: { id: 'mapping-ranker', version: '1', arm: 'stable' },
  agent_config: { id: 'mapping.agent.v1', version: '1' },
  glossary: { id: 'g', version: '1' },
  decided_at: '2026-11-24T00:00:00.000Z',
});

async function openTest() {
  const root = await mkdtemp(join(tmpdir(), 'ancilla-audit-'));
  const keyring = await openKeyring({ folder: join(root, 'keys'), random });
  const folder = openEvidenceFolder(join(root, 'evidence'), keyring.signer());
  const open = () =>
    openStores({
      openEngine: inFolder(join(root, 'store')),
      keyring,
      collections: storageMap,
      clock,
      random,
      newId,
      anchors: { last: folder.last },
    });
  let stores = await open();
  await stores.createTenant('north', io);
  return {
    root,
    folder,
    signer: keyring.signer(),
    tenant: () => stores.tenant('north'),
    write: (count: number) =>
      stores.tenant('north').commit(
        Array.from({ length: count }, () => insert(mappingHistory, mapping())),
        [],
        io,
      ),
    async reopen(between: () => Promise<void>) {
      await stores[Symbol.asyncDispose]();
      await between();
      stores = await open();
    },
    async [Symbol.asyncDispose]() {
      await stores[Symbol.asyncDispose]();
      await rm(root, { recursive: true, force: true });
    },
  };
}

test('what is published verifies offline, again after the log grew past a tile', async () => {
  await using at = await openTest();
  const log_id = await at.tenant().ledger.logId(io);
  await at.write(3);
  const first = openCheckpoint(await at.folder.publish(at.tenant().ledger, io), [parseVerifierKey(at.signer.vkey(log_id))]);
  await at.write(300);
  await at.folder.publish(at.tenant().ledger, io);
  const report = await verifyLog({
    readFile: (path) => at.folder.read(log_id, path),
    listFiles: (path) => readdir(join(at.root, 'evidence', log_id, path)),
    vkeys: [at.signer.vkey(log_id)],
    trustedCheckpoint: await readFile(join(at.root, 'evidence', log_id, 'checkpoints', String(first.size)), 'utf8'),
  });
  deepEqual(report.problems, []);
  equal(report.verdict, 'anchored');
  equal(report.anchored_size, first.size);
  equal(report.size, first.size + 300);
});

test('what was changed in a database with its triggers off, or taken away, is found and named', async () => {
  await using at = await openTest();
  await at.write(300);
  const { ledger, feed } = at.tenant();
  const logs = [mappingHistory, tenantWal];
  const check = (alter: (entries: readonly LedgerEntry[]) => readonly LedgerEntry[], shown: typeof feed = feed) =>
    checkDocuments(
      { ledger: { ...ledger, entries: async (from, to, signal) => alter(await ledger.entries(from, to, signal)) }, feed: shown },
      logs,
      io,
    );
  const asItIs = (entries: readonly LedgerEntry[]) => entries;
  const other = (each: LedgerEntry, of: LedgerEntry): LedgerEntry => ({
    ...of,
    entry: of.entry.replace(/"seq":\d+/, `"seq":${each.seq}`),
    seq: each.seq,
  });
  equal(await check(asItIs), undefined);
  equal(await check((entries) => entries.filter(({ seq }) => seq !== 270)), 'entry 270 is gone, and its document with it');
  match(
    (await check((entries) => entries.map((each) => (each.seq === 7 ? other(each, entries[8] ?? each) : each)))) ?? '',
    /^entry 7: the document of mapping_history is not the one/,
  );
  const without: typeof feed = async function* (...asked) {
    for await (const each of feed(...asked)) if (each.seq !== 290) yield each;
  };
  match((await check(asItIs, without)) ?? '', /^entry 290: there is no such document of mapping_history/);
  const removed: typeof feed = async function* (...asked) {
    for await (const each of feed(...asked)) yield each.seq === 9 ? { ...each, doc: undefined } : each;
  };
  equal(await check(asItIs, removed), undefined, 'what was removed has an entry in changes');
  match(
    (await check((entries) => entries.map((each) => (each.seq === 9 ? other(each, entries[8] ?? each) : each)), removed)) ?? '',
    /^entries 0 to 255: one of them was changed/,
  );
});

test('publishing without new entries gives the same bytes', async () => {
  await using at = await openTest();
  await at.write(2);
  const note = await at.folder.publish(at.tenant().ledger, io);
  equal(await at.folder.publish(at.tenant().ledger, io), note);
});

test('proofs from the store verify against the published checkpoint', async () => {
  await using at = await openTest();
  const { ledger } = at.tenant();
  const vkey = at.signer.vkey(await ledger.logId(io));
  await at.write(5);
  const old = openCheckpoint(await at.folder.publish(ledger, io), [parseVerifierKey(vkey)]);
  await at.write(40);
  const now = openCheckpoint(await at.folder.publish(ledger, io), [parseVerifierKey(vkey)]);
  const hashes = await consistencyProof(old.size, now.size, (nodes) => ledger.nodes(nodes, io));
  verifyConsistency({ oldSize: old.size, oldRoot: old.root, size: now.size, root: now.root, hashes });
});

test('an old database put back under a newer checkpoint opens read-only, and nothing is signed over it', async () => {
  await using at = await openTest();
  await at.write(2);
  await at.folder.publish(at.tenant().ledger, io);
  const file = join(at.root, 'store');
  let kept = '';
  await at.reopen(async () => {
    const [name] = (await readdir(file)).filter((each) => each.includes('north') && !each.endsWith('-wal') && !each.endsWith('-shm'));
    kept = join(file, name ?? '');
    await copyFile(kept, `${kept}.old`);
  });
  await at.write(2);
  await at.folder.publish(at.tenant().ledger, io);
  await at.reopen(async () => {
    await writeFile(kept, await readFile(`${kept}.old`));
    await rm(`${kept}-wal`, { force: true });
    await rm(`${kept}-shm`, { force: true });
  });
  await rejects(at.write(1), { code: 'store.read_only' });
  await rejects(at.folder.publish(at.tenant().ledger, io), { code: 'store.read_only' });
});

test('a checkpoint that the log’s key did not sign is refused', async () => {
  await using at = await openTest();
  await at.write(1);
  const log_id = await at.tenant().ledger.logId(io);
  await at.folder.publish(at.tenant().ledger, io);
  const path = join(at.root, 'evidence', log_id, 'checkpoint');
  await writeFile(path, (await readFile(path, 'utf8')).replace(/\n1\n/, '\n9\n').replace(/\n\d+\n/, '\n7\n'));
  await rejects(at.folder.last(log_id), { code: 'store.corrupt' });
});

test('a store that another server writes to and signs while it is opened is not taken for an old one', async () => {
  await using at = await openTest();
  await at.write(1);
  const { ledger } = at.tenant();
  const last = async (log_id: string) => {
    await at.write(1);
    await at.folder.publish(ledger, io);
    return at.folder.last(log_id);
  };
  equal(await checkAnchor(ledger, { last }, io), undefined);
});

test('a log id is never a path', async () => {
  await using at = await openTest();
  await rejects(at.folder.last('../keys'), { code: 'not_found' });
  equal(await at.folder.read('nobody', 'checkpoint'), undefined);
});

test('without room for a checkpoint it is said that the disk is full, and nothing is left beside what was published', async (t) => {
  if (!limitFiles('unlimited')) return t.skip('no prlimit here');
  await using at = await openTest();
  await at.write(3);
  await at.folder.publish(at.tenant().ledger, io);
  const published = async () => (await readdir(join(at.root, 'evidence'), { recursive: true })).toSorted();
  const before = await published();
  await at.write(3);
  try {
    limitFiles(1);
    await rejects(at.folder.publish(at.tenant().ledger, io), { code: 'store.full', message: 'no space left for a checkpoint' });
  } finally {
    limitFiles('unlimited');
  }
  deepEqual(
    (await published()).filter((path) => path.endsWith('.new')),
    before.filter((path) => path.endsWith('.new')),
  );
  await at.folder.publish(at.tenant().ledger, io);
});
