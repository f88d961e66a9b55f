import { AncillaError, mappingHistory, type Io, type Of } from '@ancilla/contracts';
import type { Artifacts } from '../artifacts/index.ts';
import { parseFeatures } from './features-file.ts';
import { isProfile } from './profile-shape.ts';
import type { Approved } from './recall.ts';
import { isByPolicy } from './task.ts';

/** What people decided in a tenant, a term or that none fits: look-alikes for new columns. Rebuilt from the log; kept up by reading on. */
export interface Memory {
  /** @param except - the table being mapped: it is no look-alike of itself */
  of(of: Of, glossary_id: string, except: { readonly dataset: string; readonly table: string }, io: Io): Promise<readonly Approved[]>;
}

interface Kept {
  afterSeq: number;
  /** By decision id; a correction replaces what it corrects. */
  readonly approved: Map<string, Approved & { readonly glossary_id: string; readonly place: string }>;
  reading: Promise<void>;
}

/** Approved columns remembered for a tenant, the newest. */
const MOST = 5000;
const TENANTS = 64;

export function openMemory({ artifacts }: { readonly artifacts: Artifacts }): Memory {
  const tenants = new Map<string, Kept>();

  async function readOn(kept: Kept, of: Of, io: Io): Promise<void> {
    const files = new Map<string, ReturnType<typeof parseFeatures>>();
    for await (const { doc, seq } of of.tenant.feed([mappingHistory], kept.afterSeq, io)) {
      kept.afterSeq = seq;
      if (doc === undefined) continue;
      if (doc.supersedes !== undefined) kept.approved.delete(doc.supersedes);
      // A bare rejection says that the suggestion was wrong, not what would have been right.
      if (doc.decision === 'reject' || isByPolicy(doc)) continue;
      if (!files.has(doc.features_ref)) files.set(doc.features_ref, await featuresAt(of, doc.features_ref, io));
      const column = files.get(doc.features_ref)?.columns[doc.source.column];
      if (column === undefined) continue;
      kept.approved.set(doc.mapping_history_id, {
        semantic_id: doc.semantic_id ?? undefined,
        tokens: column.tokens,
        profile: isProfile(column.profile) ? column.profile : undefined,
        table: doc.source.table,
        column: doc.source.column,
        glossary_id: doc.glossary.id,
        place: JSON.stringify([doc.source.dataset, doc.source.table]),
      });
      if (kept.approved.size > MOST) kept.approved.delete(kept.approved.keys().next().value ?? '');
    }
  }

  async function featuresAt(of: Of, ref: string, io: Io) {
    try {
      return parseFeatures(JSON.parse(Buffer.from(await artifacts.bytes(of, ref, io)).toString('utf8')));
    } catch (error) {
      // Erased since: the decision stands, its look-alike is gone.
      if (error instanceof AncillaError && error.code === 'not_found') return undefined;
      throw error;
    }
  }

  return {
    async of(of, glossary_id, except, io) {
      const kept = tenants.get(of.tenant_id) ?? { afterSeq: -1, approved: new Map(), reading: Promise.resolve() };
      tenants.delete(of.tenant_id);
      tenants.set(of.tenant_id, kept);
      if (tenants.size > TENANTS) tenants.delete(tenants.keys().next().value ?? '');
      kept.reading = kept.reading.catch(() => {}).then(() => readOn(kept, of, io));
      await kept.reading;
      const place = JSON.stringify([except.dataset, except.table]);
      return [...kept.approved.values()].filter((each) => each.glossary_id === glossary_id && each.place !== place);
    },
  };
}
