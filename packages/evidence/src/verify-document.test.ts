import { deepEqual, equal, match, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { toBase64 } from '#platform';
import { fromUtf8 } from './encoding.ts';
import { memoryLog } from './fixtures/memory-log.ts';
import { signedAt, testDocument, testEntries, testSigner, testVkey } from './fixtures/tile-log.ts';
import { inclusionProof } from './proofs.ts';
import { formatTlogProof } from './tlog-proof.ts';
import { verifyDocument, type DocumentToVerify } from './verify-document.ts';

const entries = testEntries(20);
const log = memoryLog(entries);
const proofOf = async (index: number) =>
  formatTlogProof({ index, hashes: await inclusionProof(index, 20, log.read), checkpoint: fromUtf8(signedAt(entries, 20)) ?? '' });

/** As an auditor gets it: through JSON. */
async function answer(seq: number): Promise<DocumentToVerify> {
  const { document, salt, entry } = testDocument(seq);
  return { entry: JSON.parse(entry), salt: toBase64(salt), document: JSON.parse(document), proof: await proofOf(seq), vkeys: [testVkey] };
}

test('a document is proven by entry, salt and proof, in whatever order its keys arrive', async () => {
  const good = await answer(7);
  const expected = { verdict: 'proven', collection: 'prompt_events', seq: 7, origin: testSigner.name, size: 20, problems: [] };
  deepEqual(verifyDocument(good), expected);
  const { latency_ms, trace_id } = { latency_ms: 70, ...(good.document as { trace_id: string }) };
  deepEqual(verifyDocument({ ...good, document: { trace_id, latency_ms } }), expected);
});

test('whatever was altered is named', async () => {
  const good = await answer(7);
  const entry = { v: 1, ...(good.entry as Record<string, unknown>) };
  const altered: readonly (readonly [Partial<DocumentToVerify>, RegExp])[] = [
    [{ document: { latency_ms: 71 } }, /^document\.altered document: its digest is .*, entry 7 has/],
    [{ document: { latency_ms: Number.NaN } }, /^json\.malformed document: not JSON at \$\.latency_ms/],
    [{ salt: toBase64(testDocument(8).salt) }, /^document\.altered/],
    [{ salt: 'AAAA' }, /^salt\.malformed/],
    [{ entry: { ...entry, seq: 8 } }, /^proof\.mismatch proof: the proof of leaf 7 does not lead to the root/],
    [{ entry: { ...entry, collection: 'changes' } }, /^proof\.mismatch/],
    [{ entry: { ...entry, digest: '0'.repeat(64) } }, /^document\.altered/],
    [{ entry: { ...entry, more: 1 } }, /^entry\.malformed/],
    [{ entry: null }, /^entry\.malformed/],
    [{ proof: await proofOf(8) }, /^proof\.mismatch/],
    [{ proof: good.proof.replace('index 7', 'index 6') }, /^proof\.mismatch/],
    [{ proof: good.proof.replace('\n20\n', '\n21\n') }, /^note\.bad_signature/],
    [{ proof: '' }, /^proof\.malformed/],
    [{ vkeys: [] }, /^note\.no_known_key/],
  ];
  for (const [change, problem] of altered) {
    const report = verifyDocument({ ...good, ...change });
    equal(report.verdict, 'refused');
    match(report.problems.map(({ code, message }) => `${code} ${message}`).join('\n'), problem);
  }
  throws(() => verifyDocument({ ...good, vkeys: ['nonsense'] }), { code: 'key.malformed' });
});

test('an entry that the log has at another place than its seq says is refused', async () => {
  const { document, salt, entry } = testDocument(7);
  const misplaced = entries.with(3, entry);
  const hashes = await inclusionProof(3, 20, memoryLog(misplaced).read);
  const proof = formatTlogProof({ index: 3, hashes, checkpoint: fromUtf8(signedAt(misplaced, 20)) ?? '' });
  const given = { entry: JSON.parse(entry), salt: toBase64(salt), document: JSON.parse(document), proof, vkeys: [testVkey] };
  deepEqual(verifyDocument(given).problems, [{ code: 'entry.seq', message: "proof: it proves index 3, the entry's seq is 7" }]);
});
