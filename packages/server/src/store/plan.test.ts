import { test } from 'node:test';
import { deepEqual, equal, ok } from 'node:assert/strict';
import { isAncillaError } from '@ancilla/contracts';
import fc from 'fast-check';
import { SECRET_BYTES, type PreparedCommit, type PreparedWrite } from './engines/engine.ts';
import { plan, type Found, type RowChange } from './plan.ts';

// A store of two collections in memory, just enough to plan on: `log` and `state`, whose documents are their key and a content of one letter.

class Model implements Found {
  readonly log = new Map<string, { seq: number; revision: number; received: Uint8Array; removed: boolean }>();
  readonly state = new Map<string, number>();
  seq = 0;
  commits = 0;
  isLog = (of: string) => of !== 'state';
  revision = (_: string, key: string) => this.state.get(key);
  entry = (of: string, key: string) => (of === 'log' ? this.log.get(key) : undefined);
  holder = () => undefined;
  hasBlob = () => false;
  apply(rows: readonly RowChange[], revision: number): void {
    for (const row of rows)
      if (row.op === 'log') {
        equal(row.seq, this.seq++, 'gapless');
        this.log.set(row.key, { seq: row.seq, revision, received: row.received, removed: false });
      } else if (row.op === 'retire') {
        const entry = this.log.get(row.key);
        ok(entry);
        entry.removed = true;
      } else if (row.op === 'delete') this.state.delete(row.key);
      else this.state.set(row.key, revision);
  }
}

const key = fc.constantFrom('a', 'b', 'c');
const content = fc.constantFrom(1, 2);
const action = fc.record({ op: fc.constantFrom('insert', 'insert', 'replace', 'remove', 'put'), key, content, stale: fc.boolean() });
const toCommit = (actions: readonly { op: string; key: string; content: number; stale: boolean }[], model: Model): PreparedCommit => {
  const secrets = actions.map((each) => each.content.toString(16).padStart(4 * SECRET_BYTES, '0')).join('');
  const writes = actions.map((each): PreparedWrite => {
    const row = { key: each.key, time: 't', body: `${each.content}`, unique: [] };
    if (each.op === 'insert') return { op: 'insert', to: 'log', ...row };
    if (each.op === 'put') return { op: 'insert', to: 'state', ...row };
    if (each.op === 'replace')
      return { op: 'replace', to: 'state', ...row, revision: (model.state.get(each.key) ?? 0) - (each.stale ? 1 : 0) };
    return { op: 'remove', to: each.stale ? 'log' : 'state', key: each.key };
  });
  return { writes, guards: [], secrets };
};

test('whatever is committed in whatever order: seq has no gaps, a key keeps its first content, a repetition answers as before', () => {
  fc.assert(
    fc.property(fc.array(fc.array(action, { minLength: 1, maxLength: 5 }), { maxLength: 25 }), (commits) => {
      const model = new Model();
      const answers = new Map<string, number>();
      for (const actions of commits) {
        const commit = toCommit(actions, model);
        try {
          const made = plan(model, commit, { seq: model.seq, revision: model.commits + 1 });
          model.apply(made.rows, made.revision);
          if (made.rows.length > 0) equal(made.revision, ++model.commits);
          for (const [i, write] of commit.writes.entries()) {
            if (write.op !== 'insert' || write.to !== 'log') continue;
            const seq = made.writes[i]?.seq;
            ok(seq !== undefined);
            const name = `${write.key} ${write.body}`;
            equal(answers.get(name) ?? seq, seq);
            answers.set(name, seq);
          }
          const again = plan(model, commit, { seq: model.seq, revision: model.commits + 1 });
          if (commit.writes.some(({ op, ...write }) => op === 'insert' && 'to' in write && write.to === 'log')) deepEqual(again.rows, []);
        } catch (error) {
          ok(isAncillaError(error, 'store.conflict', 'store.revision_conflict'), String(error));
        }
      }
      equal(new Set(answers.values()).size, answers.size, 'no two contents share a seq');
      equal(answers.size, model.log.size, 'no key has two contents');
    }),
  );
});
