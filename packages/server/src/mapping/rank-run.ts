import type { Io, Of } from '@ancilla/contracts';
import type { Payload } from './bodies.ts';
import type { FeaturesFile } from './features-file.ts';
import { featureNames } from '@ancilla/ranker';
import { openMemory } from './memory.ts';
import type { Arms, LiveModel } from './live-model.ts';
import type { Rejections } from './rejections.ts';
import type { MappingParts } from './parts.ts';
import { compareTable, rankCompared, type RankedColumn } from './rank-table.ts';
import type { Table } from './ready-columns.ts';

/** Ranks a run's columns as these models, the tenant's glossary and memory would have it now. */
export type RankRun = (
  of: Of,
  payload: Payload,
  arms: Arms,
  io: Io,
) => Promise<{
  /** By the model that is shown. */
  readonly ranked: readonly RankedColumn[];
  /** By the candidate in the shadow, if there is one. */
  readonly shadow: readonly RankedColumn[] | undefined;
}>;

export function openRankRun({
  artifacts,
  glossaries,
  similarity,
  hmac,
  rejections,
}: Pick<MappingParts, 'artifacts' | 'glossaries' | 'similarity' | 'hmac'> & { readonly rejections: Rejections }): RankRun {
  const memory = openMemory({ artifacts });
  /** Keyed by the tenant: equal words can be compared within it, and not guessed outside. */
  const keyed = (tenant_id: string) => (text: string) =>
    Buffer.from(hmac(tenant_id, 'mapping-feature', text))
      .toString('hex')
      .slice(0, 16);
  return async (of, { table, glossary, dataset }, arms, io) => {
    const [{ terms }, approved, rejected] = await Promise.all([
      glossaries.get(of.tenant, glossary, io),
      memory.of(of, glossary.id, { dataset, table: table.name }, io),
      rejections.of(of, { dataset, table: table.name }, io),
    ]);
    const compared = compareTable({ table: toTable(table), terms, similarity, keyed: keyed(of.tenant_id) });
    const by = ({ model }: LiveModel) => rankCompared(compared, model, approved, rejected);
    return { ranked: by(arms.shown), shadow: arms.shadow && by(arms.shadow) };
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
