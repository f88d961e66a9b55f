// A span of a model call as the same prompt event that the SDK sends.
import { idFrom, toName, toTimestamp, toVersion, type PromptEventInput, type RedactionReceipt } from '@ancilla/contracts';
import { canonicalJson, sha256Hex } from '@ancilla/evidence';
import { Facts } from './facts.ts';
import { sizeOf, type Content } from './messages.ts';
import type { Received } from './spans.ts';

/** What redaction made of the content. */
export interface Cleaned {
  readonly input: unknown;
  readonly receipt: RedactionReceipt;
  readonly input_artifact_refs: readonly string[];
  readonly response_artifact_ref?: string;
}

/** A service that nobody named is called after the path of its program, which is nobody's business here. */
const serviceOf = (facts: Facts): string | undefined => facts.text('service')?.replace(/^unknown_service:.*$/s, 'unknown_service');

function endpointOf(facts: Facts): string {
  const host = facts.text('host');
  const port = facts.count('port');
  if (host !== undefined && /^[A-Za-z0-9.-]{1,253}$/.test(host))
    return port === 80 ? `http://${host}` : `https://${host}${port === null || port === 443 || port > 65_535 ? '' : `:${port}`}`;
  return `provider:${toName(facts.text('provider'), 'unknown')
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, 64)}`;
}

const NANOS_A_MS = 1_000_000n;
/** The last millisecond that four digits of a year can say. */
const LATEST_MS = 253_402_300_799_999n;
const timestampOf = (ms: bigint): string => toTimestamp(Number(ms < LATEST_MS ? ms : LATEST_MS));
const LONGEST_MS = 1_000_000_000n;

/**
 * The same span gives the same id, so that a retry is a duplicate; it sorts by the call's start.
 * @param keyed - a keyed hash of the span's ids: nobody outside can claim another's event
 */
export function eventId(startMs: bigint, keyed: Uint8Array): string {
  const bytes = Uint8Array.from(keyed.subarray(0, 16));
  for (let i = 0; i < 6; i++) bytes[i] = Number((startMs >> BigInt(8 * (5 - i))) & 255n);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return idFrom('pe', bytes);
}

/** @param keyed - makes a keyed hash of the span's ids */
export function toEvent(
  received: Received,
  content: Content,
  { input, receipt, ...refs }: Cleaned,
  { keyed, realm }: { readonly keyed: (data: string) => Uint8Array; readonly realm: string },
): PromptEventInput {
  const { span, scope } = received;
  const facts = new Facts(received);
  const start = span.start / NANOS_A_MS;
  const end = span.end / NANOS_A_MS < start ? start : span.end / NANOS_A_MS;
  const error = facts.text('error');
  const success = span.status.code !== 2 && error === undefined;
  return {
    event_id: eventId(start, keyed(`${span.trace_id}/${span.span_id}`)),
    trace_id: span.trace_id,
    span_id: span.span_id,
    agent_id: toName(facts.text('agent') ?? serviceOf(facts), 'otlp'),
    agent_config_id: null,
    agent_config_version: null,
    prompt_template_id: null,
    prompt_version: null,
    prompt_hash: sha256Hex(canonicalJson(input)),
    redaction_applied: true,
    redaction_receipt: receipt,
    input_artifact_refs: [...refs.input_artifact_refs],
    ...(refs.response_artifact_ref !== undefined && { response_artifact_ref: refs.response_artifact_ref }),
    model_id: toName(facts.text('model'), 'unknown'),
    model_version: toVersion(facts.text('modelVersion')),
    endpoint: endpointOf(facts),
    start_ts: timestampOf(start),
    end_ts: timestampOf(end),
    latency_ms: Number(end - start < LONGEST_MS ? end - start : LONGEST_MS),
    cost_estimate: null,
    response_summary: { messages_in: content.input.length, messages_out: content.output.length },
    success,
    ...(!success && { error_code: toVersion(error)?.replaceAll('+', '-') ?? 'error' }),
    metrics: {
      token_count_in: facts.count('tokensIn'),
      token_count_out: facts.count('tokensOut'),
      bytes_sent: receipt.bytes_out,
      bytes_received: sizeOf(content.output),
    },
    execution_env: {
      realm: toName(facts.text('realm'), realm),
      node_id: toName(facts.text('instance'), 'unknown'),
      sdk: toName(scope.name, 'otlp'),
      sdk_version: toVersion(scope.version) ?? '0',
    },
    // A tracer counts nothing: gaps of other people's exporters cannot be told.
    emitter: { id: `otlp:${toName(serviceOf(facts), 'unknown')}`.slice(0, 128), seq: 0 },
  };
}
