import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { sha256Hex } from '#platform';
import { toUtf8 } from './encoding.ts';
import { countingEntries } from './fixtures/memory-log.ts';
import { countingFiles } from './fixtures/vectors.ts';
import { leafHash } from './merkle.ts';
import { append, emptyEdge } from './right-edge.ts';
import { formatBundle, formatTile, parseBundle, parseTile, parseTilePath, tilePath, tilesToWrite, type TileId } from './tiles.ts';

test('paths are spelled as C2SP tlog-tiles shows', () => {
  equal(tilePath({ level: 0, index: 1_234_067, width: 256 }), 'tile/0/x001/x234/067');
  equal(tilePath({ level: 'entries', index: 0, width: 17 }), 'tile/entries/000.p/17');
  equal(tilePath({ level: 2, index: 1000, width: 1 }), 'tile/2/x001/000.p/1');
});

test('a path reads back, and no other spelling does', () => {
  const level = fc.oneof(fc.constant('entries' as const), fc.nat(63));
  fc.assert(
    fc.property(fc.record({ level, index: fc.maxSafeNat(), width: fc.integer({ min: 1, max: 256 }) }, { noNullPrototype: true }), (id) => {
      deepEqual(parseTilePath(tilePath(id)), id);
    }),
  );
  const bad = [
    '',
    'tile/0/0',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/64/000',
    'tile/00/000',
    'tile/0/x000/001',
    'tile/0/1000',
    '/tile/0/000',
    'tile/0/../000',
    'tile/data/000',
    'tile/0/000\n',
  ];
  for (const path of bad) equal(parseTilePath(path), undefined, path);
});

test('the files of the published log of 70,000 entries come out', () => {
  const entries = countingEntries(70_000);
  const { nodes } = append(emptyEdge, entries.map(leafHash));
  const bytesOf = ({ level, index, width }: TileId) =>
    level === 'entries'
      ? formatBundle(entries.slice(index * 256, index * 256 + width).map(toUtf8))
      : formatTile(nodes.filter((node) => node.level === 8 * level && Math.floor(node.index / 256) === index).map(({ hash }) => hash));
  const tiles = tilesToWrite(0, 70_000);
  for (const [path, digest] of Object.entries(countingFiles)) {
    const tile = tiles.find((id) => tilePath(id) === path);
    equal(tile && sha256Hex(bytesOf(tile)), digest, path);
  }
  const paths = tiles.map(tilePath);
  // tlog-tiles.md: 273 full tiles and one of 112, one full and one of 17, one of 1.
  equal(paths.filter((path) => path.startsWith('tile/0/')).length, 274);
  deepEqual(paths.slice(-4), ['tile/0/273.p/112', 'tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1']);
  deepEqual(tilesToWrite(0, 256).map(tilePath), ['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']);
});

test('however a log grows, each growth writes what a reader of the new size needs beyond the old, and nothing it has', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40_000), { minLength: 2, maxLength: 5 }), (steps) => {
      const written = new Set<string>();
      let size = 0;
      for (const step of steps) {
        for (const path of tilesToWrite(size, size + step).map(tilePath)) {
          equal(written.has(path), false, `${path} twice`);
          written.add(path);
        }
        size += step;
        for (const path of tilesToWrite(0, size).map(tilePath)) equal(written.has(path), true, path);
      }
    }),
    { numRuns: 20 },
  );
  deepEqual(tilesToWrite(5, 5), []);
  deepEqual(tilesToWrite(0, 0), []);
});

test('a bundle gives back its entries; a cut one is refused', () => {
  const entries = [new Uint8Array(), toUtf8('one'), new Uint8Array(65_535).fill(7)];
  const bundle = formatBundle(entries);
  deepEqual(parseBundle(bundle), entries);
  deepEqual(parseBundle(new Uint8Array()), []);
  for (const length of [1, 3, 6, bundle.length - 1]) throws(() => parseBundle(bundle.subarray(0, length)), { code: 'tile.malformed' });
  throws(() => formatBundle([new Uint8Array(65_536)]), RangeError);
  throws(() => parseTile(new Uint8Array(33)), { code: 'tile.malformed' });
});
