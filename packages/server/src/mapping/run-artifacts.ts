import { AncillaError, type Io } from '@ancilla/contracts';
import type { Artifacts } from '../artifacts/index.ts';
import type { Of } from '../ingest/index.ts';
import { payloadCheck, resultCheck, type Payload, type Result } from './bodies.ts';
import { MAPPING_AGENT_ID } from './parts.ts';

/** What a run leaves between its steps, as artifacts: sealed under the tenant's key like all raw content. */
export interface RunArtifacts {
  payload(of: Of, ref: string, io: Io): Promise<Payload>;
  result(of: Of, ref: string, io: Io): Promise<Result>;
  /** Writes that store a value as JSON, to ride in a step's outcome. */
  prepare(of: Of, category: 'payload' | 'structured_output', value: unknown, trace_id: string): ReturnType<Artifacts['prepare']>;
}

export function openRunArtifacts(artifacts: Artifacts): RunArtifacts {
  const read = async (of: Of, ref: string, io: Io): Promise<unknown> =>
    JSON.parse(Buffer.from(await artifacts.bytes(of, ref, io)).toString('utf8'));
  return {
    async payload(of, ref, io) {
      const found = await read(of, ref, io);
      if (!payloadCheck.Check(found)) throw new AncillaError('store.corrupt', 'the payload of a mapping run is not one');
      return found;
    },
    async result(of, ref, io) {
      const found = await read(of, ref, io);
      if (!resultCheck.Check(found)) throw new AncillaError('store.corrupt', 'the result of a mapping run is not one');
      return found;
    },
    prepare: (of, category, value, trace_id) =>
      artifacts.prepare(of, {
        category,
        content_type: 'application/json',
        bytes: Buffer.from(JSON.stringify(value)),
        trace_id,
        created_by: MAPPING_AGENT_ID,
      }),
  };
}
