import {
  projection,
  promptEvents,
  rolloutEvidence,
  rolloutUnits,
  toTimestamp,
  type Clock,
  type Entry,
  type Io,
  type PromptEvent,
  type Reader,
  type rollouts,
  type Stored,
  type Task,
  type Tenant,
  type Write,
} from '@ancilla/contracts';
import { servingNow } from '../curator/index.ts';
import { Tally } from './tally.ts';

/** Calls of one trace that are looked through for the first of an agent. */
const CALLS_OF_A_TRACE = 50;

type Call = Entry<typeof promptEvents> & { readonly doc: PromptEvent };
const isCall = (entry: { readonly in: string }): entry is Call => entry.in === promptEvents.name;

/** Whether this is the first call of its agent in its trace: what follows it, a retry above all, shares its fate and does not count again. */
async function isFirst(event: PromptEvent, read: Reader<Tenant>, io: Io): Promise<boolean> {
  const { items } = await read.find(
    promptEvents,
    { index: 'by_trace', equals: { trace_id: event.trace_id }, oldest_first: true, limit: CALLS_OF_A_TRACE },
    io,
  );
  return items.find(({ doc }) => doc.agent_id === event.agent_id && doc.arm !== undefined)?.doc.event_id === event.event_id;
}

/** Counts decisions and calls for the rollouts they are part of, each once, and acts on what comes of it. @param tasks - whose decisions say which answer was right */
export function evidenceProjection(tasks: readonly Task[], clock: Clock) {
  const taskOf = new Map(tasks.map((task) => [task.decisions.name, task]));
  return projection({
    name: 'rollout.evidence',
    from: [promptEvents, ...tasks.map(({ decisions }) => decisions)],
    owns: [rolloutEvidence, rolloutUnits],
    async apply(entries, read, io) {
      const open = await servingNow(read, io);
      if (open.length === 0) return [];
      const tallies = new Map<string, Tally>();
      const tally = async (was: Stored<typeof rollouts>): Promise<Tally> => {
        const { rollout_id } = was.doc;
        let found = tallies.get(rollout_id);
        if (found === undefined) tallies.set(rollout_id, (found = await Tally.of(was, read, io)));
        return found;
      };
      for (const entry of entries) {
        if (entry.doc === undefined) continue;
        if (isCall(entry)) {
          const { arm, agent_config_id } = entry.doc;
          const was = arm && open.find(({ doc }) => doc.kind === 'agent_configs' && doc.id === agent_config_id);
          if (was && (await isFirst(entry.doc, read, io))) (await tally(was)).called(entry.doc, toTimestamp(clock.now()));
          continue;
        }
        const task = taskOf.get(entry.in);
        for (const trial of task?.trials(entry.doc) ?? []) {
          const was = open.find(({ doc }) => doc.rollout_id === trial.rollout_id);
          if (was && task) await (await tally(was)).decided(trial, task.meta(entry.doc).decided_at, read, io);
        }
      }
      const writes: Write<Tenant>[] = [];
      for (const each of tallies.values()) {
        await each.settle(read, io);
        writes.push(...(await each.writes(read, io)));
      }
      return writes;
    },
  });
}
