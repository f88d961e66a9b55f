// On Node only. Events that have not arrived yet, kept in a folder so that they outlive the process.
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PromptEventInput } from '@ancilla/contracts';
import { Compile } from 'typebox/compile';
import type { Spool } from './delivery.ts';

const isEvent = Compile(PromptEventInput);
/** <random>.<process>.jsonl */
const NAME = /^[0-9a-f]{16}\.(\d+)\.jsonl$/;

/**
 * Keeps events in a folder: one file a process, an event a line, never raw content. What a process that was killed left there is sent by the next one that opens the folder; an
 * event that had arrived all the same is recognised by the server. Survives the end of the process, not a power cut: waiting for the disk would cost every call milliseconds.
 * @throws {Error} of the file system, when the folder cannot be made or written to
 */
export function openSpool(folder: string): Spool & Disposable {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = () => `${Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex')}.${process.pid}.jsonl`;
  const own = name();
  const path = join(folder, own);
  let file = openSync(path, 'ax', 0o600);
  let bytes = 0;
  const write = (events: readonly PromptEventInput[]) => {
    if (events.length === 0) return;
    const lines = toLines(events);
    writeFileSync(file, lines);
    bytes += lines.length;
  };
  const left: PromptEventInput[] = [];
  for (const other of readdirSync(folder)) {
    const owner = NAME.exec(other)?.[1];
    if (owner === undefined || other === own || isInUse(join(folder, other), Number(owner))) continue;
    // Two processes may find the same file: whose renaming succeeds has it.
    const taken = join(folder, name());
    if (!moved(join(folder, other), taken)) continue;
    const found = readFileSync(taken, 'utf8').split('\n').flatMap(parse);
    write(found);
    left.push(...found);
    rmSync(taken);
  }
  return {
    left: () => left,
    keep: (event) => write([event]),
    bytes: () => bytes,
    replace(events) {
      if (events.length === 0) {
        ftruncateSync(file, 0);
        bytes = 0;
        return;
      }
      // Beside, and in its place only once it is whole on disk: killed or out of space before that, what was kept is still there.
      const lines = toLines(events);
      const besidePath = join(folder, name());
      const beside = openSync(besidePath, 'ax', 0o600);
      try {
        writeFileSync(beside, lines);
        fsyncSync(beside);
        renameSync(besidePath, path);
      } catch (error) {
        closeSync(beside);
        rmSync(besidePath, { force: true });
        throw error;
      }
      closeSync(file);
      file = beside;
      bytes = lines.length;
    },
    [Symbol.dispose]() {
      closeSync(file);
      if (bytes === 0) rmSync(path, { force: true });
    },
  };
}

/** Each on a line that it begins itself: of one that a full disk cut short, the next is no part. */
const toLines = (events: readonly PromptEventInput[]): Buffer => Buffer.from(events.map((event) => `\n${JSON.stringify(event)}`).join(''));

/** The last line of a process that was killed may be cut. */
function parse(line: string): readonly PromptEventInput[] {
  try {
    const event: unknown = JSON.parse(line);
    return isEvent.Check(event) ? [event] : [];
  } catch {
    return [];
  }
}

function isInUse(path: string, owner: number): boolean {
  try {
    // In a container each start has the same number: what was last written before this process began is an earlier one's.
    if (owner === process.pid) return statSync(path).mtimeMs >= performance.timeOrigin;
    return process.kill(owner, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
