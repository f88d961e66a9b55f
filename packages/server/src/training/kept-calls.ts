import { isAncillaError, promptEvents, type Io, type PromptEvent } from '@ancilla/contracts';
import { collect, type Artifacts, type Of } from '../artifacts/index.ts';
import type { KeptCall } from './call-pairs.ts';

/** The newest calls of an agent that a dataset holds. */
const MOST_CALLS = 10_000;
/** What all of them may hold together: a dataset is made in memory. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Calls of an agent that succeeded and of which policy let prompt and answer be kept, up to a point in the feed, oldest first. */
export async function keptCalls(
  of: Of,
  artifacts: Artifacts,
  { agent_id, through_seq }: { readonly agent_id: string; readonly through_seq: number },
  io: Io,
): Promise<readonly KeptCall[]> {
  const events: PromptEvent[] = [];
  for await (const { seq, doc } of of.tenant.feed([promptEvents], -1, io)) {
    if (seq > through_seq) break;
    if (doc?.agent_id !== agent_id || !doc.success || doc.response_artifact_ref === undefined) continue;
    events.push(doc);
    if (events.length > MOST_CALLS) events.shift();
  }
  const found: KeptCall[] = [];
  let bytes = 0;
  for (const event of events.toReversed()) {
    const answer = await contentOf(of, artifacts, event.response_artifact_ref, 'raw_response', io);
    if (answer === undefined) continue;
    // Behind what the caller named itself stands what the SDK kept.
    for (const ref of event.input_artifact_refs.toReversed()) {
      const prompt = await contentOf(of, artifacts, ref, 'raw_input', io);
      if (prompt === undefined) continue;
      bytes += prompt.size + answer.size;
      if (bytes > MOST_BYTES) return found.toReversed();
      found.push({ event, prompt: prompt.value, answer: answer.value, artifact_refs: [ref, event.response_artifact_ref ?? ''] });
      break;
    }
  }
  return found.toReversed();
}

/** The JSON of an artifact of a category; undefined for one of another, one that is no JSON, and one that was erased since. */
async function contentOf(of: Of, artifacts: Artifacts, ref: string | undefined, category: 'raw_input' | 'raw_response', io: Io) {
  if (ref === undefined) return undefined;
  try {
    const { meta, bytes } = await artifacts.open(of, ref, io);
    if (meta.category !== category || meta.size > MOST_BYTES) return undefined;
    const value: unknown = JSON.parse(Buffer.from(await collect(bytes)).toString('utf8'));
    return { value, size: meta.size };
  } catch (error) {
    if (isAncillaError(error, 'not_found') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
