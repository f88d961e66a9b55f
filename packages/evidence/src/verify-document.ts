// Runs in browsers too.
import { canonicalJson } from './canonical-json.ts';
import { fromBase64 } from './encoding.ts';
import { Findings, type Problem } from './findings.ts';
import { SALT_BYTES, documentDigest, ledgerEntry, parseLedgerEntry } from './ledger-entry.ts';
import { leafHash } from './merkle.ts';
import { parseVerifierKey } from './note-keys.ts';
import { verifyTlogProof } from './tlog-proof.ts';

/** What `GET /audit/proofs/inclusion` answers, and the keys to hold it against. */
export interface DocumentToVerify {
  readonly entry: unknown;
  /** base64, 16 bytes */
  readonly salt: string;
  /** The stored document, as JSON gives it. */
  readonly document: unknown;
  /** The text of a `.tlog-proof` file. */
  readonly proof: string;
  /** The log's public keys, from somewhere else than the answer. */
  readonly vkeys: readonly string[];
}

/** Whether the document stands in the log as it is shown, and under which checkpoint. */
export interface DocumentReport {
  readonly verdict: 'proven' | 'refused';
  readonly collection?: string;
  readonly seq?: number;
  readonly origin?: string;
  /** Entries under the checkpoint. */
  readonly size?: number;
  readonly problems: readonly Problem[];
}

/**
 * Verifies that a document is the one its log committed to: document → digest → entry → leaf → signed root.
 * @throws {EvidenceError} `key.malformed` for a vkey that is none; whatever is wrong with the answer is in the report
 */
export function verifyDocument({ entry, salt, document, proof, vkeys }: DocumentToVerify): DocumentReport {
  const findings = new Findings();
  const keys = vkeys.map(parseVerifierKey);
  const fields = findings.attempt('entry', () => parseLedgerEntry(canonicalJson(entry)));
  const canonical = findings.attempt('document', () => canonicalJson(document));
  const saltBytes = fromBase64(salt);
  if (saltBytes?.length !== SALT_BYTES) findings.add('salt.malformed', `salt: not base64 of ${SALT_BYTES} bytes`);
  else if (canonical !== undefined && fields !== undefined) {
    const digest = documentDigest(saltBytes, canonical);
    if (digest !== fields.digest)
      findings.add(
        'document.altered',
        `document: its digest is ${digest}, entry ${fields.seq} has ${fields.digest}: document or salt was altered`,
      );
  }
  const proven = fields && findings.attempt('proof', () => verifyTlogProof(proof, leafHash(ledgerEntry(fields)), keys));
  if (proven !== undefined && proven.index !== fields?.seq)
    findings.add('entry.seq', `proof: it proves index ${proven.index}, the entry's seq is ${fields?.seq}`);
  return {
    verdict: findings.none ? 'proven' : 'refused',
    ...(fields && { collection: fields.collection, seq: fields.seq }),
    ...(proven && { origin: proven.checkpoint.origin, size: proven.checkpoint.size }),
    problems: findings.problems,
  };
}
