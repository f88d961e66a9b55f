import type { GovernedVersion, Io } from '@ancilla/contracts';
import { unitTestsOf } from './agent-config.ts';
import { lookUp, type Shelves, type Subject } from './document.ts';
import { kindRules, type Reference } from './kinds.ts';
import { schemaErrors } from './restricted-schema.ts';
import type { RunTests, TestResult, ValidationTest } from './validation-tests.ts';

type Checked = Pick<GovernedVersion, 'unresolved' | 'tests'>;

/** An id may hold an `@` itself, so the whole name is tried first; then what stands before the last one, at that version. */
const find = async (shelves: Shelves, { kind, ref }: Reference, io: Io) => {
  const at = ref.lastIndexOf('@');
  return (
    (await lookUp(shelves, { kind, id: ref }, { label: 'production' }, io)) ??
    (at > 0 ? await lookUp(shelves, { kind, id: ref.slice(0, at) }, { version: ref.slice(at + 1) }, io) : undefined)
  );
};

/**
 * What is known of a version now: which references do not resolve (to a version, or to what is labelled `production`), and how its validation tests went.
 * Asked when it is saved, and again before a label moves: what it refers to may have come or gone.
 */
export const check = async (shelves: Shelves, { kind }: Subject, content: unknown, runTests: RunTests, io: Io): Promise<Checked> => {
  const unresolved = new Set<string>();
  for (const reference of kindRules[kind].references?.(content) ?? [])
    if ((await find(shelves, reference, io)) === undefined) unresolved.add(`${reference.kind}/${reference.ref}`);
  return { unresolved: [...unresolved], tests: kind === 'agent_configs' ? await tested(shelves, content, runTests, io) : [] };
};

const examplesOf = (schema: object): readonly unknown[] => ('examples' in schema && Array.isArray(schema.examples) ? schema.examples : []);

const tested = async (shelves: Shelves, content: unknown, runTests: RunTests, io: Io): Promise<TestResult[]> => {
  const plans: (TestResult | ValidationTest)[] = [];
  for (const { name, spec, examples, counter_examples = [] } of unitTestsOf(content)) {
    const schema = (await find(shelves, { kind: 'json_schemas', ref: spec }, io))?.doc.content;
    if (typeof schema !== 'object' || schema === null) plans.push({ name, passed: false, detail: 'its spec does not resolve' });
    else if (schemaErrors(schema, { patterns: 'linear' }).length > 0)
      plans.push({ name, passed: false, detail: 'its spec is not a schema that may be run' });
    else plans.push({ name, schema, examples: examples ?? examplesOf(schema), counter_examples });
  }
  const ran = await runTests(
    plans.filter((plan) => 'schema' in plan),
    io.signal,
  );
  const results = ran.values();
  return plans.map((plan) => ('schema' in plan ? (results.next().value ?? { name: plan.name, passed: false }) : plan));
};
