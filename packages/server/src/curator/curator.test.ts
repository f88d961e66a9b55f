import { test } from 'node:test';
import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict';
import { changes, curatorVersions, labelMoves, labels, replace, rollouts, type TenantStore } from '@ancilla/contracts';
import { Value } from 'typebox/value';
import { applyPatch } from 'rfc6902';
import { missionConfig } from './mission-config.fixture.ts';
import type { Moved, Waiting } from './moves.ts';
import { openTenants, trace_id } from './tenants.fixture.ts';

type At = Awaited<ReturnType<typeof openTenants>>;
const versions = '/curator/{kind}/{id}/versions';
const label = '/curator/{kind}/{id}/labels/{label}';
const config = { kind: 'agent_configs', id: 'mapping.agent.v1' };
const glossary = { kind: 'glossaries', id: 'crm' } as const;

const save = (at: At, of: { kind: string; id: string }, version: string, content: unknown, who = 'ada', more: object = {}) =>
  at.call('POST', versions, { as: who, params: of, body: { version, content, ...more } });
const move = (at: At, of: { kind: string; id: string }, name: string, version: string, who = 'ada') =>
  at.call('PUT', label, { as: who, params: { ...of, label: name }, body: { version, reason: 'because' } });
const asMoved = ({ answer }: { answer: unknown }) => answer as Moved;
const asWaiting = ({ answer }: { answer: unknown }) => answer as Waiting;
const approve = (at: At, of: { kind: string; id: string }, name: string, saga_id: string, who: string) =>
  at.call('POST', `${label}/approvals`, { as: who, params: { ...of, label: name }, body: { saga_id } });

/** A tenant policy that wants two people for production. */
const fourEyes = async (at: At) => {
  const policy = { kind: 'promotion_policies', id: 'default' };
  await save(at, policy, '1', { labels: { production: { approvals: 2, requires: [] }, '*': { approvals: 1, requires: [] } } });
  await move(at, policy, 'production', '1');
};

test('CUR-001: the mission’s config saves unchanged and comes back byte for byte', async (t) => {
  await using at = await openTenants(t);
  const saved = await save(at, config, '2025-12-01', missionConfig, 'ada', { message: 'first' });
  equal(saved.status, 201);
  const { answer } = await at.call('GET', `${versions}/{version}`, { params: { ...config, version: '2025-12-01' } });
  const { content, digest, author, parent, unresolved, tests } = answer as Record<string, unknown>;
  equal(JSON.stringify(content), JSON.stringify(missionConfig));
  ok(typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest));
  deepEqual([author, parent], ['ada', null]);
  deepEqual(unresolved, ['tool_interfaces/arango.mapping.upsert.v1', 'json_schemas/json_schema id...']);
  deepEqual(tests, [{ name: 'return_json_only', passed: false, detail: 'its spec does not resolve' }]);
});

test('every answer fits the schema its route declares', async (t) => {
  await using at = await openTenants(t);
  await fourEyes(at);
  await save(at, glossary, '1', { terms: [] });
  const { saga_id } = asWaiting(await move(at, glossary, 'production', '1'));
  const of = { params: { ...glossary, label: 'production' } };
  for (const [method, path, input] of [
    ['POST', versions, { params: config, body: { version: '2025-12-01', content: missionConfig } }],
    ['POST', versions, { params: config, body: { version: '2025-12-01', content: missionConfig } }],
    ['GET', versions, { params: config }],
    ['GET', `${versions}/{version}`, { params: { ...config, version: 'production' } }],
    ['GET', '/curator/{kind}/{id}/diff', { params: config, query: { from: 'production', to: '2025-12-01' } }],
    ['PUT', label, { params: { ...glossary, label: 'mine' }, body: { version: '1', reason: 'x' } }],
    ['PUT', label, { ...of, body: { version: '1', reason: 'x' } }],
    ['GET', `${label}/approvals`, of],
    ['POST', `${label}/approvals`, { ...of, as: 'bob', body: { saga_id } }],
    ['GET', label, of],
    ['GET', label, { ...of, query: { at: '2026-12-01T00:00:00.000Z' } }],
    ['GET', `${label}/history`, of],
    ['GET', '/curator/{kind}/{id}/labels', of],
  ] as const) {
    const { status, answer } = await at.call(method, path, input);
    const schema = at.curator.routes?.find((route) => route.method === method && route.path === path)?.answers[status];
    ok(schema, `${method} ${path} ${status}`);
    deepEqual(Value.Errors(schema, answer), [], `${method} ${path}`);
  }
});

test('the same version with the same content answers as before, with other content it is refused', async (t) => {
  await using at = await openTenants(t);
  const first = await save(at, glossary, '1', { a: 1, b: 2 });
  const again = await save(at, glossary, '1', { b: 2, a: 1 }, 'bob', { message: 'other words' });
  deepEqual([first.status, again.status], [201, 200]);
  deepEqual(again.answer, first.answer);
  await rejects(save(at, glossary, '1', { a: 2 }), { code: 'curator.exists' });
  await rejects(save(at, glossary, '1', { a: 2 }), { code: 'curator.exists' });
});

test('of many saves at once one stands', async (t) => {
  await using at = await openTenants(t);
  const saves = await Promise.allSettled([1, 1, 1, 2].map((a) => save(at, glossary, '1', { a })));
  const stands = saves.filter(({ status }) => status === 'fulfilled').length;
  ok(stands === 3 || stands === 1);
  for (const result of saves) if (result.status === 'rejected') equal((result.reason as { code: string }).code, 'curator.exists');
  equal((await at.north.tenant.find(curatorVersions, { index: 'by_document', equals: glossary }, t)).items.length, 1);
});

test('what is no document of its kind is refused by its place', async (t) => {
  await using at = await openTenants(t);
  for (const [kind, content, path] of [
    ['agent_configs', { ...missionConfig, tools: [{ name: 1 }] }, '/content/tools/0/name'],
    ['agent_configs', { ...missionConfig, persona: { instructions: '{{x}}' } }, '/content/persona/instructions'],
    ['json_schemas', { $ref: 'https://example.org' }, '/content/$ref'],
    ['promotion_policies', { labels: { production: { approvals: 3, requires: [] } } }, '/content/labels/production/approvals'],
    ['prompt_templates', { template: '{{a}}', variables: [] }, '/content/template'],
    ['redaction_policies', { policy_id: 'mapping.agent.v1', version: '2025-12-01', custom: 5 }, '/content/custom'],
  ] as const)
    await rejects(
      save(at, { kind, id: 'mapping.agent.v1' }, '2025-12-01', content),
      (error: { code: string; errors: { path: string }[] }) => {
        deepEqual([error.code, error.errors[0]?.path], ['schema.invalid', path]);
        return true;
      },
    );
  await rejects(save(at, { kind: 'recipes', id: 'x' }, '1', {}), { code: 'curator.kind' });
  await rejects(save(at, glossary, '1', { a: 'lone \ud800' }), {
    code: 'schema.invalid',
    message: 'the content is not JSON at $.a: a string with a lone surrogate',
    errors: [{ path: '/content', message: 'not JSON at $.a: a string with a lone surrogate' }],
  });
  await rejects(save(at, glossary, '2', {}, 'ada', { parent: '1' }), { code: 'not_found' });
});

test('no version can pass for a label or for one of the release', async (t) => {
  await using at = await openTenants(t);
  const { version } = (await at.curator.resolve(at.north.tenant, 'prompt_templates', 'pt.mapping.v3', { label: 'production' }, t)) ?? {};
  for (const name of ['production', 'canary', 'ancilla.1', version ?? ''])
    await rejects(save(at, { kind: 'prompt_templates', id: 'pt.mapping.v3' }, name, { template: 'mine' }), { code: 'schema.invalid' });
});

test('a label moves forward and back, and its history says who, when and where it is proven', async (t) => {
  await using at = await openTenants(t);
  await save(at, glossary, '1', { a: 1 });
  await save(at, glossary, '2', { a: 2 });
  const one = asMoved(await move(at, glossary, 'production', '1'));
  const between = new Date(at.clock.ms).toISOString();
  at.clock.ms += 60_000;
  const two = asMoved(await move(at, glossary, 'production', '2', 'bob'));
  deepEqual([one.previous, two.previous], [null, '1']);
  deepEqual(asMoved(await move(at, glossary, 'production', '2', 'bob')), two);
  const back = asMoved(await move(at, glossary, 'production', '1'));
  ok(back.revision > two.revision);

  const then = (await at.call('GET', label, { params: { ...glossary, label: 'production' }, query: { at: between } })).answer as {
    version: string;
    proof: { id: string; seq: number; log_id: string };
  };
  equal(then.version, '1');
  const proven = await at.north.tenant.ledger.locate(changes, then.proof.id, t);
  equal(proven?.seq, then.proof.seq);
  equal(await at.north.tenant.ledger.logId(t), then.proof.log_id);
  const { items } = (await at.call('GET', `${label}/history`, { params: { ...glossary, label: 'production' } })).answer as {
    items: { version: string; moved_by: string }[];
  };
  deepEqual(
    items.map(({ version, moved_by }) => [version, moved_by]),
    [
      ['1', 'ada'],
      ['2', 'bob'],
      ['1', 'ada'],
    ],
  );
  await rejects(at.call('GET', label, { params: { ...glossary, label: 'production' }, query: { at: '2020-01-01T00:00:00.000Z' } }), {
    code: 'not_found',
  });
});

test('production and canary refuse loose ends and failed tests, naming each; other labels do not ask', async (t) => {
  await using at = await openTenants(t);
  await save(at, config, '2025-12-01', missionConfig);
  for (const name of ['production', 'canary'])
    await rejects(move(at, config, name, '2025-12-01'), (error: { code: string; errors: unknown[] }) => {
      deepEqual([error.code, error.errors.length], ['curator.unresolved', 2]);
      return true;
    });
  equal((await move(at, config, 'mine', '2025-12-01')).status, 200);

  const spec = 'answer.v1';
  await save(at, { kind: 'tool_interfaces', id: 'arango.mapping.upsert.v1' }, '1', { description: 'x' });
  await move(at, { kind: 'tool_interfaces', id: 'arango.mapping.upsert.v1' }, 'production', '1');
  await save(at, { kind: 'json_schemas', id: spec }, '1', { type: 'object', required: ['a'] });
  await move(at, { kind: 'json_schemas', id: spec }, 'production', '1');
  const tested = (version: string, examples: unknown[]) => ({
    ...missionConfig,
    version,
    validation: { unit_tests: [{ name: 'json_only', spec, examples }] },
  });
  await save(at, config, 'bad', tested('bad', [{ a: 1 }, 'prose']));
  await rejects(move(at, config, 'production', 'bad'), (error: { code: string; errors: { path: string }[] }) => {
    deepEqual([error.code, error.errors.map(({ path }) => path)], ['curator.tests_failed', ['/validation/unit_tests/json_only']]);
    return true;
  });
  await save(at, config, 'good', tested('good', [{ a: 1 }]));
  equal((await move(at, config, 'production', 'good')).status, 200);
});

test('a config is a canary only as far as it says so itself', async (t) => {
  await using at = await openTenants(t);
  for (const [version, canary] of [
    ['silent', undefined],
    ['off', { enabled: false, percent: 5 }],
    ['none', { enabled: true, percent: 0 }],
    ['all', { enabled: true, percent: 100 }],
  ] as const) {
    await save(at, config, version, { agent_id: config.id, ...(canary && { canary }) });
    await rejects(move(at, config, 'canary', version), { code: 'policy.refused', message: /percent between 0 and 100/ });
  }
  await save(at, config, 'some', { agent_id: config.id, canary: { enabled: true, percent: 5 } });
  equal((await move(at, config, 'canary', 'some')).status, 200);
  deepEqual(
    (await at.curator.serving(at.north.tenant, { ...config, kind: 'agent_configs' }, t)).map(({ rules }) => rules.share),
    [0.05],
  );
});

test('what a config refers to counts as it is when the label moves', async (t) => {
  await using at = await openTenants(t);
  const own = { kind: 'prompt_templates', id: 'pt.own' };
  await save(at, config, '1', { agent_id: config.id, prompt_template_id: 'pt.own' });
  await rejects(move(at, config, 'production', '1'), { code: 'curator.unresolved' });
  await save(at, own, '1', { template: 'x' });
  await rejects(move(at, config, 'production', '1'), { code: 'curator.unresolved' });
  await move(at, own, 'production', '1');
  equal((await move(at, config, 'production', '1')).status, 200);
  await save(at, config, '2', { agent_id: config.id, prompt_template_id: 'pt.own@1' });
  equal((await move(at, config, 'production', '2')).status, 200);
});

test('a tenant’s documents come before the platform’s, and are no other tenant’s', async (t) => {
  await using at = await openTenants(t);
  const pt = { kind: 'prompt_templates', id: 'pt.mapping.v3' } as const;
  const resolve = (tenant: At['north']) => at.curator.resolve(tenant.tenant, pt.kind, pt.id, { label: 'production' }, t);
  await save(at, pt, '9', { template: 'mine' });
  deepEqual((await resolve(at.north))?.source, 'platform');
  await move(at, pt, 'production', '9');
  deepEqual([(await resolve(at.north))?.content, (await resolve(at.north))?.label], [{ template: 'mine' }, 'production']);
  deepEqual((await resolve(at.south))?.source, 'platform');
  equal(await at.curator.resolve(at.south.tenant, pt.kind, pt.id, { version: '9' }, t), undefined);
  await rejects(at.call('GET', `${versions}/{version}`, { tenant: 'south', params: { ...pt, version: '9' } }), { code: 'not_found' });
});

test('a label of a tenant never names the platform’s version, whose content the tenant does not hold', async (t) => {
  await using at = await openTenants(t);
  const { version = '' } =
    (await at.curator.resolve(at.north.tenant, 'prompt_templates', 'pt.mapping.v3', { label: 'production' }, t)) ?? {};
  await rejects(move(at, { kind: 'prompt_templates', id: 'pt.mapping.v3' }, 'mine', version), { code: 'not_found' });
});

test('of models a label may name what the release ships: that is the way back, and it stays when the release ships another', async (t) => {
  await using at = await openTenants(t);
  const ranker = { kind: 'models', id: 'mapping-ranker' } as const;
  const live = async () => {
    const found = await at.curator.resolve(at.north.tenant, 'models', ranker.id, { label: 'production' }, t);
    return [found?.version, found?.source];
  };
  const ship = (version: string) => at.curator.ship({ ...ranker, version, content: { version } }, { trace_id }, t);
  await ship('base-1');
  deepEqual(await live(), ['base-1', 'platform']);
  const trained = { ...ranker, version: '1', message: 'trained', content: {}, author: 'trainer', trace_id } as const;
  await at.north.tenant.commit(await at.curator.draft(at.north.tenant, trained, t), [], t);
  const to = (version: string) => ({
    ...ranker,
    label: 'production',
    version,
    reason: 'x',
    by: 'ops',
    key_id: 'k',
    trace_id,
    policy: 'rollback',
  });
  await at.curator.move(at.north, to('1'), t);
  deepEqual(await live(), ['1', 'tenant']);
  await at.curator.move(at.north, to('base-1'), t);
  await ship('base-2');
  deepEqual(await live(), ['base-1', 'platform']);
  deepEqual((await at.curator.resolve(at.south.tenant, 'models', ranker.id, { label: 'production' }, t))?.version, 'base-2');
});

test('lists page through all versions, of the tenant or else of the platform', async (t) => {
  await using at = await openTenants(t);
  for (const n of [1, 2, 3]) await save(at, glossary, `v${n}`, { n });
  const seen: string[] = [];
  for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
    const { answer } = await at.call('GET', versions, { params: glossary, query: { limit: 2, ...(cursor !== null && { cursor }) } });
    const page = answer as { items: { version: string; parent: string }[]; next_cursor: string | null };
    seen.push(...page.items.map(({ version }) => version));
    cursor = page.next_cursor;
  }
  deepEqual(seen, ['v3', 'v2', 'v1']);
  const shared = (await at.call('GET', versions, { params: { kind: 'promotion_policies', id: 'default' } })).answer as {
    items: { source: string }[];
  };
  deepEqual(
    shared.items.map(({ source }) => source),
    ['platform'],
  );
  await rejects(at.call('GET', versions, { params: glossary, query: { cursor: 'forged' } }), { code: 'store.cursor_invalid' });
});

test('a difference applied to the first version gives the second', async (t) => {
  await using at = await openTenants(t);
  await save(at, config, '2025-12-01', missionConfig);
  const changed = { ...missionConfig, version: '2', canary: { enabled: true, percent: 10 } };
  await save(at, config, '2', changed);
  const { answer } = await at.call('GET', '/curator/{kind}/{id}/diff', { params: config, query: { from: '2025-12-01', to: '2' } });
  const document = structuredClone(missionConfig);
  applyPatch(document, answer as Parameters<typeof applyPatch>[1]);
  deepEqual(document, changed);
});

test('the Librarian’s routes are the curator’s for prompt templates', async (t) => {
  await using at = await openTenants(t);
  const saved = await at.call('POST', '/librarian/prompt_templates/{id}/versions', {
    params: { id: 'pt.own' },
    body: { version: '1', content: { template: 'x' } },
  });
  equal(saved.status, 201);
  const { answer } = await at.call('GET', `${versions}/{version}`, { params: { kind: 'prompt_templates', id: 'pt.own', version: '1' } });
  deepEqual((answer as { content: unknown }).content, { template: 'x' });
  equal(at.curator.routes?.filter(({ path }) => path.startsWith('/librarian/')).length, (at.curator.routes?.length ?? 0) / 2);
});

test('models move by what training attests, never by a request alone', async (t) => {
  let passes = false;
  await using at = await openTenants(t, async () => (passes ? { attested: ['offline_gate'] } : { attested: [], why: 'it is worse' }));
  const ranker = { kind: 'models', id: 'mapping-ranker' } as const;
  await rejects(move(at, ranker, 'production', '1'), { code: 'not_found' });
  await rejects(save(at, ranker, '1', {}), { code: 'curator.kind' });
  const content = { artifact_ref: 'ar_01h455vb4pex5vsknk084sn02q', digest: 'a'.repeat(64) };
  const trained = { ...ranker, version: '1', message: 'trained', content, author: 'trainer', trace_id } as const;
  // As a training run does: the version rides in a commit of the run's, and a repetition is the same version.
  for (let i = 0; i < 2; i++) await at.north.tenant.commit(await at.curator.draft(at.north.tenant, trained, t), [], t);
  for (const name of ['production', 'canary', 'mine']) await rejects(move(at, ranker, name, '1'), { code: 'policy.refused' });
  const asked = {
    ...ranker,
    label: 'production',
    version: '1',
    reason: 'better',
    by: 'ada',
    key_id: 'k',
    trace_id,
    policy: 'bootstrap',
  } as const;
  await rejects(at.curator.move(at.north, asked, t), { code: 'policy.refused', message: /offline_gate: it is worse$/ });
  passes = true;
  await rejects(at.curator.move(at.north, { ...asked, policy: 'none' }, t), { code: 'policy.refused' });
  await at.curator.move(at.north, asked, t);
  const live = await at.curator.resolve(at.north.tenant, 'models', ranker.id, { label: 'production' }, t);
  deepEqual([live?.version, live?.content], ['1', content]);
  deepEqual(
    (await at.curator.labelsOf(at.north.tenant, 'models', ranker.id, t)).map(({ label: name, version, source }) => [name, version, source]),
    [['production', '1', 'tenant']],
  );
});

test('a config that names more than it may refer to is refused, and one at the limit is saved', async (t) => {
  await using at = await openTenants(t);
  const hooks = Array.from({ length: 10 }, (_, i) => ({ name: 'redact', policy_ref: `${'p'.repeat(190)}${i}` }));
  const full = {
    agent_id: config.id,
    prompt_template_id: 'x',
    tools: Array.from({ length: 50 }, (_, i) => ({ name: 't', interface_id: `t${i}` })),
    pre_hooks: hooks,
    post_hooks: hooks.map(({ name, policy_ref }) => ({ name, policy_ref: `${policy_ref}-post` })),
    validation: { unit_tests: Array.from({ length: 20 }, (_, i) => ({ name: 'u', spec: `s${i}` })) },
  };
  equal((await save(at, config, '1', full)).status, 201);
  await rejects(save(at, config, '2', { ...full, tools: [...full.tools, { name: 't' }] }), { code: 'schema.invalid' });
});

test('four eyes: the label moves when a second person approves, and only then', async (t) => {
  await using at = await openTenants(t);
  await fourEyes(at);
  await save(at, glossary, '1', { a: 1 });
  const asked = await move(at, glossary, 'production', '1');
  equal(asked.status, 202);
  const { saga_id, waiting_for } = asWaiting(asked);
  equal(waiting_for, 'second approval');
  deepEqual(asWaiting(await move(at, glossary, 'production', '1')).saga_id, saga_id, 'asking again joins the same request');
  equal(await at.north.tenant.get(labels, 'glossaries/crm#production', t), undefined);

  await rejects(approve(at, glossary, 'production', saga_id, 'ada'), { code: 'access.forbidden_combination' });
  await rejects(approve(at, glossary, 'other', saga_id, 'bob'), { code: 'not_found' });
  await rejects(
    at.call('POST', `${label}/approvals`, { tenant: 'south', as: 'bob', params: { ...glossary, label: 'production' }, body: { saga_id } }),
    { code: 'not_found' },
  );
  equal((await approve(at, glossary, 'production', saga_id, 'bob')).status, 202);
  const { doc } = (await at.north.tenant.get(labels, 'glossaries/crm#production', t)) ?? {};
  deepEqual([doc?.version, doc?.moved_by, doc?.approved_by], ['1', 'ada', 'bob']);
  equal(await at.north.tenant.get(labelMoves, 'glossaries/crm#production', t), undefined);
  const { items } = await at.north.tenant.find(
    changes,
    { index: 'by_subject', equals: { collection: 'labels', subject_id: 'glossaries/crm#production' } },
    t,
  );
  equal(items[0]?.doc.policy, 'default@1');
});

test('the same move asked for many times at once has one effect and one answer', async (t) => {
  await using at = await openTenants(t);
  await save(at, glossary, '1', { a: 1 });
  const many = (name: string) => Promise.all([1, 2, 3].map(() => move(at, glossary, name, '1')));
  equal(new Set((await many('mine')).map((answer) => asMoved(answer).revision)).size, 1);
  await fourEyes(at);
  equal(new Set((await many('production')).map((answer) => asWaiting(answer).saga_id)).size, 1);
  equal(at.started.size, 1);
});

test('a signal that went round the approval moves nothing', async (t) => {
  await using at = await openTenants(t);
  await fourEyes(at);
  await save(at, glossary, '1', { a: 1 });
  const { saga_id } = asWaiting(await move(at, glossary, 'production', '1'));
  await at.runner.signal(
    { ...at.north, saga_id },
    { signal_id: 'forged', name: 'second_approval', payload: { by: 'bob', digest: 'x' }, by: 'ada' },
  );
  equal(await at.north.tenant.get(labels, 'glossaries/crm#production', t), undefined);
  equal(at.started.get(saga_id)?.error?.code, 'policy.refused');
});

test('an amended request voids what was asked before it', async (t) => {
  await using at = await openTenants(t);
  await fourEyes(at);
  await save(at, glossary, '1', { a: 1 });
  await save(at, glossary, '2', { a: 2 });
  const first = asWaiting(await move(at, glossary, 'production', '1'));
  const second = asWaiting(await move(at, glossary, 'production', '2'));
  await rejects(approve(at, glossary, 'production', first.saga_id, 'bob'), { code: 'not_found' });
  await approve(at, glossary, 'production', second.saga_id, 'bob');
  equal((await at.north.tenant.get(labels, 'glossaries/crm#production', t))?.doc.version, '2');
});

test('an approval counts under the version of the policy that the move was asked for under, and for what that asks still', async (t) => {
  let passes = true;
  await using at = await openTenants(t, async () => ({ attested: passes ? ['offline_gate'] : [] }));
  const policy = { kind: 'promotion_policies', id: 'default' };
  const ranker = { kind: 'models', id: 'mapping-ranker' } as const;
  const two = (requires: readonly string[]) => ({ labels: {}, kinds: { models: { production: { approvals: 2, requires } } } });
  const content = { artifact_ref: 'ar_01h455vb4pex5vsknk084sn02q', digest: 'a'.repeat(64) };
  const trained = { ...ranker, version: '1', message: 'trained', content, author: 'trainer', trace_id } as const;
  await at.north.tenant.commit(await at.curator.draft(at.north.tenant, trained, t), [], t);
  for (const [version, requires] of [
    ['lax', []],
    ['strict', ['offline_gate']],
  ] as const)
    await save(at, policy, version, two(requires));
  await move(at, policy, 'production', 'lax');
  passes = false;
  const first = asWaiting(await move(at, ranker, 'production', '1'));
  await move(at, policy, 'production', 'strict');
  await rejects(approve(at, ranker, 'production', first.saga_id, 'bob'), { code: 'policy.refused', message: /offline_gate/ });
  passes = true;
  await rejects(approve(at, ranker, 'production', first.saga_id, 'bob'), {
    code: 'policy.refused',
    message: /default@lax.*ask for it again/,
  });
  const second = asWaiting(await move(at, ranker, 'production', '1'));
  notEqual(second.saga_id, first.saga_id);
  passes = false;
  await rejects(approve(at, ranker, 'production', second.saga_id, 'bob'), { code: 'policy.refused', message: /offline_gate/ });
  equal(await at.north.tenant.get(labels, 'models/mapping-ranker#production', t), undefined);
  passes = true;
  await approve(at, ranker, 'production', second.saga_id, 'bob');
  equal((await at.north.tenant.get(labels, 'models/mapping-ranker#production', t))?.doc.policy, 'default@strict');
});

test('a canary that passed and did harm when it was tried again has not passed', async (t) => {
  await using at = await openTenants(t);
  const { tenant } = at.north;
  const [policy, helper] = [
    { kind: 'promotion_policies', id: 'default' },
    { kind: 'agent_configs', id: 'helper.v1' },
  ];
  await save(at, policy, '1', {
    labels: { production: { approvals: 1, requires: ['canary_passed'] }, '*': { approvals: 1, requires: [] } },
  });
  await move(at, policy, 'production', '1');
  await save(at, helper, '1', { agent_id: 'helper.v1', canary: { enabled: true, percent: 50 } });
  /** Tries it, with that verdict. */
  const tries = async (verdict: 'eligible' | 'rolled_back') => {
    await move(at, helper, 'canary', '1');
    const [begun] = (await tenant.find(rollouts, { index: 'serving', equals: { serving: true } }, t)).items;
    const canary = await tenant.get(labels, 'agent_configs/helper.v1#canary', t);
    ok(begun && canary);
    const because = { who: 'test', reason: 'by its figures', trace_id };
    const ended = replace(rollouts, begun, { verdict, serving: false, why: verdict === 'eligible' ? 'by_hand' : 'harm' }, because);
    await tenant.commit([ended, { op: 'remove', to: labels, id: canary.doc.label_key, revision: canary.revision, because }], [], t);
  };
  await tries('eligible');
  await tries('rolled_back');
  await rejects(move(at, helper, 'production', '1'), { code: 'policy.refused', message: /canary_passed/ });
  await tries('eligible');
  equal(asMoved(await move(at, helper, 'production', '1')).version, '1');
});

test('an approval counts for the state it was asked in: a label that moved meanwhile stays', async (t) => {
  await using at = await openTenants(t);
  for (const n of ['1', '2']) await save(at, glossary, n, { n });
  await move(at, glossary, 'production', '1');
  await fourEyes(at);
  const { saga_id } = asWaiting(await move(at, glossary, 'production', '2'));
  await save(at, glossary, '3', { n: 3 });
  // As a room with a policy of its own may.
  const moved = { ...glossary, label: 'production', version: '3', reason: 'x', by: 'ops', key_id: 'k', trace_id, policy: 'rollback' };
  await at.curator.move(at.north, moved, t);
  await rejects(approve(at, glossary, 'production', saga_id, 'bob'), { code: 'policy.refused', message: /ask for it again/ });
  equal((await at.north.tenant.get(labels, 'glossaries/crm#production', t))?.doc.version, '3');
});

test('a policy that comes into force while a label moves is the one that counts', async (t) => {
  await using at = await openTenants(t);
  await save(at, glossary, '1', { a: 1 });
  let overtaken = false;
  const tenant: TenantStore = {
    ...at.north.tenant,
    async commit(...write) {
      if (!overtaken) {
        overtaken = true;
        await fourEyes(at);
      }
      return at.north.tenant.commit(...write);
    },
  };
  const asked = { ...glossary, label: 'production', version: '1', reason: 'x', by: 'ada', key_id: 'k', trace_id };
  deepEqual(((await at.curator.move({ tenant, tenant_id: 'north' }, asked, t)) as Waiting).waiting_for, 'second approval');
});

test('the policy itself moves under the policy in force', async (t) => {
  await using at = await openTenants(t);
  await fourEyes(at);
  const policy = { kind: 'promotion_policies', id: 'default' };
  await save(at, policy, '2', { labels: {} });
  equal((await move(at, policy, 'production', '2')).status, 202);
});

test('seeding again changes nothing', async (t) => {
  await using at = await openTenants(t);
  const before = await at.stores.platform.ledger.head(t);
  await at.curator.seed({ trace_id }, t);
  deepEqual(await at.stores.platform.ledger.head(t), before);
});
