import { test } from 'node:test';
import { deepEqual } from 'node:assert/strict';
import { kindRules } from './kinds.ts';
import { missionConfig } from './mission-config.fixture.ts';

const wrong = (content: unknown) => kindRules.agent_configs.errors(content, 'mapping.agent.v1', '2025-12-01').map(({ path }) => path);

test('the mission’s agent config is valid as it stands', () => {
  deepEqual(wrong(missionConfig), []);
});

test('what a config refers to is what must resolve', () => {
  deepEqual(
    kindRules.agent_configs.references?.(missionConfig).map(({ kind, ref }) => `${kind}/${ref}`),
    [
      'prompt_templates/pt.mapping.v3',
      'tool_interfaces/dif.match.v1',
      'tool_interfaces/arango.mapping.upsert.v1',
      'redaction_policies/tenant_default',
      'json_schemas/json_schema id...',
    ],
  );
});

test('a config says who and which version it is, or nothing', () => {
  deepEqual(wrong({ ...missionConfig, agent_id: 'someone.else' }), ['/agent_id']);
  deepEqual(wrong({ ...missionConfig, version: '2' }), ['/version']);
  deepEqual(wrong({ agent_id: 'mapping.agent.v1' }), []);
});

test('a prompt’s text inside a config is refused wherever it hides', () => {
  deepEqual(wrong({ ...missionConfig, persona: { role: 'x', instructions: 'Map {{column}} now' } }), ['/persona/instructions']);
  deepEqual(wrong({ ...missionConfig, settings: { deep: [{ system_prompt: 'You are' }] } }), ['/settings/deep/0/system_prompt']);
  deepEqual(wrong({ ...missionConfig, pre_hooks: [{ name: 'redact', params: { template: 'x' } }] }), ['/pre_hooks/0/params/template']);
});

test('a schema inside a config may have a member called template', () => {
  deepEqual(wrong({ ...missionConfig, output_schema: { type: 'object', properties: { template: { type: 'string' } } } }), []);
  deepEqual(wrong({ ...missionConfig, output_schema: { properties: { a: { pattern: '(a+)+$' } } } }), [
    '/output_schema/properties/a/pattern',
  ]);
});

test('unknown members, wrong types and sizes are refused', () => {
  for (const bad of [
    { ...missionConfig, surprise: 1 },
    { ...missionConfig, tools: [{ name: 'x', timeout_ms: -1 }] },
    { ...missionConfig, canary: { enabled: true, percent: 101 } },
    { ...missionConfig, owner_team: 'has a space' },
    null,
    [],
    'x',
  ])
    deepEqual(wrong(bad).length > 0, true, JSON.stringify(bad));
});

const of = (content: unknown) => kindRules.prompt_templates.errors(content, 'pt', '1').map(({ path }) => path);
test('a template’s places are its variables', () => {
  deepEqual(of({ template: 'Hi {{ name }}', variables: ['name'] }), []);
  deepEqual(of({ template: 'Hi {{name}}' }), []);
  deepEqual(of({ template: 'Hi {{name}} {{other}}', variables: { name: {} } }), ['/template']);
  deepEqual(of({ messages: [{ role: 'user', content: '{{x}}' }], variables: [] }), ['/messages/0/content']);
  deepEqual(of({ variables: [] }).length > 0, true);
});

test('a promotion policy under which no rollout could be decided is refused', () => {
  const faults = (rollout: object) => kindRules.promotion_policies.errors({ labels: {}, rollout }, 'default', '1').map(({ path }) => path);
  deepEqual(faults({ least_pairs: 50, most_pairs: 50 }), []);
  deepEqual(faults({ least_pairs: 51, most_pairs: 50 }), ['/rollout/least_pairs']);
  // Held against what holds where a policy says nothing.
  deepEqual(faults({ least_pairs: 6000 }), ['/rollout/least_pairs']);
  deepEqual(faults({ most_pairs: 50 }), ['/rollout/least_pairs']);
});
