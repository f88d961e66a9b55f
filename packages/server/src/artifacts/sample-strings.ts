import { artifacts, everyOf, isAncillaError, type Artifact, type ArtifactCategory, type Io, type Of } from '@ancilla/contracts';
import type { Artifacts } from './artifacts.ts';

/** What is larger is no call's input; it is left out. */
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_STRINGS = 200_000;

/** Every text in a JSON value, names of members too. */
function* textsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const [name, member] of Object.entries(value)) {
      if (!Array.isArray(value)) yield name;
      yield* textsOf(member);
    }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: its lines are its values.
    return text.split(/\r?\n/);
  }
};

async function* artifactsOf({ tenant }: Of, trace_id: string, categories: readonly ArtifactCategory[], io: Io): AsyncGenerator<Artifact> {
  for await (const { doc } of everyOf((page) => tenant.find(artifacts, { index: 'by_trace', equals: { trace_id }, ...page }, io)))
    if (categories.includes(doc.category) && doc.size <= MOST_BYTES) yield doc;
}

/**
 * The values that raw content of some traces holds, each once: what a leak test looks for elsewhere. Bounded.
 * For the server's own use, like `open`.
 */
export const sampleStrings = async (
  store: Artifacts,
  of: Of,
  { trace_ids, categories }: { readonly trace_ids: Iterable<string>; readonly categories: readonly ArtifactCategory[] },
  io: Io,
): Promise<readonly string[]> => {
  const found = new Set<string>();
  for (const trace_id of trace_ids)
    for await (const { artifact_id } of artifactsOf(of, trace_id, categories, io)) {
      const text = await readText(store, of, artifact_id, io);
      for (const value of textsOf(parsed(text))) {
        if (found.size === MOST_STRINGS) return [...found];
        found.add(value);
      }
    }
  return [...found];
};

async function readText(store: Artifacts, of: Of, artifact_id: string, io: Io): Promise<string> {
  try {
    return new TextDecoder().decode(await store.bytes(of, artifact_id, io));
  } catch (error) {
    // Erased since it was listed: there is no value any more.
    if (isAncillaError(error, 'not_found')) return '';
    throw error;
  }
}
