import { AncillaError, mappingSuggestions, type Doc, type Io } from '@ancilla/contracts';
import type { Static } from 'typebox';
import type { Of } from '../ingest/index.ts';
import type { Payload, TableBody } from './bodies.ts';
import { cleanTable } from './clean-table.ts';
import type { openMapSaga } from './map-saga.ts';
import type { MappingParts } from './parts.ts';

/** @param mapSaga - the saga to start */
export function openSuggest({ glossaries, gates, artifacts, sagas }: MappingParts, mapSaga: ReturnType<typeof openMapSaga>) {
  return async (
    of: Of,
    asked: { readonly dataset: string; readonly table: Static<typeof TableBody>; readonly glossary: string },
    at: { readonly trace_id: string; readonly span_id: string; readonly owner: string; readonly idempotency_key?: string },
    io: Io,
  ) => {
    const glossary = await glossaries.get(of.tenant, { id: asked.glossary }, io);
    const names = asked.table.columns.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined)
      throw new AncillaError('csv.header', 'a column name stands twice', {
        errors: [{ path: `/table/columns/${names.lastIndexOf(twice)}/name`, message: 'stands twice' }],
      });
    // What the run works on is clean before anything is written.
    const payload: Payload = {
      ...cleanTable(await gates.of(of, io), asked),
      glossary: { id: glossary.id, version: glossary.version },
    };
    const { artifact_id: payload_ref } = await artifacts.put(
      of,
      {
        category: 'payload',
        content_type: 'application/json',
        bytes: Buffer.from(JSON.stringify(payload)),
        trace_id: at.trace_id,
        created_by: at.owner,
      },
      io,
    );
    const { saga_id, settled } = await sagas.start(mapSaga, {
      ...of,
      memo: { payload_ref, span_id: at.span_id, owner: at.owner },
      trace_id: at.trace_id,
      owner: at.owner,
      idempotency_key: at.idempotency_key ?? `mapping/${payload_ref}`,
    });
    const outcome = await settled;
    if (outcome.status !== 'done')
      throw new AncillaError(
        'saga.failed',
        `mapping ended ${outcome.status}${outcome.error === undefined ? '' : `: ${outcome.error.code}`}; see GET /dif/wal?saga_id=${saga_id}`,
      );
    const stored = await Promise.all((outcome.memo.suggestion_ids ?? []).map((id) => of.tenant.get(mappingSuggestions, id, io)));
    return {
      saga_id: saga_id as `sg_${string}`,
      suggestions: stored.flatMap((each): readonly Doc<typeof mappingSuggestions>[] => (each === undefined ? [] : [each.doc])),
    };
  };
}
