// What a page of a test loads: makes one call, and leaves its event queued.
import { connect } from '../src/index.ts';

/** @returns the event's id, and what the model was given */
export async function callOnce(text: string): Promise<{ readonly event_id: string; readonly prompt: unknown }> {
  const sdk = connect({ url: location.origin, apiKey: 'added by the proxy', queue: { intervalMs: 60_000 } });
  let prompt: unknown;
  const { event_id } = await sdk.agent('page.agent.v1').call({
    prompt: text,
    model: { id: 'm', version: '1', endpoint: 'https://api.example.com' },
  })(async (given) => {
    prompt = given.prompt;
    return { output: 'ok' };
  });
  return { event_id, prompt };
}
