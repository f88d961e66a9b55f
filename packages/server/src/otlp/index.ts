// Any OpenTelemetry exporter can point here: spans of model calls become prompt events, everything else is left out by default.
import {
  AncillaError,
  ByteStream,
  Bytes,
  idFrom,
  isAncillaError,
  nothing,
  route,
  type Clock,
  type Io,
  type KeyedHash,
  type Of,
  type OtlpKey,
  type PromptEventInput,
  type Room,
} from '@ancilla/contracts';
import type { Artifacts } from '../artifacts/index.ts';
import type { Gates, Ingest, Quarantine, RedactedValue, Replay, TenantGate } from '../ingest/index.ts';
import { toEvent, type Cleaned } from './call.ts';
import { cleanSpan, type Cleaner } from './clean.ts';
import { openDrift, type Sighting } from './drift.ts';
import { Facts } from './facts.ts';
import type { Forward } from './forward.ts';
import { contentOf, type Content } from './messages.ts';
import { writeAnswer } from './protobuf.ts';
import { PROTOBUF, readExport } from './read-export.ts';
import { bounds, toJson, type Received } from './spans.ts';
import { PACKED_LIMIT } from './unpack.ts';

export { openForward, type Forwarded } from './forward.ts';
export { openLeakReport, formatLeakReport, type LeakReport } from './leak-report.ts';
export { readExport } from './read-export.ts';
export { PACKED_LIMIT } from './unpack.ts';

export interface OtlpParts {
  readonly gates: Gates;
  readonly ingest: Ingest;
  readonly quarantine: Quarantine;
  readonly artifacts: Artifacts;
  readonly hmac: KeyedHash;
  readonly realm: string;
  /** Where cleaned spans go besides. */
  readonly forward?: Forward | undefined;
  readonly clock: Clock;
  /** Told of an attribute key that a tenant's library sends for the first time. */
  readonly onDrift: (drift: OtlpKey & { readonly tenant_id: string }) => void;
}

/** Why a span was refused, by its place in the request. */
interface Refused {
  readonly index: number;
  readonly detail: string;
}
/** A call as an event, by its span's place in the request; `sent`: all of the span, to be told by when it comes again. */
interface Call {
  readonly index: number;
  readonly event: PromptEventInput;
  readonly sent: object;
}
/** What a model was asked and answered, and the question as redaction leaves it. */
interface ReadCall {
  readonly content: Content;
  readonly clean: RedactedValue;
}
/** Reasons that an answer repeats. */
const MOST_REASONS = 5;
/** What ingest takes at once. */
const MOST_EVENTS = 1000;

export function openOtlp({
  gates,
  ingest,
  quarantine,
  artifacts,
  hmac,
  realm,
  forward,
  clock,
  onDrift,
}: OtlpParts): Room & { readonly replay: Replay } {
  const drift = openDrift({ clock });
  const cleaners = new WeakMap<TenantGate, Cleaner>();

  /** What redaction found clean stays clean under its policy: names of models and services come with every span. */
  function cleanerFor(gate: TenantGate, tenant_id: string): Cleaner {
    let cleaner = cleaners.get(gate);
    if (cleaner === undefined) {
      const known = new Map<string, boolean>();
      cleaner = {
        isClean(text) {
          let clean = known.get(text);
          if (clean === undefined) {
            clean = gate.text(text).text === text;
            if (known.size >= MOST_KNOWN) known.clear();
            known.set(text, clean);
          }
          return clean;
        },
        hash: (text) => Buffer.from(hmac(tenant_id, 'otlp.value', text)).toString('hex'),
      };
      cleaners.set(gate, cleaner);
    }
    return cleaner;
  }

  /** Takes each span or refuses it, for a reason of its own; refused as a whole is a batch only when redaction is not there. */
  async function receive(of: Of, received_by: string, all: readonly Received[], io: Io): Promise<readonly Refused[]> {
    const gate = await gates.of(of, io);
    const cleaner = cleanerFor(gate, of.tenant_id);
    const refused: Refused[] = [];
    const calls: Call[] = [];
    const cleanSpans: Received[] = [];
    const sightings: Sighting[] = [];
    const reasons = all.map(whyNot);
    // All at once, so that threads read side by side; each answers for its span.
    const read = await Promise.allSettled(
      all.map(async (received, i) => (reasons[i] === undefined ? readCall(gate, received, io) : undefined)),
    );
    for (const [index, received] of all.entries()) {
      const reason = reasons[index];
      if (reason !== undefined) {
        refused.push({ index, detail: reason });
        continue;
      }
      try {
        const added = new Map<string, string>();
        const call = valueOf(read[index]);
        if (call !== undefined) {
          const event = toEvent(received, call.content, await sealed(of, received_by, gate, received, call, io), {
            keyed: (data) => hmac(of.tenant_id, 'otlp.event', data),
            realm,
          });
          calls.push({ index, event, sent: asSent(received) });
          added.set('ancilla.prompt_hash', event.prompt_hash);
        }
        const { clean, dropped } = cleanSpan(received, cleaner, added);
        sightings.push({ library: clean.scope.name, trace_id: clean.span.trace_id, dropped });
        cleanSpans.push(clean);
      } catch (error) {
        // A span that redaction cannot read is refused and never kept; when redaction is not there at all, nothing is read.
        if (!isAncillaError(error, 'redaction.failed', 'redaction.refused') || !gate.works()) throw error;
        refused.push({ index, detail: `redaction refuses it: ${error.message}` });
      }
    }
    refused.push(...(await keepCalls(of, calls, io)));
    for (const key of await drift.note(of, sightings, io)) onDrift({ ...key, tenant_id: of.tenant_id });
    forward?.send(cleanSpans);
    return refused;
  }

  /** Has the events of calls ingested, as many at once as that takes. @returns those that are not taken */
  async function keepCalls(of: Of, calls: readonly Call[], io: Io): Promise<readonly Refused[]> {
    const refused: Refused[] = [];
    for (let from = 0; from < calls.length; from += MOST_EVENTS) {
      const batch = calls.slice(from, from + MOST_EVENTS);
      const [events, sent] = [batch.map(({ event }) => event), batch.map((call) => call.sent)];
      const rejected = await ingest.ingest(of, events, 'otlp', io, sent).then(
        (taken) => taken.rejected,
        (error: unknown) => {
          // Of a batch none of which is taken, ingest throws; the other spans are no worse for it.
          if (!isAncillaError(error, 'store.conflict', 'schema.invalid')) throw error;
          return batch.map((_, index) => ({ index, detail: error.message }));
        },
      );
      for (const { index, detail } of rejected) refused.push({ index: batch[index]?.index ?? 0, detail });
    }
    return refused;
  }

  /** What was sent to the model after redaction; the raw pair is sealed where policy lets it be kept, and otherwise gone with the request. */
  async function sealed(
    of: Of,
    received_by: string,
    gate: TenantGate,
    { span }: Received,
    { content, clean: { value: input, receipt } }: ReadCall,
    io: Io,
  ): Promise<Cleaned> {
    if (!gate.storeRaw) return { input, receipt, input_artifact_refs: [] };
    const seal = async (category: 'raw_input' | 'raw_response', messages: Content['input']): Promise<string | undefined> => {
      if (messages.length === 0) return undefined;
      // The same span names the same artifact, so that a retry stores nothing twice.
      const artifact_id = idFrom('ar', hmac(of.tenant_id, `otlp.${category}`, `${span.trace_id}/${span.span_id}`));
      const bytes = Buffer.from(JSON.stringify(messages));
      await artifacts.put(
        of,
        { artifact_id, category, content_type: 'application/json', trace_id: span.trace_id, created_by: received_by, bytes },
        io,
      );
      return artifact_id;
    };
    const [raw, response] = [await seal('raw_input', content.input), await seal('raw_response', content.output)];
    return {
      input,
      receipt,
      input_artifact_refs: raw === undefined ? [] : [raw],
      ...(response !== undefined && { response_artifact_ref: response }),
    };
  }

  return {
    async replay(of, { media, encoding, received_by }, bytes, io) {
      const { spans } = await readExport(once(bytes), { 'content-type': media, 'content-encoding': encoding });
      await receive(of, received_by, spans, io);
    },
    routes: [
      route({
        method: 'POST',
        path: '/v1/traces',
        action: 'evidence.write',
        summary: 'OTLP/HTTP: spans in protobuf or JSON, plain or gzip; those of model calls become prompt events, nothing else is kept',
        ...nothing,
        body: ByteStream,
        bodyLimitBytes: PACKED_LIMIT,
        consumes: 'stream',
        answers: { 200: Bytes },
        async handle({ tenant, tenant_id, who, body, headers, trace, signal }) {
          const of = { tenant, tenant_id };
          const io = { signal };
          const { onEngineFailure } = await gates.of(of, io);
          const kept: Uint8Array[] = [];
          const { spans, media } = await readExport(onEngineFailure === 'quarantine' ? tap(body, kept) : body, headers);
          const received = {
            route: 'otlp',
            media,
            ...(headers['content-encoding'] === 'gzip' && { encoding: 'gzip' as const }),
            bytes: () => Buffer.concat(kept),
            received_by: who.id,
            trace_id: trace.trace_id,
          } as const;
          const outcome = await quarantine
            .guard(of, received, () => receive(of, who.id, spans, io), io)
            .catch((error: unknown) => {
              // Exporters drop what is answered 507: only 429, 502, 503 and 504 are sent again (OTLP 1.9, "Retryable Response Codes").
              if (!isAncillaError(error, 'store.full')) throw error;
              throw new AncillaError('store.unavailable', `${error.message}: keep the data and send it again`, { cause: error });
            });
          // Quarantined is taken: an exporter need not send it again.
          return [200, { content_type: media, bytes: toAnswer(media, 'done' in outcome ? outcome.done : []) }] as const;
        },
      }),
    ],
  };
}

/** @returns undefined for a span that is no model's call */
async function readCall(gate: TenantGate, received: Received, io: Io): Promise<ReadCall | undefined> {
  if (!new Facts(received).isModelCall) return undefined;
  const content = contentOf(received.span);
  return { content, clean: await gate.clean(content.input, io) };
}
/** What came of it, or what was thrown, thrown here. */
function valueOf<T>(settled: PromiseSettledResult<T> | undefined): T | undefined {
  if (settled?.status === 'rejected') throw settled.reason;
  return settled?.value;
}

/** The same bytes, kept besides. */
async function* tap(body: AsyncIterable<Uint8Array>, kept: Uint8Array[]): AsyncIterable<Uint8Array> {
  for await (const chunk of body) {
    kept.push(chunk);
    yield chunk;
  }
}
async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

const MOST_KNOWN = 20_000;
const HEX_IDS = { trace_id: /^(?!0{32})[0-9a-f]{32}$/, span_id: /^(?!0{16})[0-9a-f]{16}$/ } as const;
const SINCE = 946_684_800_000_000_000n;

/** What no store would take: only the span goes, not the batch it came in. */
function whyNot({ span, isTooDeep }: Received): string | undefined {
  if (!HEX_IDS.trace_id.test(span.trace_id)) return 'its trace id is not 16 bytes';
  if (!HEX_IDS.span_id.test(span.span_id)) return 'its span id is not 8 bytes';
  if (isTooDeep === true) return `it, its scope or its resource has values deeper than ${bounds.depth} levels`;
  return span.start < SINCE ? 'it has no start time' : undefined;
}

/** What is compared when a span comes again: all that was sent, before anything was cleaned. It is kept as a keyed hash only. */
const asSent = ({ resource, scope, span }: Received): object => ({
  trace_id: span.trace_id,
  span_id: span.span_id,
  parent_span_id: span.parent_span_id,
  name: span.name,
  start: String(span.start),
  end: String(span.end),
  status: span.status,
  scope: scope.name,
  resource: [...resource].map(([key, value]) => [key, toJson(value)]),
  attributes: [...span.attributes].map(([key, value]) => [key, toJson(value)]),
  events: span.events.map(({ name, attributes }) => [name, [...attributes].map(([key, value]) => [key, toJson(value)])]),
});

function toAnswer(media: string, refused: readonly Refused[]): Uint8Array | string {
  const first = refused.toSorted((a, b) => a.index - b.index).slice(0, MOST_REASONS);
  const message =
    first.map(({ index, detail }) => `span ${index}: ${detail}`).join('; ') + (refused.length > MOST_REASONS ? '; and others' : '');
  if (media === PROTOBUF) return writeAnswer(refused.length, message);
  return JSON.stringify(refused.length === 0 ? {} : { partialSuccess: { rejectedSpans: String(refused.length), errorMessage: message } });
}
