import { isAncillaError, type Io, type Of, type PromptEvent } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { hashedForm, type Message } from '@ancilla/sdk';
import { collect, type Artifacts } from '../artifacts/index.ts';

/** What is larger is no call's. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What was kept of one side of a call. */
export interface KeptContent {
  readonly artifact_id: string;
  readonly value: unknown;
  readonly size: number;
}

/** The JSON of a raw artifact; undefined for one of another category, one that is no JSON, and one that was erased since. */
async function contentOf(of: Of, artifacts: Artifacts, artifact_id: string, category: 'raw_input' | 'raw_response', io: Io) {
  try {
    const { meta, bytes } = await artifacts.open(of, artifact_id, io);
    if (meta.category !== category || meta.size > MOST_BYTES) return undefined;
    const value: unknown = JSON.parse(Buffer.from(await collect(bytes)).toString('utf8'));
    return { artifact_id, value, size: meta.size };
  } catch (error) {
    if (isAncillaError(error, 'not_found') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The raw prompt of a call, where policy let it be kept: behind what the caller named itself stands what was kept. */
export async function keptPrompt(of: Of, artifacts: Artifacts, event: PromptEvent, io: Io): Promise<KeptContent | undefined> {
  for (const ref of event.input_artifact_refs.toReversed()) {
    const found = await contentOf(of, artifacts, ref, 'raw_input', io);
    if (found !== undefined) return found;
  }
  return undefined;
}

export const keptAnswer = async (of: Of, artifacts: Artifacts, event: PromptEvent, io: Io): Promise<KeptContent | undefined> =>
  event.response_artifact_ref === undefined ? undefined : contentOf(of, artifacts, event.response_artifact_ref, 'raw_response', io);

const isMessage = (value: unknown): value is Message =>
  typeof value === 'object' &&
  value !== null &&
  /^[a-z_]{1,20}$/.test(String(Reflect.get(value, 'role'))) &&
  typeof Reflect.get(value, 'content') === 'string';

/** A text, or messages of role and text; anything else is none. */
export function messagesOf(value: unknown): readonly Message[] | undefined {
  if (typeof value === 'string') return [{ role: 'user', content: value }];
  return Array.isArray(value) && value.length > 0 && value.every(isMessage) ? value : undefined;
}

/** The hash of a redacted prompt as events have it. */
export const promptHash = (prompt: string | readonly Message[]): string => sha256Hex(hashedForm(prompt));
