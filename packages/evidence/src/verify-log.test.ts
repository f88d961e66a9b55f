import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { toHex } from '#platform';
import { signCheckpoint } from './checkpoint.ts';
import { toUtf8 } from './encoding.ts';
import { signedAt, testEntries, testSigner, testVkey, tileLog } from './fixtures/tile-log.ts';
import { leafHash } from './merkle.ts';
import { formatVerifierKey, noteSigner } from './note-keys.ts';
import { formatBundle } from './tiles.ts';
import { verifyLog, type LogReport } from './verify-log.ts';

const SIZE = 600;
const entries = testEntries(SIZE);
const trusted = signedAt(entries, 555);

test('an honest log is anchored by a trusted checkpoint, and only self-consistent without one', async () => {
  const { verdict, problems, size, earlier_checkpoints, collections, origin } = await verify(honest());
  deepEqual(problems, []);
  equal(verdict, 'self-consistent, not anchored');
  deepEqual(
    { size, earlier_checkpoints, collections, origin },
    {
      size: 600,
      earlier_checkpoints: 6,
      collections: { prompt_events: 480, changes: 120 },
      origin: testSigner.name,
    },
  );
  const anchored = await verify(honest(), trusted);
  deepEqual([anchored.verdict, anchored.anchored_size], ['anchored', 555]);
  equal((await verify(honest(), signedAt(entries, 0))).verdict, 'self-consistent, not anchored');
});

test('a log of any size verifies, over all shapes of tiles', async () => {
  for (const size of [0, 1, 255, 256, 257, 512, 513]) {
    const report = await verify(tileLog(entries.slice(0, size), [Math.floor(size / 2)]), signedAt(entries, size));
    deepEqual([report.problems, report.verdict, report.size], [[], size === 0 ? 'self-consistent, not anchored' : 'anchored', size]);
  }
});

test('the log in fixtures is what its script writes, and verifies', async () => {
  const folder = join(import.meta.dirname, 'fixtures', 'log');
  for (const [path, bytes] of tileLog(testEntries(20), [8, 13])) deepEqual(new Uint8Array(await readFile(join(folder, path))), bytes, path);
  const report = await verifyLog({
    readFile: (path) => readFile(join(folder, path)),
    listFiles: (name) => readdir(join(folder, name)),
    vkeys: [(await readFile(join(folder, 'vkey'), 'utf8')).trim()],
    trustedCheckpoint: await readFile(join(folder, 'checkpoints/13')),
  });
  deepEqual([report.problems, report.verdict], [[], 'anchored']);
});

test('an altered entry is named with both hashes, and that the signed root is on the side of the tiles', async () => {
  const files = honest();
  const altered = (entries[42] ?? '').replace('"digest":"', '"digest":"0').replace(/.","seq"/, '","seq"');
  files.set('tile/entries/000', bundle(entries.with(42, altered).slice(0, 256)));
  const problems = await problemsOf(files);
  equal(problems[0], `entry.altered entry 42: stored hash ${toHex(leafHash(altered))}, log has ${toHex(leafHash(entries[42] ?? ''))}`);
  match(
    problems.at(-1) ?? '',
    /^checkpoint\.root checkpoint \(600 entries\): signed root .* the hash tiles agree with it, the entries were altered$/,
  );
});

test('an altered hash tile is named, low or high, and that the signed root is on the side of the entries', async () => {
  const low = honest();
  flip(low, 'tile/0/001', 7 * 32);
  const problems = await problemsOf(low);
  match(problems[0] ?? '', /^entry\.altered entry 263: stored hash/);
  match(problems.at(-1) ?? '', /the entries agree with it, the hash tiles were altered$/);
  const high = honest();
  flip(high, 'tile/1/000.p/2', 40);
  match(
    (await problemsOf(high)).join('\n'),
    /^tile\.altered tile\/1\/000\.p\/2 hash 1 \(entries 256 to 511\): stored hash \S+, log has \S+$/,
  );
});

test('an entry and its hash altered together are caught by the tile above, by every checkpoint after and by the trusted one', async () => {
  const files = honest();
  const altered = (entries[10] ?? '').replace('prompt_events', 'access_log');
  const forged = tileLog(entries.with(10, altered));
  for (const path of ['tile/entries/000', 'tile/0/000']) files.set(path, forged.get(path) ?? new Uint8Array());
  const problems = await problemsOf(files, trusted);
  match(problems[0] ?? '', /^tile\.altered tile\/1\/000\.p\/2 hash 0 \(entries 0 to 255\)/);
  match(problems.at(1) ?? '', /^checkpoint\.root checkpoints\/256 .* history was rewritten$/);
  match(problems.join('\n'), /the trusted checkpoint \(555 entries\): signed root/);
  equal(
    problems.some((problem) => problem.includes('checkpoints/1 ')),
    false,
    'a checkpoint before the forgery still holds',
  );
});

test('a log written anew and signed by the server itself is self-consistent, and refused by whoever holds one checkpoint', async () => {
  const rewritten = tileLog(entries.with(10, entries[10]?.replace('prompt_events', 'access_log') ?? ''));
  equal((await verify(rewritten)).verdict, 'self-consistent, not anchored');
  const problems = await problemsOf(rewritten, trusted);
  equal(problems.length, 1);
  match(problems[0] ?? '', /^checkpoint\.root the trusted checkpoint \(555 entries\): .* history was rewritten$/);
  const kept = new Map(rewritten).set('checkpoints/300', signedAt(entries, 300));
  match((await problemsOf(kept)).join('\n'), /^checkpoint\.root checkpoints\/300/);
});

test('swapped, removed, repeated and inserted entries are named where they begin', async () => {
  const [a = '', b = ''] = entries.slice(30, 32);
  const swapped = await problemsOf(new Map(honest()).set('tile/entries/000', bundle(entries.with(30, b).with(31, a).slice(0, 256))));
  match(swapped[0] ?? '', /^entry\.seq entry 30: its seq is 31: entries were reordered/);
  match(swapped.join('\n'), /entry 31: its seq is 30/);
  const removed = await problemsOf(new Map(honest()).set('tile/entries/000', bundle(entries.toSpliced(30, 1).slice(0, 255))));
  match(removed[0] ?? '', /^tile\.short tile\/entries\/000: 255 entries, the log has 256: 1 removed/);
  match(removed[1] ?? '', /^entry\.seq entry 30: its seq is 31/);
  equal(removed.filter((problem) => problem.startsWith('entry.seq')).length, 1, 'named once, not at each entry after it');
  const inserted = await problemsOf(new Map(honest()).set('tile/entries/000', bundle(entries.toSpliced(30, 0, a).slice(0, 257))));
  match(inserted[0] ?? '', /^tile\.long tile\/entries\/000: 257 entries, the log has 256/);
  // The server's own log, signed with the swap in it: hashes all agree, the order does not.
  const signed = await problemsOf(tileLog(entries.with(30, b).with(31, a)));
  deepEqual(
    signed.map((problem) => problem.slice(0, 18)),
    ['entry.seq entry 30', 'entry.seq entry 31'],
  );
});

test('an old checkpoint put back is named as a rollback', async () => {
  const back = honest().set('checkpoint', signedAt(entries, 300));
  match(
    (await problemsOf(back)).join('\n'),
    /^log\.rolled_back checkpoints\/512: signed for 512 entries, the log's own checkpoint for 300/m,
  );
  const allOld = tileLog(entries.slice(0, 300));
  equal((await verify(allOld)).verdict, 'self-consistent, not anchored');
  match((await problemsOf(allOld, trusted)).join('\n'), /^log\.rolled_back the trusted checkpoint: signed for 555 entries/);
});

test('a checkpoint that is missing, unsigned, of another log, misnamed or by an unknown key is named', async () => {
  const without = honest();
  without.delete('checkpoint');
  deepEqual(await problemsOf(without), ['checkpoint.missing checkpoint: missing']);
  const flipped = honest();
  flip(flipped, 'checkpoints/256', 30);
  match((await problemsOf(flipped)).join('\n'), /^note\.bad_signature checkpoints\/256: the signature by \S+ does not hold$/);
  const other = noteSigner('ancilla.example/other', new Uint8Array(32));
  const foreign = toUtf8(signCheckpoint({ origin: other.name, size: 3, root: leafHash('x') }, [other]));
  match((await problemsOf(honest().set('checkpoint', foreign)))[0] ?? '', /^note\.no_known_key/);
  match(
    (await problemsOf(honest().set('checkpoints/300', signedAt(entries, 256))))[0] ?? '',
    /^checkpoint\.misnamed checkpoints\/300: it is of 256/,
  );
  match((await problemsOf(honest().set('checkpoints/readme', foreign)))[0] ?? '', /^checkpoint\.misnamed checkpoints\/readme/);
  const stranger = { ...source(honest()), trustedCheckpoint: foreign, vkeys: [testVkey, formatVerifierKey(other)] };
  match((await verifyLog(stranger)).problems[0]?.message ?? '', /the trusted checkpoint: it is of the log ancilla\.example\/other/);
  await rejects(verifyLog({ ...source(honest()), vkeys: ['nonsense'] }), { code: 'key.malformed' });
});

test('a missing or cut file is named, and what still can be checked is', async () => {
  for (const path of [...honest().keys()].filter((name) => name.startsWith('tile/'))) {
    const missing = honest();
    missing.delete(path);
    equal((await problemsOf(missing))[0], `tile.missing ${path}: missing`);
    const cut = honest();
    cut.set(path, cut.get(path)?.subarray(0, -1) ?? new Uint8Array());
    match((await problemsOf(cut))[0] ?? '', new RegExp(`^tile\\.malformed ${path}: `));
  }
  const shorter = honest();
  for (const path of ['tile/entries/000', 'tile/0/000'])
    shorter.set(path, tileLog(entries.slice(0, 255)).get(`${path}.p/255`) ?? new Uint8Array());
  const short = await problemsOf(shorter);
  match(short.join('\n'), /^log\.cut checkpoints\/256: signed for 256 entries; of entry 255 neither/m);
  equal(
    short.some((problem) => problem.startsWith('tile.missing')),
    false,
  );
  const nothing = honest();
  nothing.delete('tile/entries/001');
  nothing.delete('tile/0/001');
  match(
    (await problemsOf(nothing)).join('\n'),
    /^log\.cut checkpoints\/299: signed for 299 entries; of entry 256 neither entry nor hash is there$/m,
  );
});

test('a partial file deleted after the full one came is no problem', async () => {
  const files = honest();
  files.set('checkpoint', signedAt(entries, 500));
  for (const size of [512, 600]) files.delete(`checkpoints/${size}`);
  deepEqual(await problemsOf(files), ['tile.missing tile/1/000.p/1: missing']);
  files.set('tile/1/000.p/1', (files.get('tile/1/000.p/2') ?? new Uint8Array()).subarray(0, 32));
  deepEqual(await problemsOf(files), []);
});

test('any changed byte of any file is found', async () => {
  const small = tileLog(testEntries(12), [5]);
  const places = [...small].flatMap(([path, bytes]) => Array.from(bytes, (_, at) => ({ path, at })));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), fc.integer({ min: 1, max: 255 }), async ({ path, at }, mask) => {
      const files = new Map(small);
      flip(files, path, at, mask);
      equal((await verify(files)).verdict, 'refused', `${path} byte ${at}`);
    }),
    { numRuns: 600 },
  );
});

test('a log all of whose entries are altered lists a hundred problems and counts the rest', async () => {
  const files = honest();
  const broken = formatBundle(entries.slice(0, 256).map(() => toUtf8('{}')));
  const { problems, problems_omitted } = await verify(files.set('tile/entries/000', broken));
  equal(problems.length, 100);
  equal(problems_omitted > 400, true);
});

test('each file is read once, so that a long log needs no more memory than a short one', async () => {
  const reads: string[] = [];
  const log = source(honest());
  await verifyLog({ ...log, readFile: (path) => (reads.push(path), log.readFile(path)) });
  equal(new Set(reads).size, reads.length);
});

const honest = () => new Map(built);
const built = tileLog(entries, [0, 1, 256, 299, 512, 600]);

const source = (files: ReadonlyMap<string, Uint8Array>) => ({
  readFile: async (path: string) => files.get(path),
  listFiles: async (folder: string) =>
    [...files.keys()].filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1)),
  vkeys: [testVkey],
});

const verify = (files: ReadonlyMap<string, Uint8Array>, trustedCheckpoint?: Uint8Array): Promise<LogReport> =>
  verifyLog({ ...source(files), ...(trustedCheckpoint && { trustedCheckpoint }) });

async function problemsOf(files: ReadonlyMap<string, Uint8Array>, trustedCheckpoint?: Uint8Array): Promise<readonly string[]> {
  const { verdict, problems } = await verify(files, trustedCheckpoint);
  equal(verdict, problems.length === 0 ? 'self-consistent, not anchored' : 'refused');
  return problems.map(({ code, message }) => `${code} ${message}`);
}

const bundle = (texts: readonly string[]) => formatBundle(texts.map(toUtf8));

function flip(files: Map<string, Uint8Array>, path: string, at: number, mask = 1): void {
  files.set(path, files.get(path)?.map((byte, i) => (i === at ? byte ^ mask : byte)) ?? new Uint8Array());
}
