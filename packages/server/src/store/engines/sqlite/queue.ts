import { AncillaError } from '@ancilla/contracts/errors';
import { fromSqlite } from './errors.ts';
import type { Outcome } from './commit-group.ts';
import type { OpenFiles } from './open-files.ts';
import type { Answer, Request } from './protocol.ts';

type Commit = Extract<Request, { op: 'commit' }>;

/** A transaction takes at most so many writes: one client's flood must not make all others wait. */
const GROUP_WRITES = 512;

/**
 * Group commit: answers requests in their order, but makes one transaction of all commits to one file, and answers those after it is durable. No timer: what
 * arrives while the disk works is the next group.
 */
export function answerAll(files: OpenFiles, requests: readonly Request[]): readonly Answer[] {
  return groups(requests).flatMap((group) => (Array.isArray(group) ? runCommits(files, group) : [runOne(files, group)]));
}

function runOne(files: OpenFiles, request: Exclude<Request, Commit>): Answer {
  try {
    if (request.op === 'create') return { id: request.id, value: files.create(request.place, request.log_id) };
    const { reads } = files.open(request.place).database;
    // The sender's types tie the arguments to the name.
    const read = reads[request.what] as (...args: readonly unknown[]) => unknown;
    return { id: request.id, value: read(...request.args) };
  } catch (error) {
    return { id: request.id, error: describe(error) };
  }
}

function runCommits(files: OpenFiles, commits: readonly Commit[]): readonly Answer[] {
  const [first] = commits;
  if (!first) return [];
  let outcomes: readonly Outcome[];
  try {
    outcomes = files.commitGroup(
      first.place,
      commits.map(({ commit }) => commit),
    );
  } catch (error) {
    // One of them made the database refuse all: alone, each gets its own answer.
    if (commits.length > 1) return commits.flatMap((commit) => runCommits(files, [commit]));
    return [{ id: first.id, error: describe(error) }];
  }
  return outcomes.map((outcome, i) => {
    const id = commits[i]?.id ?? first.id;
    return 'receipt' in outcome ? { id, value: outcome.receipt } : { id, error: describe(outcome.error) };
  });
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
  if (error instanceof AncillaError) return { code: error.code, detail: error.message, errors: error.errors };
  return { code: undefined, detail: error instanceof Error ? (error.stack ?? error.message) : 'unknown', errors: [] };
}
