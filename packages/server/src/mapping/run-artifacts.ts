import { AncillaError, type Io, type Of } from '@ancilla/contracts';
import { keep, type Artifacts } from '../artifacts/index.ts';
import { payloadCheck, resultCheck, type Payload, type Result } from './bodies.ts';
import { MAPPING_AGENT_ID } from './parts.ts';

/** What a run leaves between its steps, as artifacts: sealed under the tenant's key like all raw content. */
export interface RunArtifacts {
  payload(of: Of, ref: string, io: Io): Promise<Payload>;
  result(of: Of, ref: string, io: Io): Promise<Result>;
  /** Keeps a value as JSON: with the writes in a step's outcome. @param key - the step's */
  keep(
    of: Of,
    key: string,
    what: { readonly category: 'payload' | 'structured_output'; readonly value: unknown; readonly trace_id: string },
    io: Io,
  ): ReturnType<typeof keep>;
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
    keep(of, key, { value, ...about }, io) {
      const bytes = Buffer.from(JSON.stringify(value));
      return keep(of, artifacts, key, { ...about, content_type: 'application/json', created_by: MAPPING_AGENT_ID, bytes }, io);
    },
  };
}
