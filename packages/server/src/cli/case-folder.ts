import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AncillaError } from '@ancilla/contracts';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { idFault, Term } from '../mapping/glossaries.ts';
import type { Answer } from '../mapping/learn.ts';
import { decodeText } from '../mapping/decode-text.ts';
import { readTable } from '../mapping/read-table.ts';
import type { Table } from '../mapping/ready-columns.ts';
import { UsageError } from './io.ts';

const termCheck = Compile(Term);
const Entries = Compile(Type.Object({ entries: Type.Array(Type.Unknown()) }));

/** A table by its file, with or without folder and ending. */
export const tableName = (file: string): string =>
  file
    .trim()
    .replace(/^.*[/\\]/, '')
    .replace(/\.csv$/i, '');

/** Reads a glossary: a list of terms, bare or under `entries`. @throws {UsageError} naming the entry, the field and what it should be */
export async function readGlossary(path: string): Promise<readonly Term[]> {
  const value = await readJson(path);
  const entries: readonly unknown[] | undefined = Array.isArray(value) ? value : Entries.Check(value) ? value.entries : undefined;
  if (entries === undefined)
    throw new UsageError(`${path}: not a glossary; write a list of terms, or {"entries": [terms]}, a term {"semantic_id": "…"}`);
  if (entries.length === 0) throw new UsageError(`${path}: the glossary is empty; it needs at least one term`);
  const terms = entries.map((entry, at) => {
    if (termCheck.Check(entry)) return entry;
    const [error] = termCheck.Errors(entry);
    throw new UsageError(
      `${path}: entry ${at + 1}${error === undefined ? '' : `, ${error.instancePath || 'itself'} ${error.message}`}; a term is ${TERM_SHAPE}`,
    );
  });
  const fault = idFault(terms);
  if (fault !== undefined) throw new UsageError(`${path}: ${fault}`);
  return terms;
}
const TERM_SHAPE =
  '{"semantic_id": text, "name"?: text, "description"?: text, "dtype"?: text, "enum_values"?: [text], "sample_values"?: [text]}';

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
