// Evidence: canonical JSON, hashes, Merkle logs, signed checkpoints and proofs, and the verifier that trusts no server. Runs in browsers too.
export { sha256, toBase64, toHex } from '#platform';
export { fromBase64, sha256Hex } from './encoding.ts';
export { canonicalJson } from './canonical-json.ts';
export { EvidenceError, type EvidenceErrorCode } from './errors.ts';
export { SALT_BYTES, documentDigest, ledgerEntry, parseLedgerEntry, type LedgerEntryFields } from './ledger-entry.ts';
export { HASH_BYTES, emptyRoot, leafHash, merkleRoot, nodeHash } from './merkle.ts';
export { append, edgeRoot, emptyEdge, type FullNode, type Growth, type NodeId, type RightEdge } from './right-edge.ts';
