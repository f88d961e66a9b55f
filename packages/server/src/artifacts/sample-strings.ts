import { artifacts, type ArtifactCategory, type Io } from '@ancilla/contracts';
import type { Artifacts, Of } from './artifacts.ts';

/** Newest artifacts looked into, of each category. */
const MOST_ARTIFACTS = 1000;
/** What is larger is no call's input; it is left out. */
const MOST_BYTES = 1024 * 1024;
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

/**
 * The values that raw content of some categories holds, each once: what a leak test looks for elsewhere. Newest artifacts first, bounded.
 * For the server's own use, like `open`.
 */
export const sampleStrings = async (
  store: Artifacts,
  of: Of,
  categories: readonly ArtifactCategory[],
  io: Io,
): Promise<readonly string[]> => {
  const found = new Set<string>();
  for (const category of categories) {
    let cursor: string | undefined;
    for (let read = 0; read < MOST_ARTIFACTS;) {
      const page = await of.tenant.find(
        artifacts,
        { index: 'by_category', equals: { category }, ...(cursor !== undefined && { cursor }) },
        io,
      );
      for (const { doc } of page.items) {
        if (doc.size > MOST_BYTES) continue;
        const text = new TextDecoder().decode(await store.bytes(of, doc.artifact_id, io));
        for (const value of textsOf(parsed(text))) {
          if (found.size === MOST_STRINGS) return [...found];
          found.add(value);
        }
      }
      read += page.items.length;
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
  }
  return [...found];
};
