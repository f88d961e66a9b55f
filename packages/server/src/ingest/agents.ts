import {
  AncillaError,
  insertReceived,
  promptEvents,
  type Clock,
  type Io,
  type Of,
  type PromptEventInput,
  type Random,
  type Write,
  type Tenant,
} from '@ancilla/contracts';
import { openSdk, type Agent, type AgentOptions, type Attachment, type Sdk, type Transport } from '@ancilla/sdk';
import type { Tracer } from '@opentelemetry/api';
import { keep, type Artifacts } from '../artifacts/index.ts';
import { toServing, type Curator } from '../curator/index.ts';
import type { TenantKeys } from '../keys/index.ts';
import type { Gates } from './gates.ts';

/** The event of a finished call as writes, to ride in the commit of whatever the call was for. */
export interface Collected {
  readonly collect: (event: Omit<PromptEventInput, 'emitter'>, attachments: readonly Attachment[]) => void;
  /** What is too large for a commit is stored before. */
  writes(io: Io): Promise<readonly Write<Tenant>[]>;
}

/** The server's own agents: they call through the same SDK as everyone else's, with an in-process transport. */
export interface Agents {
  agent(of: Of, id: string, options?: AgentOptions): Agent;
  /** Collects a call's event and, where policy lets them be kept, its raw pair. */
  collector(of: Of, created_by: string): Collected;
}

export interface AgentsParts {
  readonly curator: Curator;
  readonly gates: Gates;
  readonly artifacts: Artifacts;
  readonly keys: (tenant_id: string) => TenantKeys;
  readonly clock: Clock;
  readonly elapsed: () => number;
  readonly random: Random;
  readonly tracer: Tracer;
  readonly realm: string;
  readonly node_id: string;
}

export function openAgents(parts: AgentsParts): Agents {
  const { curator, gates, artifacts, keys, clock, elapsed, random, tracer, realm, node_id } = parts;
  const sdks = new Map<string, Sdk>();
  const emitterId = `server-${node_id}`;
  let emitted = 0;

  const transportFor = (of: Of): Transport => ({
    async resolve(kind, id, ref, io: Io) {
      const found = await curator.resolve(of.tenant, kind, id, ref, io);
      return found === undefined ? undefined : { id, version: found.version, content: found.content };
    },
    async serving(kind, id, io) {
      return (await curator.serving(of.tenant, { kind, id }, io)).map(toServing);
    },
    async redact(value, policyId, io) {
      return await (await gates.of(of, io, policyId)).clean(value, io);
    },
    // The server's agents hand their events to `collect` and their effects to the saga engine; nothing else may leave this way.
    sendEvents: refuse,
    putArtifact: refuse,
    startSaga: refuse,
    appendWal: refuse,
    heartbeat: refuse,
    completeSaga: refuse,
  });

  return {
    agent(of, id, options) {
      let sdk = sdks.get(of.tenant_id);
      if (sdk === undefined) {
        sdk = openSdk({
          transport: transportFor(of),
          clock,
          random,
          elapsed,
          later: () => () => {},
          tracer,
          tokenKey: keys(of.tenant_id).token_key,
          realm,
          node_id,
          tenant_id: of.tenant_id,
          labelTtlMs: 2000,
        });
        sdks.set(of.tenant_id, sdk);
      }
      return sdk.agent(id, options);
    },
    collector(of, created_by) {
      const calls: { readonly event: PromptEventInput; readonly attachments: readonly Attachment[] }[] = [];
      return {
        collect(event, attachments) {
          calls.push({ event: { ...event, emitter: { id: emitterId, seq: emitted++ } }, attachments });
        },
        async writes(io) {
          const all: Write<Tenant>[] = [];
          for (const { event, attachments } of calls) {
            let whole = event;
            for (const { category, bytes, refer } of attachments) {
              const about = { category, content_type: 'application/json', trace_id: event.trace_id, created_by };
              const kept = await keep(of, artifacts, `${event.event_id}/${category}`, { ...about, bytes }, io);
              all.push(...kept.writes);
              whole = refer(whole, kept.artifact_id);
            }
            all.push(insertReceived(promptEvents, { ...whole, tenant_id: of.tenant_id, source: 'server' }, whole));
          }
          return all;
        },
      };
    },
  };
}

const refuse = (): Promise<never> => Promise.reject(new AncillaError('internal', 'the server’s own agents have no delivery of their own'));
