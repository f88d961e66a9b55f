import { AncillaError, errorCatalogue, mappingSuggestions, type Doc, type Io, type Of } from '@ancilla/contracts';
import { canonicalJson } from '@ancilla/evidence';
import type { Static } from 'typebox';
import type { Degradation, Memo, Payload, TableBody } from './bodies.ts';
import { cleanTable } from './clean-table.ts';
import type { openMapSaga } from './map-saga.ts';
import type { MappingParts } from './parts.ts';

export interface Asked {
  readonly dataset: string;
  readonly table: Static<typeof TableBody>;
  readonly glossary: string;
  /** The same key of the same caller is the same run, whatever became of the answer to the first. */
  readonly idempotency_key?: string;
}

/** @param mapSaga - the saga to start */
export function openSuggest({ glossaries, gates, artifacts, sagas, hmac, newId }: MappingParts, mapSaga: ReturnType<typeof openMapSaga>) {
  return async (
    of: Of,
    { idempotency_key, ...asked }: Asked,
    at: { readonly trace_id: string; readonly span_id: string; readonly owner: string },
    io: Io,
  ) => {
    const glossary = await glossaries.get(of.tenant, { id: asked.glossary }, io);
    const names = asked.table.columns.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined)
      throw new AncillaError('schema.invalid', 'a column name stands twice', {
        errors: [{ path: `/table/columns/${names.lastIndexOf(twice)}/name`, message: 'stands twice' }],
      });
    const hash = (purpose: string, value: unknown) =>
      Buffer.from(hmac(of.tenant_id, `mapping/${purpose}`, canonicalJson(value))).toString('hex');
    const { saga_id, settled } = await sagas.start(mapSaga, {
      ...of,
      trace_id: at.trace_id,
      owner: at.owner,
      idempotency_key: `mapping/${idempotency_key === undefined ? newId('sg') : hash('key', [at.owner, idempotency_key])}`,
      // Of what was sent, not of what policy made of it: a repetition is one also under another policy.
      request_hash: hash('request', asked),
      async memo() {
        const gate = await gates.of(of, io);
        // What the run works on is clean before anything is written.
        const payload: Payload = { ...(await cleanTable(gate, asked, io)), glossary: { id: glossary.id, version: glossary.version } };
        const keep = async (category: 'payload' | 'raw_input', value: unknown): Promise<string> => {
          const about = { category, content_type: 'application/json', trace_id: at.trace_id, created_by: at.owner } as const;
          return (await artifacts.put(of, { ...about, bytes: Buffer.from(JSON.stringify(value)) }, io)).artifact_id;
        };
        const payload_ref = await keep('payload', payload);
        const sample_ref = gate.storeRaw ? await keep('raw_input', asked.table) : undefined;
        return { payload_ref, ...(sample_ref !== undefined && { sample_ref }), span_id: at.span_id, owner: at.owner };
      },
    });
    const outcome = await settled;
    if (outcome.status === 'waiting')
      throw new AncillaError(
        'saga.state',
        `another server is still at saga ${saga_id}, which this key names: send the same request again for its answer`,
      );
    if (outcome.status !== 'done')
      throw new AncillaError(
        'saga.failed',
        `mapping ended ${outcome.status}${outcome.error === undefined ? '' : `: ${outcome.error.code}`}; see GET /dif/wal?saga_id=${saga_id}`,
      );
    const stored = await Promise.all((outcome.memo.suggestion_ids ?? []).map((id) => of.tenant.get(mappingSuggestions, id, io)));
    const suggestions = stored.flatMap((each): readonly Doc<typeof mappingSuggestions>[] => (each === undefined ? [] : [each.doc]));
    // Of a repetition the first one's.
    return {
      saga_id: saga_id as `sg_${string}`,
      trace_id: suggestions[0]?.trace_id ?? at.trace_id,
      degraded: degradations(outcome.memo).map((code) => ({ code, title: errorCatalogue[code].title, fix: errorCatalogue[code].fix })),
      suggestions,
    };
  };
}

const degradations = ({ embedding_ids, rerank_error }: Static<typeof Memo>): readonly Degradation[] => [
  ...(embedding_ids?.length === 0 ? (['embedding.provider'] as const) : []),
  ...(rerank_error === undefined ? [] : [rerank_error]),
];
