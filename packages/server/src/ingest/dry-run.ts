// What a policy that is only proposed would find in content that is already kept: counts by type, nothing shown.
import { artifacts as artifactDocuments, everyOf, isAncillaError, type ArtifactCategory, type Io, type Of } from '@ancilla/contracts';
import type { Artifacts } from '../artifacts/index.ts';
import type { Gate } from './gate.ts';

export interface DryRun {
  /** Artifacts that were read. */
  readonly read: number;
  /** Too large, erased meanwhile, or such that redaction refuses it. */
  readonly left_out: number;
  /** By type, how many more the proposed policy finds, and how many fewer, over artifacts that differ. */
  readonly added: Readonly<Record<string, number>>;
  readonly removed: Readonly<Record<string, number>>;
}

const CATEGORIES = ['raw_input', 'raw_response'] as const satisfies readonly ArtifactCategory[];
const MOST_BYTES = 8 * 1024 * 1024;

/** The newest artifacts of raw content, at most `limit` of each category. */
export async function dryRun(
  of: Of,
  {
    store,
    inForce,
    proposed,
    limit,
  }: { readonly store: Artifacts; readonly inForce: Gate; readonly proposed: Gate; readonly limit: number },
  io: Io,
): Promise<DryRun> {
  const [added, removed] = [new Map<string, number>(), new Map<string, number>()];
  let [read, left_out] = [0, 0];
  for (const category of CATEGORIES) {
    let left = limit;
    const newest = everyOf((page) => of.tenant.find(artifactDocuments, { index: 'by_category', equals: { category }, ...page }, io));
    for await (const { doc } of newest) {
      if (left-- === 0) break;
      const content = doc.size > MOST_BYTES ? undefined : await contentOf(store, of, doc.artifact_id, io);
      const [now, then] = await Promise.all([counts(inForce, content, io), counts(proposed, content, io)]);
      if (now === undefined || then === undefined) {
        left_out++;
        continue;
      }
      read++;
      for (const type of new Set([...Object.keys(now), ...Object.keys(then)])) {
        const more = (then[type] ?? 0) - (now[type] ?? 0);
        const into = more > 0 ? added : removed;
        if (more !== 0) into.set(type, (into.get(type) ?? 0) + Math.abs(more));
      }
    }
  }
  return { read, left_out, added: inOrder(added), removed: inOrder(removed) };
}

const inOrder = (counted: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...counted].toSorted(([a], [b]) => (a < b ? -1 : 1)));

async function contentOf(store: Artifacts, of: Of, id: string, io: Io): Promise<unknown> {
  let text: string;
  try {
    text = new TextDecoder().decode(await store.bytes(of, id, io));
  } catch (error) {
    if (isAncillaError(error, 'not_found')) return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    return text; // Not every artifact is JSON.
  }
}

async function counts(gate: Gate, content: unknown, io: Io): Promise<Readonly<Record<string, number>> | undefined> {
  if (content === undefined) return undefined;
  try {
    return (await gate.clean(content, io)).receipt.counts;
  } catch (error) {
    if (isAncillaError(error, 'redaction.failed', 'redaction.refused')) return undefined;
    throw error;
  }
}
