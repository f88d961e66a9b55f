import { randomBytes } from 'node:crypto';
import { makeNewId } from '@ancilla/contracts';

const newId = makeNewId({ now: () => Date.now() }, { bytes: (n) => new Uint8Array(randomBytes(n)) });
/** A prompt event as a client sends it, with ids of its own. */
export const event = (over: object = {}) => ({
  event_id: newId('pe'),
  trace_id: randomBytes(16).toString('hex'),
  span_id: randomBytes(8).toString('hex'),
  agent_id: 'a',
  agent_config_id: 'a',
  agent_config_version: '1',
  prompt_template_id: null,
  prompt_version: null,
  prompt_hash: '0'.repeat(64),
  redaction_applied: true,
  redaction_receipt: {
    policy_id: 'p',
    policy_version: '1',
    engine_version: '1.0.0',
    token_key_version: null,
    counts: {},
    bytes_in: 1,
    bytes_out: 1,
  },
  input_artifact_refs: [],
  model_id: 'm',
  model_version: null,
  endpoint: 'https://api.example.com',
  start_ts: '2026-11-24T00:00:00.000Z',
  end_ts: '2026-11-24T00:00:00.001Z',
  latency_ms: 1,
  cost_estimate: null,
  response_summary: {},
  success: true,
  metrics: { token_count_in: null, token_count_out: null, bytes_sent: 2 },
  execution_env: { realm: 'test', node_id: 'n', sdk: 'x', sdk_version: '1' },
  emitter: { id: 'em1', seq: 0 },
  ...over,
});
