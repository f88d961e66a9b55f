import { AncillaError } from '@ancilla/contracts';
import { fromSqlite } from './errors.ts';
import type { Outcome } from './commit-group.ts';
import type { OpenFiles } from './open-files.ts';
import type { Answer, Request } from './protocol.ts';

type Commit = Extract<Request, { op: 'commit' }>;

/** A transaction takes at most so many writes: one client's flood must not make all others wait. */
const GROUP_WRITES = 512;

/**
 * Group commit: takes all that is queued, makes one transaction of what is for one file, answers after it is durable, and looks again. No timer: the time the
 * disk needs is the time the next group gathers.
 */
export function serve(files: OpenFiles, answer: (answer: Answer) => void): { add(request: Request): void; drain(): void } {
  let queued: Request[] = [];
  let scheduled = false;

  const drain = () => {
    scheduled = false;
    while (queued.length > 0) {
      const taken = queued;
      queued = [];
      for (const group of groups(taken)) runGroup(group);
    }
  };

  const runGroup = (group: Group) => {
    if (Array.isArray(group)) return runCommits(group);
    reply(group.id, () => {
      if (group.op === 'create') return files.create(group.place, group.log_id);
      const { reads } = files.open(group.place).database;
      // The sender's types tie the arguments to the name.
      const read = reads[group.what] as (...args: readonly unknown[]) => unknown;
      return read(...group.args);
    });
  };

  const runCommits = (commits: readonly Commit[]) => {
    const [first] = commits;
    if (!first) return;
    let outcomes: readonly Outcome[];
    try {
      outcomes = files.commitGroup(
        first.place,
        commits.map(({ commit }) => commit),
      );
    } catch (error) {
      // One of them made the database refuse all: alone, each gets its own answer.
      if (commits.length > 1) return commits.forEach((commit) => runCommits([commit]));
      return answer({ id: first.id, error: describe(error) });
    }
    for (const [i, outcome] of outcomes.entries()) {
      const id = commits[i]?.id ?? first.id;
      answer('receipt' in outcome ? { id, value: outcome.receipt } : { id, error: describe(outcome.error) });
    }
  };

  const reply = (id: number, run: () => unknown) => {
    try {
      answer({ id, value: run() });
    } catch (error) {
      answer({ id, error: describe(error) });
    }
  };

  return {
    add(request) {
      queued.push(request);
      if (scheduled) return;
      scheduled = true;
      // After the messages that have arrived already.
      setImmediate(drain);
    },
    drain,
  };
}

type Group = Commit[] | Exclude<Request, Commit>;

/** Commits to one file come together, at the place of the first; everything else keeps its order. */
function groups(requests: readonly Request[]): readonly Group[] {
  const ordered: Group[] = [];
  const open = new Map<string, { readonly commits: Commit[]; writes: number }>();
  for (const request of requests) {
    if (request.op !== 'commit') {
      ordered.push(request);
      continue;
    }
    const { name } = request.place;
    const size = request.commit.writes.length;
    const group = open.get(name);
    if (group && group.writes + size <= GROUP_WRITES) {
      group.commits.push(request);
      group.writes += size;
      continue;
    }
    const commits = [request];
    open.set(name, { commits, writes: size });
    ordered.push(commits);
  }
  return ordered;
}

function describe(thrown: unknown): Extract<Answer, { error: unknown }>['error'] {
  const error = fromSqlite(thrown);
  if (error instanceof AncillaError) return { code: error.code, detail: error.message };
  return { code: undefined, detail: error instanceof Error ? (error.stack ?? error.message) : 'unknown' };
}
