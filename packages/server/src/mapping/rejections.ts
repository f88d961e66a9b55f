import { mappingHistory, type Io, type Mapping, type Of } from '@ancilla/contracts';

/** Terms that people said columns of a table do not mean, by column: they are not offered for it again. */
export interface Rejections {
  of(of: Of, table: Pick<Mapping['source'], 'dataset' | 'table'>, io: Io): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
}

/** What one decision says of the terms that were offered. */
interface Said {
  readonly refused: readonly string[];
  readonly chosen: string | null;
}

/** A rejection refuses the term that was offered first, `none_of_these` and `new_term` all that were offered. */
const saidBy = ({ decision, candidates, semantic_id }: Mapping): Said => {
  const refused = decision === 'reject' ? candidates.slice(0, 1) : decision === 'accept' || decision === 'override' ? [] : candidates;
  return { refused: refused.map((candidate) => candidate.semantic_id), chosen: semantic_id };
};

/** What stays rejected, oldest decision first: whoever later chooses a term takes its rejection back. */
function rejectedBy(decisions: Iterable<Said>): ReadonlySet<string> {
  const rejected = new Set<string>();
  for (const { refused, chosen } of decisions) {
    for (const semantic_id of refused) rejected.add(semantic_id);
    if (chosen !== null) rejected.delete(chosen);
  }
  return rejected;
}

/** One tenant's standing decisions. */
interface Kept {
  afterSeq: number;
  /** By table; in it by column; of it by decision, oldest first. */
  readonly tables: Map<string, Map<string, Map<string, Said>>>;
  reading: Promise<void>;
}

const TENANTS = 64;
const placeOf = ({ dataset, table }: Pick<Mapping['source'], 'dataset' | 'table'>): string => JSON.stringify([dataset, table]);

/** Rebuilt from the log; kept up by reading on. */
export function openRejections(): Rejections {
  const tenants = new Map<string, Kept>();

  async function readOn(kept: Kept, of: Of, io: Io): Promise<void> {
    for await (const { doc, seq } of of.tenant.feed([mappingHistory], kept.afterSeq, io)) {
      kept.afterSeq = seq;
      if (doc === undefined) continue;
      const columns = getOrAdd(kept.tables, placeOf(doc.source));
      const decisions = getOrAdd(columns, doc.source.column);
      const said = saidBy(doc);
      const corrected = decisions.get(doc.supersedes ?? '');
      decisions.delete(doc.supersedes ?? '');
      // Whoever comes to name the right term does not take back that others are wrong.
      const refused = said.chosen === null ? said.refused : [...said.refused, ...(corrected?.refused ?? [])];
      decisions.set(doc.mapping_history_id, { ...said, refused });
    }
  }

  return {
    async of(of, table, io) {
      const kept = tenants.get(of.tenant_id) ?? { afterSeq: -1, tables: new Map(), reading: Promise.resolve() };
      tenants.delete(of.tenant_id);
      tenants.set(of.tenant_id, kept);
      if (tenants.size > TENANTS) tenants.delete(tenants.keys().next().value ?? '');
      // One reader at a time; one that failed has moved no further than it read.
      kept.reading = kept.reading.catch(() => {}).then(() => readOn(kept, of, io));
      await kept.reading;
      const columns = kept.tables.get(placeOf(table)) ?? [];
      return new Map([...columns].map(([column, decisions]) => [column, rejectedBy(decisions.values())]));
    },
  };
}

function getOrAdd<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const added = new Map<string, V>();
  map.set(key, added);
  return added;
}
