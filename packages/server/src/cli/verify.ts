import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EvidenceError, verifyDocument, verifyLog } from '@ancilla/evidence';
import { parseOptions, UsageError, type CommandIo } from './io.ts';
import { usageOf } from './usage.ts';

const missing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/**
 * Verifies a log's folder, or the answer of GET /audit/proofs/inclusion, without a server and without a network.
 * @returns 0 when all agrees, 1 when something was altered, 2 for wrong arguments
 */
export async function verifyCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { options, rest } = parseOptions(args, { values: ['vkey', 'checkpoint', 'proof'], flags: [] });
  const say = (line: string): void => void io.stdout.write(`${line}\n`);
  try {
    if (options.proof !== undefined) return verifyProof(toJson(await io.readFile(options.proof), options.proof), options.vkey, io);
    const [folder] = rest;
    if (folder === undefined) throw new UsageError(usageOf('verify'));
    const read = async (path: string): Promise<Uint8Array | undefined> => {
      try {
        return await readFile(join(folder, path));
      } catch (error) {
        if (missing(error)) return undefined;
        throw error;
      }
    };
    const shown =
      options.vkey ??
      Buffer.from((await read('vkey')) ?? new Uint8Array())
        .toString('utf8')
        .trim();
    if (shown === '') throw new UsageError(`${folder} is no log: it has no vkey. ${usageOf('verify')}`);
    const report = await verifyLog({
      readFile: read,
      listFiles: (path) => readdir(join(folder, path)).catch((error: unknown) => (missing(error) ? [] : Promise.reject(error))),
      vkeys: [shown],
      ...(options.checkpoint !== undefined && { trustedCheckpoint: await io.readFile(options.checkpoint) }),
    });
    say(`log       ${report.origin ?? 'unknown'}`);
    say(
      `entries   ${report.size}${report.verdict === 'anchored' ? `, of which ${report.anchored_size} under the trusted checkpoint` : ''}`,
    );
    say(`root      ${report.root ?? 'none'}`);
    for (const [collection, count] of Object.entries(report.collections)) say(`  ${collection.padEnd(20)} ${count}`);
    say(`earlier checkpoints checked: ${report.earlier_checkpoints}`);
    if (options.vkey === undefined) say(ownKey('folder'));
    for (const { code, message } of report.problems) say(`PROBLEM ${code}: ${message}`);
    if (report.problems_omitted > 0) say(`… and ${report.problems_omitted} more`);
    say(`verdict   ${report.verdict}`);
    return report.verdict === 'refused' ? 1 : 0;
  } catch (error) {
    if (error instanceof EvidenceError) throw new UsageError(error.message);
    // What cannot be read was not refused: exit 1 would say so.
    if (error instanceof Error && 'syscall' in error) throw new UsageError(`${error.message}. ${usageOf('verify')}`);
    throw error;
  }
}

/** Whoever writes all of it anew signs it with a key of their own. */
const ownKey = (of: string): string => `the key was read from the ${of} itself: compare it with one that reached you another way (--vkey)`;

function toJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${path} is not JSON; it must be an answer of GET /audit/proofs/inclusion`);
  }
}

function verifyProof(answer: unknown, vkey: string | undefined, { stdout, stderr }: CommandIo): number {
  const field = (name: string): unknown =>
    typeof answer === 'object' && answer !== null && name in answer ? Reflect.get(answer, name) : undefined;
  const salt = field('salt');
  const proof = field('proof');
  const key = vkey ?? field('vkey');
  if (typeof proof !== 'string' || typeof key !== 'string')
    throw new UsageError('the file is not an answer of GET /audit/proofs/inclusion');
  const report = verifyDocument({
    entry: field('entry'),
    salt: typeof salt === 'string' ? salt : '',
    document: field('document'),
    proof,
    vkeys: [key],
  });
  stdout.write(`${JSON.stringify(report)}\n`);
  if (vkey === undefined) stderr.write(`${ownKey('proof')}\n`);
  return report.verdict === 'proven' ? 0 : 1;
}
