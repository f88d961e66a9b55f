import { promptEvents, type Io, type Of, type PromptEvent } from '@ancilla/contracts';
import type { Artifacts } from '../artifacts/index.ts';
import { keptAnswer, keptPrompt } from '../ingest/index.ts';
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
    const answer = await keptAnswer(of, artifacts, event, io);
    const prompt = answer && (await keptPrompt(of, artifacts, event, io));
    if (answer === undefined || prompt === undefined) continue;
    bytes += prompt.size + answer.size;
    if (bytes > MOST_BYTES) break;
    found.push({ event, prompt: prompt.value, answer: answer.value, artifact_refs: [prompt.artifact_id, answer.artifact_id] });
  }
  return found.toReversed();
}
