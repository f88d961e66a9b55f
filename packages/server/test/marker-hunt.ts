import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storageMap, type Collection, type Store } from '@ancilla/contracts';
import type { Ancilla } from '../src/main.ts';

/** Every form in which a text could lie in a file: as it is, in UTF-16, base64 at each of its three offsets, hex, URL- and JSON-escaped. */
function formsOf(text: string): readonly Buffer[] {
  const utf8 = Buffer.from(text);
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), utf8])
      .toString('base64')
      .slice(4, -4),
  );
  return [
    utf8,
    Buffer.from(text, 'utf16le'),
    ...base64.map((form) => Buffer.from(form)),
    Buffer.from(utf8.toString('hex')),
    Buffer.from(encodeURIComponent(text)),
  ];
}

/** Files below a folder in which a text stands in any of its forms. */
export async function searchFolder(folder: string, text: string): Promise<readonly string[]> {
  const forms = formsOf(text);
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    if (forms.some((form) => bytes.includes(form))) found.push(path);
  }
  return found;
}

/** Every document that a store keeps, with its collection's name: logs by their feed, states by their index of all. */
async function* documentsOf(store: Store<unknown>, scope: 'tenant' | 'platform') {
  const io = { signal: AbortSignal.timeout(60_000) };
  for (const collection of storageMap) {
    if (Reflect.get(Object(collection.scope), scope) !== true) continue;
    if (collection.kind === 'log') {
      for await (const { doc } of store.feed([collection as Collection<'log'>], -1, io))
        if (doc !== undefined) yield [collection.name, doc] as const;
      continue;
    }
    const index = Object.entries(collection.indexes).find(([, fields]) => fields.length === 0)?.[0];
    if (index === undefined) continue;
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await store.find(collection, { index, equals: {}, limit: 500, ...(cursor !== undefined && { cursor }) }, io);
      for (const { doc } of page.items) yield [collection.name, doc] as const;
      cursor = page.next_cursor;
    }
  }
}

/** Where a text stands in what the stores keep, in any of its forms. */
export async function searchStores(stores: Ancilla['stores'], text: string): Promise<readonly string[]> {
  const forms = formsOf(text);
  const found = new Set<string>();
  const search = async (of: string, store: Store<unknown>, scope: 'tenant' | 'platform'): Promise<void> => {
    for await (const [name, doc] of documentsOf(store, scope)) {
      const bytes = Buffer.from(JSON.stringify(doc));
      if (forms.some((form) => bytes.includes(form))) found.add(`${of}/${name}`);
    }
  };
  await search('platform', stores.platform, 'platform');
  for (const id of await stores.tenantIds({ signal: AbortSignal.timeout(60_000) })) await search(id, stores.tenant(id), 'tenant');
  return [...found];
}
