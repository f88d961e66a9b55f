import { Type } from 'typebox';
import { openClient, Refused, type Client } from './client.ts';
import { readGlossary } from './glossary.ts';
import { ensureKeys } from './keys.ts';
import { learn, promote } from './learn.ts';
import { decideAll, GLOSSARY, suggestAll } from './map-tables.ts';
import { rollOut, savePolicy } from './roll-out.ts';
import { readFictional, readTables, sources, type DemoTenant, type Table } from './tables.ts';
import { readTruth } from './truth.ts';

/** Where the server is, where the keys are kept, and how progress is told. */
export interface DemoParts {
  readonly url: string;
  readonly keysFile: string;
  /** Of a first start; undefined when the file with it is gone. */
  readonly platformKey: string | undefined;
  readonly say: (line: string) => void;
}

/** For each tenant a checkpoint taken before the last step, to verify the log against. */
export interface DemoResult {
  readonly tenants: readonly { readonly tenant_id: string; readonly log_id: string; readonly checkpoint: string }[];
}

const VERSION = '1';

/** Runs the whole loop for both tenants. What is there already is kept, so it can be run again, also after a kill in the middle. */
export async function runDemo({ url, keysFile, platformKey, say }: DemoParts): Promise<DemoResult> {
  const names = Object.keys(sources) as readonly DemoTenant[];
  const keys = await ensureKeys({ url, keysFile, platformKey, tenants: names }, say);
  const truth = await readTruth();
  const entries = await readGlossary();
  const tenants = [];
  for (const tenant_id of names) {
    const of = keys.tenants[tenant_id];
    if (of === undefined) throw new Error(`${keysFile} has no keys of ${tenant_id}: start with -- --fresh`);
    const [agent, reviewer, auditor, steward] = [of.agent, of.reviewer, of.auditor, of.steward].map((key) => openClient(url, key)) as [
      Client,
      Client,
      Client,
      Client,
    ];
    say(`\n${tenant_id}`);
    await saveGlossary(steward, entries);
    await savePolicy(steward);
    const tables = await readTables(tenant_id);
    /** The first tables are learned from, the next are for the shadow, the last for the canary. */
    const part = (from: number, to: number) => tables.slice(Math.round(from * tables.length), Math.round(to * tables.length));
    const mapAndDecide = async (some: readonly Table[]) => {
      await suggestAll({ agent, reviewer, auditor }, some, say);
      return await decideAll(tenant_id, reviewer, truth);
    };
    const { decided, right, labelled } = await mapAndDecide(part(0, 0.6));
    say(`the demo reviewer decided on ${decided} columns; of ${labelled} that have a term, the first candidate was right for ${right}`);
    const checkpoint = await auditor.text('/audit/checkpoint');
    const model = await learn(steward, say);
    const tried =
      model.isLive ||
      ((await rollOut(steward, model, 'shadow', async () => void (await mapAndDecide(part(0.6, 0.8))), say)) &&
        (await rollOut(steward, model, 'canary', async () => void (await mapAndDecide(part(0.8, 1))), say)));
    if (tried) await promote(steward, model, say);
    else await mapAndDecide(part(0.6, 1));
    await suggestAll({ agent, reviewer, auditor }, [await readFictional()], say);
    tenants.push({ tenant_id, checkpoint, log_id: checkpoint.split('\n')[0]?.split('/')[1] ?? '' });
  }
  await tryForeignTrace(keys.tenants, url, say);
  return { tenants };
}

async function saveGlossary(steward: Client, entries: object): Promise<void> {
  const path = `/curator/glossaries/${GLOSSARY}`;
  await steward
    .post(Type.Unknown(), `${path}/versions`, { version: VERSION, message: 'Properties of schema.org', content: { entries } })
    .catch((error: unknown) => {
      if (!(error instanceof Refused) || error.code !== 'curator.exists') throw error;
    });
  await steward.put(Type.Unknown(), `${path}/labels/production`, { version: VERSION, reason: 'The demo maps to it.' });
}

/** Asks for one tenant's newest trace with the other's key. */
async function tryForeignTrace(
  tenants: Readonly<Record<string, { readonly auditor: string }>>,
  url: string,
  say: (line: string) => void,
): Promise<void> {
  const [north, south] = Object.values(tenants).map(({ auditor }) => openClient(url, auditor));
  const page = await north?.get(Type.Object({ items: Type.Array(Type.Object({ trace_id: Type.String() })) }), '/dif/prompt_events?limit=1');
  const trace_id = page?.items[0]?.trace_id;
  const answer = await south?.get(Type.Unknown(), `/dif/traces/${trace_id}`).then(
    () => 'was answered: that is a defect',
    (error: unknown) => `was refused: ${error instanceof Refused ? error.code : String(error)}`,
  );
  say(`\nasking with demo-south's key for a trace of demo-north ${answer}`);
}
