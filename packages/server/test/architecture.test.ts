// ARCHITECTURE.md is the map of the house: every room stands in it, and every path in it leads somewhere.
import { deepEqual } from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..', '..');
const map = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
const folders = (path: string): readonly string[] =>
  readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [`${path}/${entry.name}`] : []));

test('every path that ARCHITECTURE.md names exists', () => {
  const paths = [...map.matchAll(/`((?:packages|examples|bench|docs|scripts)(?:\/[\w.-]+)*)`/g)].map(([, path = '']) => path);
  deepEqual(
    paths.filter((path) => !existsSync(join(root, path))),
    [],
  );
});

test('every package and every room of the server has its line', () => {
  const rooms = [...map.matchAll(/^\| `([^`]+)` \|/gm)].map(([, room = '']) => room);
  const there = [...folders('packages'), ...folders('packages/server/src')];
  deepEqual(rooms.filter((room) => room.startsWith('packages/')).toSorted(), there.toSorted());
});
