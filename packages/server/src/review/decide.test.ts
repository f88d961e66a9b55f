import { deepEqual, equal, notEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import type { MappingSuggestion, mappingSuggestions, Revision, Stored } from '@ancilla/contracts';
import { decide, repeats, type Deciding, type InForce, type Verdict } from './decide.ts';

const id = (prefix: string, n: number): string => `${prefix}_01h455vb4pex5vsknk0${String(n).padStart(7, '0')}`;
const suggestion: MappingSuggestion = {
  suggestion_id: id('su', 1),
  trace_id: 'a'.repeat(32),
  saga_id: id('sg', 1),
  dataset: 'crm',
  table: 'customers',
  column: 'cust_nm',
  status: 'open',
  abstained: false,
  candidates: ['sem.customer.name', 'sem.city'].map((semantic_id, i) => ({ semantic_id, score: i === 0 ? 0.8 : 0.3, reasons: [] })),
  model: { id: 'mapping-ranker', version: 'base-6', arm: 'stable' },
  agent_config: { id: 'mapping.agent.v1', version: '1' },
  glossary: { id: 'crm', version: '1' },
  features_ref: id('ar', 1),
  span_id: 'b'.repeat(16),
  created_at: '2026-11-27T00:00:00.000Z',
};
// Revisions are the store's; a test needs some.
const stored = (change: Partial<MappingSuggestion> = {}, revision = 7): Stored<typeof mappingSuggestions> => ({
  doc: { ...suggestion, ...change },
  seq: undefined,
  revision: revision as Revision,
});
const say = (decision: Verdict['decision'], change: Partial<Verdict> = {}): Verdict => ({ decision, ...change });
const by: Deciding = {
  reviewer_id: 'ann',
  review_trace_id: 'c'.repeat(32),
  decided_at: '2026-11-27T01:00:00.000Z',
  isTerm: (term) => term.startsWith('sem.'),
  blind: false,
};
const invalid = (path: string) => (error: unknown) => {
  const { code, errors } = error as { code: string; errors: readonly { path: string }[] };
  return code === 'schema.invalid' && errors.some((each) => each.path === path);
};

test('the five decisions are five signals, and each names what it says', () => {
  for (const [verdict, semantic_id] of [
    [say('accept'), 'sem.customer.name'],
    [say('accept', { semantic_id: 'sem.city' }), 'sem.city'],
    [say('override', { semantic_id: 'sem.order.total' }), 'sem.order.total'],
    [say('reject'), null],
    [say('none_of_these'), null],
    [say('new_term', { justification: 'loyalty tier' }), null],
  ] as const) {
    const { mapping, writes } = decide(stored(), verdict, by);
    deepEqual([mapping.decision, mapping.semantic_id], [verdict.decision, semantic_id]);
    equal(mapping.justification, verdict.justification);
    deepEqual(
      writes.map((write) => write.op),
      ['insert', 'replace'],
    );
  }
});

test('a decision keeps what was shown, by which model, config and glossary, and its place', () => {
  const { mapping } = decide(stored(), say('accept'), by);
  deepEqual(mapping.candidates, [
    { semantic_id: 'sem.customer.name', score: 0.8 },
    { semantic_id: 'sem.city', score: 0.3 },
  ]);
  const { model, agent_config, glossary, features_ref, trace_id } = suggestion;
  deepEqual({ ...mapping, model, agent_config, glossary, features_ref, trace_id }, mapping);
  deepEqual(mapping.source, { dataset: 'crm', table: 'customers', column: 'cust_nm' });
  deepEqual([mapping.reviewer_id, mapping.review_trace_id], ['ann', 'c'.repeat(32)]);
});

test('what does not fit its decision is refused by field', () => {
  for (const [verdict, path] of [
    [say('accept', { semantic_id: 'sem.order.total' }), '/semantic_id'],
    [say('override'), '/semantic_id'],
    [say('override', { semantic_id: 'made.up' }), '/semantic_id'],
    [say('reject', { semantic_id: 'sem.city' }), '/semantic_id'],
    [say('none_of_these', { semantic_id: 'sem.city' }), '/semantic_id'],
    [say('new_term', { semantic_id: 'sem.city', justification: 'x' }), '/semantic_id'],
    [say('new_term'), '/justification'],
  ] as const)
    throws(() => decide(stored(), verdict, by), invalid(path), JSON.stringify(verdict));
  throws(() => decide(stored({ candidates: [] }), say('accept'), by), invalid('/semantic_id'));
});

test('the id comes from suggestion and revision: the same twice is one decision, another revision another', () => {
  const { mapping } = decide(stored(), say('accept'), by);
  equal(decide(stored(), say('reject'), { ...by, reviewer_id: 'bob' }).mapping.mapping_history_id, mapping.mapping_history_id);
  notEqual(decide(stored({}, 8), say('accept'), by).mapping.mapping_history_id, mapping.mapping_history_id);
});

test('what is decided is not decided again; a correction names the decision in force and is an entry of its own', () => {
  const decided = stored({ status: 'decided', mapping_history_id: id('mh', 1) }, 8);
  throws(() => decide(decided, say('accept'), by), { code: 'review.decided' });
  throws(() => decide(decided, say('accept', { supersedes: id('mh', 2) }), by), { code: 'review.decided' });
  const { mapping, writes } = decide(decided, say('reject', { supersedes: id('mh', 1) }), by);
  equal(mapping.supersedes, id('mh', 1));
  notEqual(mapping.mapping_history_id, id('mh', 1));
  deepEqual(
    writes.map((write) => write.op),
    ['insert', 'replace'],
    'nothing that was said is changed',
  );
});

test('a suggestion that was replaced is not decided on', () => {
  throws(() => decide(stored({ status: 'superseded' }), say('accept'), by), { code: 'review.decided' });
});

/** A decision in force on the same column, made on another suggestion. */
const inForce = (semantic_id: string | null): InForce => {
  const was = stored({ suggestion_id: id('su', 2) }, 3);
  const { mapping } = decide(was, semantic_id === null ? say('reject') : say('override', { semantic_id }), by);
  return { was: { ...was, doc: { ...was.doc, status: 'decided', mapping_history_id: mapping.mapping_history_id } }, mapping };
};

test('a newer suggestion may correct the decision on the same column, and no other', () => {
  const earlier = inForce(null);
  const supersedes = earlier.mapping.mapping_history_id;
  const { mapping, writes } = decide(stored(), say('reject', { supersedes }), by, [earlier]);
  deepEqual([mapping.supersedes, writes.length], [supersedes, 3], 'the earlier suggestion stands aside');
  throws(() => decide(stored(), say('reject', { supersedes: id('mh', 9) }), by, [earlier]), invalid('/supersedes'));
  throws(() => decide(stored(), say('reject', { supersedes }), by), invalid('/supersedes'));
});

test('no column has two answers in force: another one, or the refusal of one, takes its place unasked', () => {
  const [best, second] = ['sem.customer.name', 'sem.city'];
  for (const [answer, verdict, takes] of [
    [best, say('accept'), true],
    [second, say('accept'), true],
    [best, say('override', { semantic_id: 'sem.order.total' }), true],
    [best, say('new_term', { justification: 'loyalty tier' }), true],
    [best, say('reject'), true],
    [second, say('reject'), false],
    [second, say('none_of_these'), true],
    ['sem.order.total', say('none_of_these'), false],
    // A rejection is no answer: it stands beside the one that is given later.
    [null, say('accept'), false],
  ] as const) {
    const earlier = inForce(answer);
    const { mapping, writes } = decide(stored(), verdict, by, [earlier]);
    const what = `${answer} then ${verdict.decision}`;
    equal(mapping.supersedes, takes ? earlier.mapping.mapping_history_id : undefined, what);
    equal(writes.length, takes ? 3 : 2, what);
  }
  const [rejection, answer] = [inForce(null), inForce(second)];
  const naming = say('accept', { supersedes: rejection.mapping.mapping_history_id });
  throws(() => decide(stored(), naming, by, [rejection, answer]), invalid('/supersedes'), 'it would leave two answers');
  const own = stored({ status: 'decided', mapping_history_id: id('mh', 1) }, 8);
  const onOwn = () => decide(own, say('accept', { supersedes: id('mh', 1) }), by, [answer]);
  throws(onOwn, invalid('/supersedes'));
  // To name the answer here would be refused too: it says where it can be corrected, and there it can.
  throws(onOwn, { message: new RegExp(`correct it on suggestion ${answer.was.doc.suggestion_id}`) });
  const { mapping_history_id: supersedes } = answer.mapping;
  equal(decide(answer.was, say('override', { semantic_id: best, supersedes }), by).mapping.supersedes, supersedes);
});

test('who was shown nothing says neither yes nor no to it', () => {
  for (const decision of ['accept', 'reject'] as const)
    throws(() => decide(stored(), say(decision), { ...by, blind: true }), invalid('/decision'));
  equal(decide(stored(), say('override', { semantic_id: 'sem.city' }), { ...by, blind: true }).mapping.blind, true);
});

test('a repetition says the same by the same person; anything else is no repetition', () => {
  const { mapping } = decide(stored(), say('accept', { justification: 'sure' }), by);
  const same = say('accept', { justification: 'sure' });
  equal(repeats(mapping, same, 'ann'), true);
  equal(repeats(mapping, { ...same, semantic_id: 'sem.customer.name' }, 'ann'), true);
  equal(repeats(mapping, same, 'bob'), false);
  for (const other of [
    say('reject', { justification: 'sure' }),
    say('accept'),
    { ...same, semantic_id: 'sem.city' },
    { ...same, supersedes: id('mh', 1) },
  ])
    equal(repeats(mapping, other, 'ann'), false);
});
