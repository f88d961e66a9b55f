import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AncillaError } from '@ancilla/contracts/errors';
import type { Term } from '../mapping/glossaries.ts';
import type { Answer } from '../mapping/learn.ts';
import { decodeText } from '../mapping/decode-text.ts';
import { readTable } from '../mapping/read-table.ts';
import type { Table } from '../mapping/ready-columns.ts';
import { idFault } from '../mapping/term-ids.ts';
import { UsageError } from './io.ts';
import { isTermAtSight } from './term-at-sight.ts';

/** A table by its file, with or without folder and ending. */
export const tableName = (file: string): string =>
  file
    .trim()
    .replace(/^.*[/\\]/, '')
    .replace(/\.csv$/i, '');

/** Reads a glossary: a list of terms, bare or under `entries`. @throws {UsageError} naming the entry, the field and what it should be */
export async function readGlossary(path: string): Promise<readonly Term[]> {
  const value = await readJson(path);
  const entries: unknown = typeof value === 'object' && value !== null && !Array.isArray(value) ? Reflect.get(value, 'entries') : value;
  if (!isList(entries))
    throw new UsageError(`${path}: not a glossary; write a list of terms, or {"entries": [terms]}, a term {"semantic_id": "…"}`);
  if (entries.length === 0) throw new UsageError(`${path}: the glossary is empty; it needs at least one term`);
  // The schema's machinery takes longer to load than most tables to map.
  const terms = entries.every(isTermAtSight) ? entries : (await import('./check-terms.ts')).checkTerms(entries, path);
  const fault = idFault(terms);
  if (fault !== undefined) throw new UsageError(`${path}: ${fault}`);
  return terms;
}
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Reads answers: a CSV of table (or file), column, semantic_id. @throws {UsageError} naming line and fix */
export async function readTruth(path: string): Promise<readonly Answer[]> {
  const { table } = readTable(await readBytes(path), path, Infinity);
  const cells = (name: string): readonly string[] | undefined => table.columns.find((column) => column.name.trim() === name)?.samples;
  const [tables, columns, ids] = [cells('table') ?? cells('file'), cells('column'), cells('semantic_id')];
  if (tables === undefined || columns === undefined || ids === undefined)
    throw new UsageError(
      `${path}, line 1: needs the columns table (or file), column, semantic_id; it has ${table.columns.map(({ name }) => name).join(', ')}`,
    );
  return tables.map((file, at) => ({ table: tableName(file), column: columns[at] ?? '', semantic_id: (ids[at] ?? '').trim() }));
}

/** Names of the tables in a folder, in order. */
export async function tableNames(folder: string): Promise<readonly string[]> {
  const names = (await orUsage(folder, 'read', readdir(folder))).filter((name) => /\.csv$/i.test(name)).toSorted();
  if (names.length === 0) throw new UsageError(`${folder}: there is no .csv file`);
  return names;
}

/** Reads a table of a folder. @param say - told what had to be mended */
export async function readTableFile(folder: string, file: string, say: (repair: string) => void): Promise<Table> {
  const path = join(folder, file);
  const { table, repairs } = readTable(await readBytes(path), path);
  for (const repair of repairs) say(`${path}: ${repair}`);
  return { ...table, name: tableName(file) };
}

/** @throws {UsageError} naming the place */
export async function readJson(path: string): Promise<unknown> {
  const { text } = decodeText(await readBytes(path), path);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${path}: not JSON: ${error.message}`);
    throw error;
  }
}

const readBytes = (path: string): Promise<Uint8Array> => orUsage(path, 'read', readFile(path));

/** Writes what a command was asked for. @throws {UsageError} naming the file */
export const writeOut = (path: string, text: string): Promise<void> => orUsage(path, 'written', writeFile(path, text));

async function orUsage<T>(path: string, done: 'read' | 'written', work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof AncillaError) throw cause;
    throw new UsageError(`${path}: cannot be ${done} (${cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'})`, {
      cause,
    });
  }
}
