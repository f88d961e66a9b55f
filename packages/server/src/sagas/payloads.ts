import {
  AncillaError,
  invalidAt,
  isAncillaError,
  isRecord,
  artifacts as stored,
  type Io,
  type Of,
  type Tenant,
  type Write,
} from '@ancilla/contracts';
import { canonicalJson } from '@ancilla/evidence';
import type { Artifacts } from '../artifacts/index.ts';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import type { StepView } from './history.ts';
import type { HeldSaga } from './log.ts';

export type Memo = Readonly<Record<string, unknown>>;

/** What a saga started with: the payload of its first claim. */
const StartPayload = Type.Object({ name: Type.String(), owner: Type.String(), memo: Type.Record(Type.String(), Type.Unknown()) });
export type StartPayload = Static<typeof StartPayload>;

/** What sagas keep beside their log: JSON in sealed artifacts, small enough to ride in the entry's commit. */
export interface Payloads {
  prepare(
    of: Of,
    value: unknown,
    trace_id: string,
    by: string,
  ): { readonly artifact_id: string; readonly writes: readonly Write<Tenant>[] };
  readJson(of: Of, ref: string, io: Io): Promise<unknown>;
  /** What somebody else stored. @throws {AncillaError} `not_found`; `schema.invalid` when it is no JSON or more than a mebibyte */
  readSent(of: Of, ref: string, io: Io): Promise<unknown>;
  /** @throws {AncillaError} `store.corrupt` when it is not in its form; so does `memoOf` */
  startOf(held: HeldSaga, io: Io): Promise<StartPayload>;
  /** What is kept of the error by which a step of a declared saga failed; undefined where nothing is, or it is erased since. */
  detailOf(of: Of, step: StepView, io: Io): Promise<string | undefined>;
  /** The memo after the last outcome. */
  memoOf(held: HeldSaga, io: Io): Promise<Memo>;
}

const Detail = Type.Object({ detail: Type.String() });

const MOST_SENT = 1024 ** 2;

export function openPayloads(artifacts: Artifacts): Payloads {
  const readJson: Payloads['readJson'] = async (of, ref, io) =>
    JSON.parse(Buffer.from(await artifacts.bytes(of, ref, io)).toString('utf8'));
  const startOf: Payloads['startOf'] = async ({ of, history }, io) => {
    if (history.start_ref === null) throw new AncillaError('saga.state', 'the saga has no beginning');
    const start = await readJson(of, history.start_ref, io);
    if (!Value.Check(StartPayload, start)) throw new AncillaError('store.corrupt', 'what the saga started with is not in its form');
    return start;
  };
  return {
    readJson,
    async readSent(of, ref, io) {
      const unfit = (message: string) => invalidAt('/payload_ref', message, `the payload ${message}`);
      const size = (await of.tenant.get(stored, ref, io))?.doc.size ?? 0;
      if (size > MOST_SENT) throw unfit(`is larger than ${MOST_SENT} bytes`);
      try {
        return await readJson(of, ref, io);
      } catch (error) {
        if (error instanceof SyntaxError) throw unfit('is no JSON');
        throw error;
      }
    },
    startOf,
    async detailOf(of, { status, payload_ref }, io) {
      if (status !== 'failed' || payload_ref === null) return undefined;
      try {
        const kept = await readJson(of, payload_ref, io);
        return Value.Check(Detail, kept) ? kept.detail : undefined;
      } catch (error) {
        if (isAncillaError(error, 'not_found')) return undefined;
        throw error;
      }
    },
    prepare: (of, value, trace_id, by) =>
      artifacts.prepare(of, {
        category: 'payload',
        content_type: 'application/json',
        bytes: Buffer.from(canonicalJson(value)),
        trace_id,
        created_by: by,
      }),
    async memoOf(held, io) {
      const { memo_ref } = held.history;
      if (memo_ref === null) return (await startOf(held, io)).memo;
      // Whether it is this saga's was checked with the outcome it was written with.
      const memo = await readJson(held.of, memo_ref, io);
      if (!isRecord(memo)) throw new AncillaError('store.corrupt', 'what the saga remembers is no object');
      return memo;
    },
  };
}
