// What can be proven, and what happened: checkpoints, tiles, proofs, traces.
import type { Collection, Room } from '@ancilla/contracts';
import type { LedgerSigner } from '../keys/index.ts';
import type { EvidenceFolder } from './evidence-folder.ts';
import { proofRoutes } from './proofs.ts';
import { traceRoute } from './traces.ts';

export { checkDocuments } from './check-documents.ts';
export { openEvidenceFolder, type EvidenceFolder } from './evidence-folder.ts';
export { openPublisher, type Publisher } from './publisher.ts';

/** @param parts - `traceBackend`: URL of a trace page with `{trace_id}` in it, where spans are exported to one */
export const openAudit = ({
  folder,
  signer,
  collections,
  traceBackend,
}: {
  readonly folder: EvidenceFolder;
  readonly signer: LedgerSigner;
  readonly collections: readonly Collection[];
  readonly traceBackend?: string;
}) => ({ routes: [traceRoute(collections, traceBackend), ...proofRoutes({ folder, signer, collections })] }) satisfies Room;
