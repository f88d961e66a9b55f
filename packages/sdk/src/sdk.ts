// Runs in browsers too. What an agent imports: connect once, name an agent, call it.
import { makeNewId, type Clock, type Random } from '@ancilla/contracts';
import { parsePolicy, redactor, type TokenKey } from '@ancilla/redaction';
import { trace, type Tracer } from '@opentelemetry/api';
import { runCall } from './call.ts';
import type { CallOptions, CallParts, CallRedactor, CallResult, Configured, Hook, ModelAnswer, ModelInput } from './call-options.ts';
import { parseAgentConfig, parseTemplate } from './config.ts';
import { openDelivery, type DeliveryOptions, type DeliveryStats, type OnProblem, type Spool } from './delivery.ts';
import { draw } from './draw.ts';
import { openResolver } from './resolve.ts';
import type { BoundTool } from './tools.ts';
import type { Ref, Transport } from './transport.ts';
import { unlessAborted } from './unless-aborted.ts';

export const SDK_NAME = 'ancilla-ts';
export const SDK_VERSION = '0.1.0';

/** What the SDK runs on. `connect()` fills in what a process has; the server hands over its own. */
export interface SdkParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds that never step back. */
  readonly elapsed: () => number;
  readonly later: DeliveryOptions['later'];
  readonly tracer?: Tracer;
  /** With the tenant's token key values are redacted here; without it the server is asked, and without its answer nothing is called. */
  readonly tokenKey?: TokenKey;
  readonly realm: string;
  readonly node_id: string;
  readonly tenant_id?: string;
  /** Share of traces whose successful calls leave an event; calls that failed, and those of an agent with a canary, always do. 1 unless told: what is not sent cannot be audited. */
  readonly sampleShare?: number;
  /** How long a label's answer is believed. */
  readonly labelTtlMs?: number;
  readonly queue?: Partial<Pick<DeliveryOptions, 'capacity' | 'capacityBytes' | 'batch' | 'intervalMs'>>;
  /** Keeps events until they have arrived, also when the process is killed: `openSpool(folder)` of `@ancilla/sdk/spool`. */
  readonly spool?: Spool;
  readonly onProblem?: OnProblem;
}

/** An agent as its config describes it. */
export interface Agent {
  /**
   * One governed call: `agent.call({ variables, inputs, model })(async ({ prompt, signal, tool }) => answer)`.
   * @throws {AgentError} when config or template is unknown, what redaction throws, `HookError`, `ToolError`, and what the callback throws
   */
  call(options: CallOptions): (model: (input: ModelInput) => Promise<ModelAnswer>) => Promise<CallResult>;
}

export interface AgentOptions {
  /** Which version of the config; the label `production` unless told. */
  readonly config?: Ref;
  readonly template?: Ref;
  readonly tools?: Readonly<Record<string, BoundTool>>;
  readonly hooks?: Readonly<Record<string, Hook>>;
}

/** The config, template or policy a call needs does not exist or cannot be read: the model was not called. */
export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly code: 'agent.unknown' | 'template.unknown' | 'policy.unknown' | 'agent.invalid';
  constructor(code: AgentError['code'], detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
  }
}

export interface Sdk extends AsyncDisposable {
  agent(id: string, options?: AgentOptions): Agent;
  /** Sends what is queued; answers how many events are left when the time is over. */
  flush(timeoutMs?: number): Promise<number>;
  stats(): DeliveryStats;
}

const PRODUCTION: Ref = { label: 'production' };
const DEFAULT_POLICY = 'tenant_default';

/** Opens the SDK over given parts. Disposing it flushes. */
export function openSdk(parts: SdkParts): Sdk {
  const { transport, clock, random, elapsed, later, onProblem = () => {} } = parts;
  const newId = makeNewId(clock, random);
  const hex = (bytes: number): string => Array.from(random.bytes(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const resolver = openResolver({ transport, clock: { now: elapsed }, ttlMs: parts.labelTtlMs ?? 60_000 });
  const delivery = openDelivery({
    transport,
    random,
    later,
    capacity: 10_000,
    capacityBytes: 64 * 1024 * 1024,
    batch: 100,
    intervalMs: 1000,
    ...parts.queue,
    ...(parts.spool !== undefined && { spool: parts.spool }),
    onProblem,
  });
  const emitterId = `em-${hex(8)}`;
  let emitted = 0;
  const { sampleShare = 1 } = parts;
  const emit: CallParts['emit'] = (event, attachments) => {
    // A trace is in the sample as a whole or not at all; what is left out on purpose is no gap. Arms on trial are compared by all their calls: of a sample in which every
    // failure is, the arm that fails more would have more.
    if (event.success && event.arm === undefined && Number.parseInt(event.trace_id.slice(-8), 16) / 2 ** 32 >= sampleShare) return;
    // The number is taken before the queue decides: what is dropped shows as a gap.
    delivery.enqueue({ ...event, emitter: { id: emitterId, seq: emitted++ } }, attachments);
  };
  const pause = (attempt: number, signal: AbortSignal) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = later(Math.min(10_000, 100 * 2 ** attempt * (0.5 + (random.bytes(1)[0] ?? 0) / 512)), resolve, true);
    return unlessAborted(promise, signal).finally(cancel);
  };

  const policies = new Map<string, { readonly storeRaw: boolean; readonly redact: CallRedactor['redact'] | undefined }>();
  async function redaction(policyId: string, signal: AbortSignal): Promise<CallRedactor> {
    const found = await resolver.get('redaction_policies', policyId, PRODUCTION, { signal });
    if (found === undefined)
      throw new AgentError('policy.unknown', `no redaction policy ${policyId} is labelled production: the model was not called`);
    const key = `${policyId}@${found.version}`;
    let opened = policies.get(key);
    if (opened === undefined) {
      const policy = parsePolicy(found.content);
      const { tokenKey } = parts;
      policies.set(key, (opened = { storeRaw: policy.store_raw, redact: tokenKey && redactor({ policy, tokenKey }).redact }));
    }
    const { storeRaw, redact = (value) => transport.redact(value, policyId, { signal }) } = opened;
    return { storeRaw, redact };
  }

  const flush: Sdk['flush'] = (timeoutMs = 10_000) => delivery.flush({ signal: AbortSignal.timeout(timeoutMs) });

  return {
    agent(id, agentOptions = {}) {
      const configured = async (ref: Ref, signal: AbortSignal): Promise<Configured> => {
        const found = await resolver.get('agent_configs', id, ref, { signal });
        if (found === undefined)
          throw new AgentError(
            'agent.unknown',
            `agent ${id} has no config ${'label' in ref ? `labelled ${ref.label}` : ref.version}: the model was not called; a steward saves one under /curator/agent_configs/${id}/versions and labels it`,
          );
        const config = parseAgentConfig(found.content, found.version);
        const templateId = config.prompt_template_id;
        const stored =
          templateId === undefined
            ? undefined
            : await resolver.get('prompt_templates', templateId, agentOptions.template ?? PRODUCTION, { signal });
        const template =
          stored === undefined || templateId === undefined ? undefined : parseTemplate(templateId, stored.version, stored.content);
        const policyId = config.pre_hooks.find(({ name }) => name === 'redact')?.policy_ref ?? DEFAULT_POLICY;
        return {
          config,
          template,
          redactor: await redaction(policyId, signal),
          prices: await resolver.get('price_lists', 'default', PRODUCTION, { signal }),
        };
      };
      /** The config that is asked for; unless one is named, a trace falls on the one in production or, for its share of traces, on the canary. */
      const choice = async (signal: AbortSignal): Promise<(trace_id: string) => Configured> => {
        const { config: named } = agentOptions;
        const stable = await configured(named ?? PRODUCTION, signal);
        const canary = named === undefined ? await resolver.canary('agent_configs', id, { signal }) : undefined;
        if (canary === undefined) return () => stable;
        // A candidate that cannot be had fails the traces that fall on it, and no others.
        const candidate = await configured({ version: canary.version }, signal).then(
          (made) => (): Configured => made,
          (error: unknown) => (): never => {
            throw error;
          },
        );
        const { rollout_id, key, share } = canary;
        return (trace_id) =>
          draw(key, trace_id).at < share ? { ...candidate(), arm: 'canary', rollout_id } : { ...stable, arm: 'stable', rollout_id };
      };
      return {
        call: (options) => async (model) => {
          const signal = options.signal ?? new AbortController().signal;
          const chosen = await choice(signal);
          return await runCall(
            {
              agent_id: id,
              configured(trace_id) {
                const made = chosen(trace_id);
                if (options.prompt === undefined && made.template === undefined)
                  throw new AgentError(
                    'template.unknown',
                    `the prompt template of agent ${id} is not labelled production: the model was not called`,
                  );
                return made;
              },
              tools: agentOptions.tools ?? {},
              hooks: agentOptions.hooks ?? {},
              transport,
              tracer: parts.tracer ?? trace.getTracer(SDK_NAME, SDK_VERSION),
              tenant_id: parts.tenant_id,
              env: { realm: parts.realm, node_id: parts.node_id, sdk: SDK_NAME, sdk_version: SDK_VERSION },
              now: () => clock.now(),
              elapsed,
              newId,
              onProblem,
              newTraceId: () => hex(16),
              newSpanId: () => hex(8),
              later,
              pause,
              emit,
            },
            options,
            model,
          );
        },
      };
    },
    flush,
    stats: delivery.stats,
    async [Symbol.asyncDispose]() {
      await flush();
    },
  };
}
