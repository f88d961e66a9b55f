import { test } from 'node:test';
import { deepEqual, doesNotThrow, equal, throws } from 'node:assert/strict';
import { Value } from 'typebox/value';
import { assertMet, PromotionPolicy, requirementOf, type Facts } from './promotion.ts';

const policy: PromotionPolicy = {
  labels: { production: { approvals: 2, requires: ['resolved', 'tests_passed'] }, '*': { approvals: 1, requires: [] } },
  kinds: { models: { production: { approvals: 1, requires: ['offline_gate'] } } },
};
const fine: Facts = { unresolved: [], tests: [{ name: 'a', passed: true }], attested: [] };

test('a kind’s own rule comes before the label’s, the label’s before the star', () => {
  equal(requirementOf(policy, 'agent_configs', 'production').approvals, 2);
  equal(requirementOf(policy, 'models', 'production').approvals, 1);
  deepEqual(requirementOf(policy, 'models', 'mine'), { approvals: 1, requires: [] });
  deepEqual(requirementOf({ labels: {} }, 'glossaries', 'mine'), { approvals: 1, requires: [] });
});

test('a label named like something every object has is a label like any other', () => {
  for (const label of ['constructor', 'valueOf', 'toString'])
    deepEqual(requirementOf({ labels: { '*': { approvals: 2, requires: [] } } }, 'agent_configs', label), { approvals: 2, requires: [] });
});

test('no policy weakens what production and canary always ask for', () => {
  const lax: PromotionPolicy = { labels: { '*': { approvals: 1, requires: [] }, production: { approvals: 1, requires: [] } } };
  for (const label of ['production', 'canary'])
    deepEqual(requirementOf(lax, 'agent_configs', label).requires, ['resolved', 'tests_passed']);
  deepEqual(requirementOf(policy, 'models', 'production').requires, ['resolved', 'tests_passed', 'offline_gate']);
});

test('what is missing is named', () => {
  const production = requirementOf(policy, 'agent_configs', 'production');
  doesNotThrow(() => assertMet(production, fine, 'default@1'));
  throws(() => assertMet(production, { ...fine, unresolved: ['prompt_templates/a'] }, 'default@1'), {
    code: 'curator.unresolved',
    errors: [{ path: 'prompt_templates/a', message: 'does not resolve' }],
  });
  throws(() => assertMet(production, { ...fine, tests: [{ name: 'json', passed: false, detail: 'why' }] }, 'default@1'), {
    code: 'curator.tests_failed',
    errors: [{ path: '/validation/unit_tests/json', message: 'why' }],
  });
  const model = requirementOf(policy, 'models', 'production');
  throws(() => assertMet(model, fine, 'default@1'), { code: 'policy.refused' });
  doesNotThrow(() => assertMet(model, { ...fine, attested: ['offline_gate'] }, 'default@1'));
});

test('a policy with an unknown condition, no people or an unknown member is not valid', () => {
  equal(Value.Check(PromotionPolicy, policy), true);
  for (const wrong of [
    {},
    { labels: { production: { approvals: 0, requires: [] } } },
    { labels: { production: { approvals: 1, requires: ['luck'] } } },
    { labels: { Production: { approvals: 1, requires: [] } } },
    { labels: {}, extra: 1 },
  ])
    equal(Value.Check(PromotionPolicy, wrong), false, JSON.stringify(wrong));
});
