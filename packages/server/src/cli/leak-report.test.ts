import { equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError, type CommandIo } from './io.ts';
import { leakReportCommand } from './leak-report.ts';

/** Runs the command until `during` is over. */
async function run(args: readonly string[], during: (url: string) => Promise<void>): Promise<string> {
  let out = '';
  const stop = Promise.withResolvers<void>();
  const open = Promise.withResolvers<string>();
  const io: CommandIo = {
    env: {},
    stdin: (async function* () {})(),
    stdout: { write: (text) => ((out += text), true), once: () => undefined },
    stderr: { write: (text) => open.resolve(/http:\S+\/v1\/traces/.exec(text)?.[0] ?? '') },
    readFile: () => Promise.reject(new Error('no files')),
    stopped: stop.promise,
  };
  const done = leakReportCommand(args, io);
  const url = await Promise.race([open.promise, done.then(() => '')]);
  await during(url);
  stop.resolve();
  equal(await done, 0);
  return out;
}

const span = (attributes: Readonly<Record<string, string>>) => ({
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
});

test('what an exporter sends is counted by library and key, and not a word of it is said', async () => {
  const out = await run(['--port', '0'], async (url) => {
    const body = JSON.stringify({
      resourceSpans: [
        {
          scopeSpans: [
            { scope: { name: 'my.lib' }, spans: [span({ 'input.value': 'mail jane.roe@example.org', 'gen_ai.request.model': 'gpt-4o' })] },
          ],
        },
      ],
    });
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    equal(answer.status, 200);
    equal(await answer.text(), '{}');
    equal((await fetch(url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body })).status, 415);
    equal((await fetch(url)).status, 404);
  });
  match(out, /1 spans; raw content leaves in 1 places/);
  match(out, /my\.lib +input\.value +1 +25 +EMAIL 1/);
  ok(!out.includes('jane'));
});

test('without content it says so; a wrong option is told', async () => {
  equal(await run(['--port', '0', '--seconds', '0'], () => Promise.resolve()), '0 spans, no raw content in them\n');
  await leakReportCommand(['--nonsense', '1'], {} as CommandIo).then(
    () => ok(false),
    (error: unknown) => ok(error instanceof UsageError),
  );
});
