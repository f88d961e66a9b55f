// `ancilla leak-report`: point an exporter here and learn what it sends today. Nothing is stored, nothing goes on.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toProblem, AncillaError, isAncillaError } from '@ancilla/contracts/errors';
import { tenantDefaultPolicy } from '@ancilla/redaction';
import { redactorOf } from '../ingest/index.ts';
import { formatLeakReport, openLeakReport, PACKED_LIMIT, readExport } from '../otlp/index.ts';
import { UsageError, type CommandIo } from './io.ts';
import { usageOf } from './usage.ts';

const OPTIONS = { '--port': 4318, '--seconds': 0 } as const;
const isOption = (word: string): word is keyof typeof OPTIONS => Object.hasOwn(OPTIONS, word);

/**
 * A receiver of OTLP on loopback, until it is stopped or the seconds are over; then a table by library and key.
 * @returns 0, also when something leaks: a report is no judgement
 */
export async function leakReportCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { '--port': port, '--seconds': seconds } = readOptions(args);
  const collected = openLeakReport(redactorOf({ policy: { ...tenantDefaultPolicy, default_action: 'mask' }, tokenKey: undefined }));

  async function answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    try {
      if (request.method !== 'POST' || request.url !== '/v1/traces')
        throw new AncillaError('route.not_found', 'only POST /v1/traces is here');
      const { spans, media } = await readExport(request, request.headers);
      collected.add(spans);
      reply.writeHead(200, { 'content-type': media }).end(media === 'application/json' ? '{}' : '');
    } catch (error) {
      const known = isAncillaError(error) ? error : new AncillaError('internal', 'the request could not be read');
      const problem = toProblem(known, { instance: '/v1/traces' });
      reply.writeHead(problem.status, { 'content-type': 'application/problem+json', connection: 'close' }).end(JSON.stringify(problem));
    }
  }

  const server = createServer((request, reply) => void answer(request, reply));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: open } = server.address() as AddressInfo;
  io.stderr.write(`waiting for spans at http://127.0.0.1:${open}/v1/traces, at most ${PACKED_LIMIT} bytes at once; stop with Ctrl-C\n`);
  const timeUp = seconds === 0 ? new Promise<void>(() => {}) : new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
  await Promise.race([io.stopped, timeUp]);
  server.closeAllConnections();
  server.close();
  io.stdout.write(formatLeakReport(collected.report()));
  return 0;
}

function readOptions(args: readonly string[]): Readonly<Record<keyof typeof OPTIONS, number>> {
  const options: Record<keyof typeof OPTIONS, number> = { ...OPTIONS };
  for (let i = 0; i < args.length; i += 2) {
    const [option = '', value = ''] = [args[i], args[i + 1]];
    if (!isOption(option) || !/^\d{1,5}$/.test(value)) throw new UsageError(usageOf('leak-report'));
    options[option] = Number(value);
  }
  return options;
}
