import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

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
