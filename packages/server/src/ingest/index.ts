// Evidence comes in: prompt events, checked, cleaned by the second gate, durable and in the ledger when acknowledged.
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  AncillaError,
  Closed,
  Id,
  invalidAt,
  nothing,
  RedactionReceipt,
  route,
  Name,
  type Clock,
  type FieldError,
  type Io,
  type NewId,
  type Of,
  type PromptEvent,
  type PromptEventInput,
  type Room,
} from '@ancilla/contracts';
import { Type, type Static } from 'typebox';
import type { Artifacts } from '../artifacts/index.ts';
import { openCommitting, type Ready } from './committing.ts';
import { dryRun } from './dry-run.ts';
import { checkEvent } from './events.ts';
import type { Gates } from './gates.ts';
import type { KnownDocuments } from './known.ts';
import type { Quarantine, Replay } from './quarantine.ts';
import { recomputeRoute } from './recompute.ts';

export { openAgents, type Agents, type Collected } from './agents.ts';
export { failingEngine } from './failing-engine.ts';
export { openGate, redactorOf, type Gate, type Redact, type Taken } from './gate.ts';
export { openRedactionThreads } from './redaction-threads.ts';
export type { RedactedValue } from './redaction-thread.ts';
export { openGates, type Gates, type TenantGate, type Writing } from './gates.ts';
export { keptAnswer, keptPrompt, messagesOf, promptHash } from './kept-content.ts';
export { openKnownDocuments } from './known.ts';
export { openQuarantine, openReplays, type Quarantine, type Replay } from './quarantine.ts';

const MOST_EVENTS = 1000;
const EVENTS_A_TURN = 128;
const BODY_LIMIT = 8 * 1024 * 1024;

const Rejected = Type.Object({ index: Type.Integer(), code: Type.String(), detail: Type.String() });
const Changed = Type.Object({ index: Type.Integer(), fields: Type.Array(Type.String()) });
/** The answer to a batch. `receipt.signature` is a signed note over size and root: enough to prove later that these events were acknowledged. */
const Ingested = Type.Object({
  accepted: Type.Integer(),
  duplicates: Type.Integer(),
  rejected: Type.Array(Rejected),
  changed: Type.Array(Changed),
  receipt: Type.Union([
    Type.Object({
      log_id: Type.String(),
      first_seq: Type.Union([Type.Integer(), Type.Null()]),
      size: Type.Integer(),
      root: Type.String(),
      signature: Type.String(),
    }),
    Type.Null(),
  ]),
});

const Counts = Type.Record(Type.String(), Type.Integer());
const DryRunAnswer = Type.Object({ read: Type.Integer(), left_out: Type.Integer(), added: Counts, removed: Counts });
/** Artifacts of a category that a dry run reads. */
const USUALLY_TRIED = 200;
const MOST_TRIED = 2000;

export interface IngestParts {
  readonly artifacts: Artifacts;
  readonly gates: Gates;
  readonly quarantine: Quarantine;
  readonly known: KnownDocuments;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Signs size and root of a log after a commit group; the same group gives the same note. */
  readonly signReceipt: (of: { readonly log_id: string; readonly size: number; readonly root: string }) => string;
}

/** What takes events in, for the route and for the server's own agents. */
export interface Ingest {
  ingest(
    of: Of,
    sent: readonly unknown[],
    source: PromptEvent['source'],
    io: Io,
    /** What each event was made from, where that is what the client sent: a retry is told by it. */
    received?: readonly object[],
  ): Promise<Static<typeof Ingested>>;
}

export function openIngest({
  artifacts,
  gates,
  quarantine,
  known,
  clock,
  newId,
  signReceipt,
}: IngestParts): Room & Ingest & { readonly replay: Replay } {
  const commit = openCommitting();

  async function ingest(of: Of, sent: readonly unknown[], source: PromptEvent['source'], io: Io, received?: readonly object[]) {
    const checked = sent.map((event, index) => checkEvent(event, index, of.tenant_id));
    const gate = await gates.of(of, io);
    const ready: Ready[] = [];
    const changed: Static<typeof Changed>[] = [];
    const rejected: Static<typeof Rejected>[] = [];
    const problems: FieldError[] = [];
    for (const each of checked) {
      if (!('event' in each)) {
        rejected.push({ index: each.index, code: each.code, detail: each.detail });
        problems.push(...each.errors);
        continue;
      }
      const { clean, fields } = gate.cleanEvent(each.event);
      if (fields.length > 0) changed.push({ index: each.index, fields: [...fields] });
      ready.push({
        index: each.index,
        sent: received?.[each.index] ?? each.event,
        doc: await complete(clean, of, source, io),
        checked: fields.length === 0,
      });
      // Others wait no longer than for some of a large batch.
      if (ready.length % EVENTS_A_TURN === 0) await nextTurn();
    }
    if (ready.length === 0) {
      const [only] = checked;
      if (sent.length === 1 && only !== undefined && !('event' in only))
        throw new AncillaError(only.code, only.detail, { errors: problems.map(dropIndex) });
      return { accepted: 0, duplicates: 0, rejected, changed, receipt: null };
    }
    const { receipt, conflicts } = await commit(of, ready, io);
    for (const index of conflicts) rejected.push({ index, code: 'store.conflict', detail: `event ${index} has the id of another event` });
    const duplicates = receipt.writes.filter(({ duplicate }) => duplicate).length;
    const seqs = receipt.writes.flatMap(({ seq, duplicate }) => (seq === undefined || duplicate ? [] : [seq]));
    const { log_id, size, root } = receipt;
    return {
      accepted: receipt.writes.length - duplicates,
      duplicates,
      rejected: rejected.toSorted((a, b) => a.index - b.index),
      changed,
      receipt: {
        log_id,
        first_seq: seqs.length === 0 ? null : Math.min(...seqs),
        size,
        root,
        signature: signReceipt({ log_id, size, root }),
      },
    };
  }

  /** What the server knows better: the tenant, the source, whether config and template exist. */
  async function complete(event: PromptEventInput, of: Of, source: PromptEvent['source'], io: Io): Promise<PromptEvent> {
    const unresolved = await known.unresolved(of, event, io);
    const ours = { tenant_id: of.tenant_id, source };
    // Copied whole where that will do: leaving a field out costs several times as much, and almost no event brings this one.
    if (unresolved.length > 0) return { ...event, ...ours, unresolved: [...unresolved] };
    if (!('unresolved' in event)) return { ...event, ...ours };
    const { unresolved: _, ...rest } = event;
    return { ...rest, ...ours };
  }

  return {
    ingest,
    async replay(of, _item, bytes, io) {
      const body: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
      await ingest(of, Array.isArray(body) ? body : [body], 'sdk', io);
    },
    routes: [
      route({
        method: 'POST',
        path: '/dif/prompt_events',
        action: 'evidence.write',
        summary: 'Send one prompt event or an array of at most 1,000; acknowledged means durable and in the ledger',
        ...nothing,
        body: Type.Unknown(),
        bodyLimitBytes: BODY_LIMIT,
        answers: { 200: Ingested, 202: Type.Object({ ...Ingested.properties, quarantine_id: Id('qu') }) },
        async handle({ tenant, tenant_id, who, body, trace, signal }) {
          const sent: readonly unknown[] = Array.isArray(body) ? body : [body];
          if (sent.length > MOST_EVENTS)
            throw new AncillaError('request.too_large', `${sent.length} events at once; at most ${MOST_EVENTS}`);
          if (sent.length === 0) throw invalidAt('', 'must hold at least one event', 'an array of events must hold at least one');
          const of = { tenant, tenant_id };
          const io = { signal };
          const received = {
            route: 'prompt_events',
            media: 'application/json',
            bytes: () => Buffer.from(JSON.stringify(body)),
            received_by: who.id,
            trace_id: trace.trace_id,
          } as const;
          const outcome = await quarantine.guard(of, received, () => ingest(of, sent, 'sdk', io), io);
          if ('done' in outcome) return [200, outcome.done] as const;
          const kept = { accepted: 0, duplicates: 0, rejected: [], changed: [], receipt: null, quarantine_id: outcome.quarantined };
          return [202, kept] as const;
        },
      }),
      route({
        method: 'POST',
        path: '/redaction/redact',
        action: 'redaction.use',
        summary: 'Redact a JSON value under the tenant’s policy: for callers that do not hold the token key',
        ...nothing,
        body: Closed({ value: Type.Unknown(), policy_id: Type.Optional(Name) }),
        bodyLimitBytes: BODY_LIMIT,
        answers: { 200: Type.Object({ value: Type.Unknown(), receipt: RedactionReceipt }) },
        async handle({ tenant, tenant_id, body, signal }) {
          const of = { tenant, tenant_id };
          const io = { signal };
          const gate = await (body.policy_id === undefined ? gates.of(of, io) : gates.named(of, body.policy_id, io));
          return [200, await gate.clean(body.value, io)] as const;
        },
      }),
      route({
        method: 'POST',
        path: '/redaction/dry_run',
        action: 'curator.write',
        summary: 'What a proposed policy would find in the newest raw content that is kept: counts by type, nothing shown',
        ...nothing,
        body: Closed({ policy: Type.Unknown(), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_TRIED })) }),
        answers: { 200: DryRunAnswer },
        async handle({ tenant, tenant_id, body, signal }) {
          const of = { tenant, tenant_id };
          const proposed = gates.proposed(tenant_id, body.policy);
          const inForce = await gates.of(of, { signal });
          const { limit = USUALLY_TRIED } = body;
          return [200, await dryRun(of, { store: artifacts, inForce, proposed, limit }, { signal })] as const;
        },
      }),
      recomputeRoute({ artifacts, gates, clock, newId }),
    ],
  };
}

const dropIndex = ({ path, message }: FieldError): FieldError => ({ path: path.replace(/^\/\d+/, ''), message });
