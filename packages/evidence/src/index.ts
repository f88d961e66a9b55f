// Evidence: canonical JSON, hashes, Merkle logs, signed checkpoints and proofs, and the verifier that trusts no server. Runs in browsers too.
export { sha256, sha256Hex, toBase64, toHex } from '#platform';
export { fromBase64 } from './encoding.ts';
export { canonicalJson, canonicalTwins } from './canonical-json.ts';
export { formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint, type Checkpoint } from './checkpoint.ts';
export { EvidenceError, type EvidenceErrorCode } from './errors.ts';
export type { Problem } from './findings.ts';
export { SALT_BYTES, documentDigest, ledgerEntry, parseLedgerEntry, type LedgerEntryFields } from './ledger-entry.ts';
export { CHECKPOINTS, checkpointPath, type LogSource } from './log-files.ts';
export { HASH_BYTES, emptyRoot, leafHash, merkleRoot, nodeHash } from './merkle.ts';
export {
  formatSignerKey,
  formatVerifierKey,
  noteSigner,
  parseSignerKey,
  parseVerifierKey,
  verifierKey,
  type NoteSigner,
  type VerifierKey,
} from './note-keys.ts';
export { openNote, signNote, type OpenNote } from './note.ts';
export {
  consistencyProof,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
  type ReadNodes,
} from './proofs.ts';
export { append, edgeRoot, emptyEdge, type FullNode, type Growth, type NodeId, type RightEdge } from './right-edge.ts';
export {
  TILE_WIDTH,
  formatBundle,
  formatTile,
  parseBundle,
  parseTile,
  parseTilePath,
  tilePath,
  tilesToWrite,
  type TileId,
} from './tiles.ts';
export { formatTlogProof, parseTlogProof, verifyTlogProof, type TlogProof } from './tlog-proof.ts';
export { verifyDocument, type DocumentReport, type DocumentToVerify } from './verify-document.ts';
export { verifyLog, type LogReport, type LogToVerify } from './verify-log.ts';
