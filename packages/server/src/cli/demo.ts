import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AncillaError } from '@ancilla/contracts';
import { readConfig } from '../config.ts';
import { openAncilla, URL_FILE } from '../main.ts';
import { UsageProblem, parseOptions, type CommandIo } from './io.ts';
import { verifyCommand } from './verify.ts';

/** What a data folder holds: a folder with anything else in it is not the demo's to delete. */
const OURS = new Set([
  'artifacts',
  'demo-checkpoints',
  'demo-keys.json',
  'evidence',
  'keys',
  'platform-admin-key',
  URL_FILE,
  'start.lock',
  'store',
]);

/** `ancilla demo [--fresh]`: the server, the whole loop on public tables, then what to look at. */
export async function demoCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { set } = parseOptions(args, { values: [], flags: ['fresh'] });
  const started = performance.now();
  const say = (line: string): void => void io.stdout.write(`${line}\n`);
  // The demo speaks for itself; what the server has to say about trouble still comes.
  const config = readConfig({ ANCILLA_LOG_LEVEL: 'warn', ...io.env });
  if (set.has('fresh')) await forget(config.dataFolder);
  const { runDemo } = await import('@ancilla/examples').catch((cause: unknown) => {
    throw new AncillaError('config.invalid', 'the demo needs the package @ancilla/examples: npm install @ancilla/examples', { cause });
  });

  const server = await openAncilla(config);
  try {
    say(server.url);
    const file = (name: string): string => join(config.dataFolder, name);
    const platformKey = await readFile(file('platform-admin-key'), 'utf8').then(
      (text) => text.trim(),
      () => undefined,
    );
    const { tenants } = await runDemo({ url: server.url, keysFile: file('demo-keys.json'), platformKey, say }).catch((cause: unknown) => {
      // What the demo has to say is one line; where it was thrown helps nobody.
      throw new UsageProblem(cause instanceof Error ? cause.message : String(cause), { cause });
    });

    await mkdir(file('demo-checkpoints'), { recursive: true });
    await server.publish();
    for (const { tenant_id, log_id, checkpoint } of tenants) {
      const kept = join(file('demo-checkpoints'), tenant_id);
      // The earliest is the strongest: what a later start brings does not take its place.
      await writeFile(kept, checkpoint, { flag: 'wx' }).catch(() => undefined);
      say(`\nverifying the log of ${tenant_id} against a checkpoint taken before training`);
      const vkey = (await readFile(join(file('evidence'), log_id, 'vkey'), 'utf8')).trim();
      const verdict = await verifyCommand([join(file('evidence'), log_id), '--vkey', vkey, '--checkpoint', kept], io);
      if (verdict !== 0) return verdict;
    }
    say(
      `\nready after ${Math.round((performance.now() - started) / 1000)} s. Ctrl-C ends it; npm start goes on from here, npm start -- --fresh begins anew.\n`,
    );
    say(
      whatToOpen(
        server.url,
        file,
        server.consoleLink(tenants.map(({ tenant_id }) => ({ tenant_id, role: 'steward', subject: 'you' }))),
        tenants[0],
      ),
    );
    await io.stopped;
    return 0;
  } finally {
    await server.close();
  }
}

/** Deletes a data folder, and nothing that does not look like one. */
async function forget(folder: string): Promise<void> {
  const strangers = (await readdir(folder).catch(() => [])).filter((name) => !OURS.has(name));
  if (strangers.length > 0)
    throw new AncillaError(
      'config.invalid',
      `${folder} holds more than the demo's data (${strangers.slice(0, 3).join(', ')}): delete it yourself, or set ANCILLA_DATA`,
    );
  await rm(folder, { recursive: true, force: true });
}

function whatToOpen(
  url: string,
  file: (name: string) => string,
  link: string,
  of: { readonly tenant_id: string; readonly log_id: string } | undefined,
): string {
  const key = `$(node -p "JSON.parse(require('fs').readFileSync('${file('demo-keys.json')}')).tenants['${of?.tenant_id}'].auditor")`;
  return `open       ${link}
           (works once; the fictional customers wait in the review queue for you)
reference  ${url}/docs

KEY=${key}
curl -sw "\\n" -H "authorization: Bearer $KEY" "${url}/dif/prompt_events?limit=1"
curl -sw "\\n" -H "authorization: Bearer $KEY" "${url}/nurse/summary"
curl -sw "\\n" -H "authorization: Bearer $KEY" "${url}/audit/checkpoint"
npm run -s ancilla -- verify ${join(file('evidence'), of?.log_id ?? '')} --checkpoint ${join(file('demo-checkpoints'), of?.tenant_id ?? '')}`;
}
