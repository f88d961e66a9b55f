import {
  AncillaError,
  invalidAt,
  isAncillaError,
  artifacts as stored,
  type Io,
  type Of,
  type Tenant,
  type Write,
} from '@ancilla/contracts';
import { canonicalJson } from '@ancilla/evidence';
import type { Artifacts } from '../artifacts/index.ts';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { StepView } from './history.ts';
import type { HeldSaga } from './log.ts';

export type Memo = Record<string, unknown>;

/** What a saga started with: the payload of its first claim. */
export interface StartPayload {
  readonly name: string;
  readonly owner: string;
  readonly memo: Memo;
}

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
    // Written by whoever started it, in this form.
    return (await readJson(of, history.start_ref, io)) as StartPayload;
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
      // Written with an outcome, checked against the saga's schema then.
      return memo_ref === null ? (await startOf(held, io)).memo : ((await readJson(held.of, memo_ref, io)) as Memo);
    },
  };
}
