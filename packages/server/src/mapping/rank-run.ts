import type { Io } from '@ancilla/contracts';
import type { Of } from '../ingest/index.ts';
import type { Payload } from './bodies.ts';
import type { FeaturesFile } from './features-file.ts';
import { featureNames } from '@ancilla/ranker';
import { openMemory } from './memory.ts';
import type { LiveModel } from './live-model.ts';
import { openRejections } from './rejections.ts';
import type { MappingParts } from './parts.ts';
import { rankTable, type RankedColumn } from './rank-table.ts';
import type { Table } from './ready-columns.ts';

/** Ranks a run's columns as a tenant's live model, glossary and memory would have it now. */
export type RankRun = (of: Of, payload: Payload, io: Io) => Promise<{ readonly live: LiveModel; readonly ranked: readonly RankedColumn[] }>;

export function openRankRun({
  artifacts,
  models,
  glossaries,
  similarity,
  hmac,
}: Pick<MappingParts, 'artifacts' | 'models' | 'glossaries' | 'similarity' | 'hmac'>): RankRun {
  const memory = openMemory({ artifacts });
  const rejections = openRejections();
  /** Keyed by the tenant: equal words can be compared within it, and not guessed outside. */
  const keyed = (tenant_id: string) => (text: string) =>
    Buffer.from(hmac(tenant_id, 'mapping-feature', text))
      .toString('hex')
      .slice(0, 16);
  return async (of, { table, glossary, dataset }, io) => {
    const [live, { terms }, approved, rejected] = await Promise.all([
      models.production(of, io),
      glossaries.get(of.tenant, glossary, io),
      memory.of(of, glossary.id, { dataset, table: table.name }, io),
      rejections.of(of, { dataset, table: table.name }, io),
    ]);
    const ranked = rankTable({
      table: toTable(table),
      terms,
      model: live.model,
      similarity,
      memory: approved,
      rejected,
      keyed: keyed(of.tenant_id),
    });
    return { live, ranked };
  };
}

const toTable = ({ name, columns }: Payload['table']): Table => ({
  name,
  columns: columns.map(({ name: column, dtype, samples = [] }) => ({ name: column, samples, ...(dtype !== undefined && { dtype }) })),
});

/** What is kept of a ranking for those who learn from it: similarities and shapes, never a value. */
export const toFeaturesFile = (
  ranked: readonly RankedColumn[],
  { prompt_hash, embedding_ids }: { readonly prompt_hash: string; readonly embedding_ids: readonly string[] },
): FeaturesFile => ({
  feature_names: [...featureNames],
  prompt_hash,
  columns: Object.fromEntries(
    ranked.map(({ column, tokens, features, profile }, i) => [
      column,
      {
        tokens: [...tokens],
        embedding_id: embedding_ids[i] ?? null,
        candidates: features.map((candidate) => ({ semantic_id: candidate.semantic_id, features: [...candidate.features] })),
        profile,
      },
    ]),
  ),
});
