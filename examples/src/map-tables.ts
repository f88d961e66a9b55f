import { Id, MappingSuggestion } from '@ancilla/contracts';
import { Type } from 'typebox';
import { all, newTraceId, type Client } from './client.ts';
import { FICTIONAL, type Table } from './tables.ts';
import type { Truth } from './truth.ts';

/** The id of the demo's glossary, and the data set its tables belong to. */
export const GLOSSARY = 'schema-org';
const DATASET = 'public';
const MINUTE = 60_000;

const Saga = Type.Object({ saga_id: Id('sg'), status: Type.String() });

/** Every suggestion of the tenant, whatever became of it. */
const suggestions = async (reviewer: Client) =>
  (await Promise.all(['open', 'decided'].map((status) => all(reviewer, MappingSuggestion, `/review/queue?status=${status}`)))).flat();

/** Waits for the runs that an interrupted start left: the server resumes them by itself. */
async function untilResumed(auditor: Client): Promise<number> {
  let resumed = 0;
  for (const end = Date.now() + MINUTE; ;) {
    const running = (await all(auditor, Saga, '/dif/sagas?name=mapping.suggest')).filter(({ status }) => status === 'running');
    resumed = Math.max(resumed, running.length);
    if (running.length === 0) return resumed;
    if (Date.now() > end) throw new Error(`saga ${running[0]?.saga_id} of an earlier start did not end; GET /dif/sagas says how it stands`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Has each table mapped that was not mapped yet: one trace a table. */
export async function suggestAll(
  { agent, reviewer, auditor }: Record<'agent' | 'reviewer' | 'auditor', Client>,
  tables: readonly Table[],
  say: (line: string) => void,
) {
  const resumed = await untilResumed(auditor);
  if (resumed > 0) say(`${resumed} mapping run${resumed === 1 ? '' : 's'} that an earlier start left went on and ended`);
  const mapped = new Set((await suggestions(reviewer)).map(({ table }) => table));
  for (const table of tables) {
    if (mapped.has(table.name)) continue;
    const { items } = await agent.post(
      Type.Object({ items: Type.Array(Type.Object({ abstained: Type.Boolean() })) }),
      '/mapping/suggest',
      { dataset: DATASET, table, glossary: GLOSSARY },
      newTraceId(),
    );
    say(
      `${table.name.padEnd(20)} ${String(items.length).padStart(2)} columns, ${items.filter(({ abstained }) => !abstained).length} suggested`,
    );
  }
}

/**
 * Decides on what is open as the truth file says, all but the fictional customers: those are left for whoever looks at the queue.
 * @returns how many columns have a decision, and for how many of them the first candidate was right
 */
export async function decideAll(
  tenant: string,
  reviewer: Client,
  truth: Truth,
): Promise<{ readonly decided: number; readonly right: number; readonly labelled: number }> {
  let right = 0;
  let labelled = 0;
  const mine = (await suggestions(reviewer)).filter(({ table }) => table !== FICTIONAL);
  for (const { suggestion_id, status, table, column, candidates } of mine) {
    const semantic_id = truth(tenant, table, column);
    const first = candidates[0]?.semantic_id;
    if (semantic_id !== undefined) labelled++;
    if (semantic_id !== undefined && first === semantic_id) right++;
    if (status !== 'open') continue;
    const decision = semantic_id === undefined ? 'none_of_these' : first === semantic_id ? 'accept' : 'override';
    await reviewer.post(Type.Unknown(), `/review/${suggestion_id}/decision`, {
      decision,
      ...(semantic_id !== undefined && { semantic_id }),
      justification: 'Decided by the demo reviewer, a program, from the truth file of the demo.',
    });
  }
  return { decided: mine.length, right, labelled };
}
