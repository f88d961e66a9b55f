// `ancilla redact`: lines {"id","text"} in, lines {"id","text","spans"} out, one at a time.
import { isAncillaError } from '@ancilla/contracts/errors';
import { parsePolicy, parseTokenKey, RedactionError, tenantDefaultPolicy, type Policy, type TokenKey } from '@ancilla/redaction';
import { openGate, type Gate } from '../ingest/gate.ts';
import { usageOf } from './usage.ts';

export interface RedactIo {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: { write(text: string): boolean; once(event: 'drain', listener: () => void): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly readFile: (path: string) => Promise<string>;
}

/** A line is held whole; a longer one is refused. */
const LONGEST_LINE = 32 * 1024 * 1024;
const BATCH_CHARACTERS = 64 * 1024;

/** What was wrong with the command or its input, for the person who typed it. */
class Wrong extends Error {}

/**
 * Without a token key, types stand where values were: `[EMAIL]`.
 * @returns 0, or 2 with a message when the arguments, the policy or a line is wrong; lines before that one are out, no later one is
 */
export async function redactCommand(args: readonly string[], io: RedactIo): Promise<number> {
  try {
    const gate = await openFromArgs(args, io);
    let batch = '';
    let number = 0;
    for await (const line of linesOf(io.stdin)) {
      number++;
      if (line.trim() === '') continue;
      batch += redactLine(gate, line, number);
      if (batch.length < BATCH_CHARACTERS) continue;
      await write(io, batch);
      batch = '';
    }
    await write(io, batch);
    return 0;
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    io.stderr.write(`ancilla redact: ${error.message}\n`);
    return 2;
  }
}

async function openFromArgs(args: readonly string[], io: RedactIo): Promise<Gate> {
  const files: Record<'--policy' | '--token-key', string | undefined> = { '--policy': undefined, '--token-key': undefined };
  for (let i = 0; i < args.length; i += 2) {
    const [option, value] = [args[i], args[i + 1]];
    if ((option !== '--policy' && option !== '--token-key') || value === undefined)
      throw new Wrong(`unknown or incomplete option ${option ?? ''}\n${usageOf('redact')}`);
    files[option] = value;
  }
  const key = files['--token-key'];
  const tokenKey = key === undefined ? undefined : keyFrom(await read(io, key), key);
  const given = files['--policy'];
  const policy = given === undefined ? tenantDefaultPolicy : await policyFrom(io, given);
  try {
    return openGate({ policy: tokenKey === undefined && given === undefined ? masked(policy) : policy, tokenKey });
  } catch (error) {
    throw new Wrong(
      isAncillaError(error) ? `${error.message}; give --token-key or a policy that masks or drops` : 'the policy cannot be used',
    );
  }
}

/** The same policy for a place where there is no key. */
const masked = (policy: Policy): Policy => ({ ...policy, default_action: 'mask' });

async function policyFrom(io: RedactIo, path: string): Promise<Policy> {
  const text = await read(io, path);
  try {
    return parsePolicy(JSON.parse(text));
  } catch (error) {
    throw new Wrong(`${path}: ${error instanceof RedactionError ? error.message : 'not JSON'}`);
  }
}

async function read(io: RedactIo, path: string): Promise<string> {
  try {
    return await io.readFile(path);
  } catch {
    throw new Wrong(`cannot read ${path}`);
  }
}

function keyFrom(text: string, path: string): TokenKey {
  try {
    return parseTokenKey(text);
  } catch (error) {
    throw new Wrong(`${path}: ${error instanceof Error ? error.message : 'not a token key'}`);
  }
}

function redactLine(gate: Gate, line: string, number: number): string {
  const record = parseLine(line, number);
  try {
    const { text, spans } = gate.text(record.text);
    return `${JSON.stringify({ id: record.id, text, spans: spans.map(({ start, end, type }) => ({ start, end, type })) })}\n`;
  } catch (error) {
    if (!isAncillaError(error)) throw error;
    throw new Wrong(`line ${number}: ${error.message}`);
  }
}

function parseLine(line: string, number: number): { readonly id: string; readonly text: string } {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    throw new Wrong(`line ${number} is not JSON`);
  }
  if (
    typeof record !== 'object' ||
    record === null ||
    !('id' in record) ||
    typeof record.id !== 'string' ||
    !('text' in record) ||
    typeof record.text !== 'string'
  )
    throw new Wrong(`line ${number} needs "id" and "text", both strings`);
  return { id: record.id, text: record.text };
}

/** Lines of a byte stream; a character cut by a chunk's border is whole again. */
async function* linesOf(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  for await (const chunk of stream) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > LONGEST_LINE) throw new Wrong(`a line is longer than ${LONGEST_LINE} characters`);
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

async function write(io: RedactIo, text: string): Promise<void> {
  if (text === '' || io.stdout.write(text)) return;
  await new Promise<void>((resolve) => void io.stdout.once('drain', resolve));
}
