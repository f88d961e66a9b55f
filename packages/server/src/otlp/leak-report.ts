// What an exporter sends today, by library and key, and how much of it is personal: counted, never kept.
import type { Redact } from '../ingest/index.ts';
import { keyName, LIBRARY } from './clean.ts';
import { kept } from './dialects.ts';
import { bytesOf } from './messages.ts';
import { toJson, type Attributes, type Received, type Value } from './spans.ts';

export interface Leak {
  readonly library: string;
  readonly key: string;
  times: number;
  bytes: number;
  /** Findings of redaction by type. */
  readonly found: Map<string, number>;
}
export interface LeakReport {
  readonly spans: number;
  readonly leaks: readonly Leak[];
}

const MOST_ROWS = 5000;

/** Collects over requests. A value that redaction cannot read counts as UNREADABLE. */
export function openLeakReport(redact: Redact): { add(all: readonly Received[]): void; report(): LeakReport } {
  const isClean = (text: string): boolean => redact(text).value === text;
  const rows = new Map<string, Leak>();
  let spans = 0;
  const look = (library: string, key: string, value: Value): void => {
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) return;
    const name = keyName(key, isClean) ?? '(a key with content)';
    const found = findings(redact, value);
    // What is listed as harmless and is harmless is no leak.
    if (kept.has(key) && found.size === 0) return;
    const id = `${library} ${name}`;
    let row = rows.get(id);
    if (row === undefined) {
      if (rows.size >= MOST_ROWS) return;
      rows.set(id, (row = { library, key: name, times: 0, bytes: 0, found: new Map() }));
    }
    row.times++;
    row.bytes += bytesOf(value);
    for (const [type, times] of found) row.found.set(type, (row.found.get(type) ?? 0) + times);
  };
  const lookAll = (library: string, attributes: Attributes): void => {
    for (const [key, value] of attributes) look(library, key, value);
  };
  return {
    add(all) {
      for (const { resource, scope, span } of all) {
        const library = LIBRARY.test(scope.name) ? scope.name : '(no library)';
        spans++;
        lookAll(library, resource);
        lookAll(library, scope.attributes);
        lookAll(library, span.attributes);
        for (const event of span.events) lookAll(library, event.attributes);
        for (const link of span.links) lookAll(library, link.attributes);
        if (findings(redact, span.name).size > 0) look(library, 'span.name', span.name);
        if (span.status.message !== '') look(library, 'status.message', span.status.message);
      }
    },
    report: () => ({ spans, leaks: [...rows.values()].toSorted((a, b) => total(b) - total(a) || b.bytes - a.bytes) }),
  };
}

const total = ({ found }: Leak): number => [...found.values()].reduce((sum, times) => sum + times, 0);

function findings(redact: Redact, value: Value): Map<string, number> {
  try {
    return new Map(Object.entries(redact(toJson(value)).receipt.counts));
  } catch {
    return new Map([['UNREADABLE', 1]]);
  }
}

/** A table for people. */
export function formatLeakReport({ spans, leaks }: LeakReport): string {
  if (leaks.length === 0) return `${spans} spans, no raw content in them\n`;
  const rows = leaks.map(({ library, key, times, bytes, found }) => [
    library,
    key,
    String(times),
    String(bytes),
    [...found].map(([type, count]) => `${type} ${count}`).join(', ') || '-',
  ]);
  const head = ['library', 'key', 'times', 'bytes', 'found in it'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${spans} spans; raw content leaves in ${leaks.length} places\n${[head, ...rows].map(line).join('\n')}\n`;
}
