import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { Closed, Name, Version, type FieldError } from '@ancilla/contracts';
import { pointer, schemaErrors } from './restricted-schema.ts';

const Words = Type.String({ maxLength: 20_000 });
/** What a config refers to; what it is stands in the document it names. */
const Reference = Type.String({ minLength: 1, maxLength: 200 });
const Open = Type.Record(Type.String({ maxLength: 128 }), Type.Unknown());
const Hook = Closed({ name: Name, policy_ref: Type.Optional(Reference), params: Type.Optional(Open) });
const Tool = Closed({
  name: Name,
  interface_id: Type.Optional(Reference),
  description: Type.Optional(Type.String({ maxLength: 2000 })),
  timeout_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600_000 })),
  retries: Type.Optional(Type.Integer({ minimum: 0, maximum: 20 })),
  required: Type.Optional(Type.Boolean()),
});
const UnitTest = Closed({
  name: Name,
  spec: Reference,
  examples: Type.Optional(Type.Array(Type.Unknown(), { maxItems: 100 })),
  counter_examples: Type.Optional(Type.Array(Type.Unknown(), { maxItems: 100 })),
});
export type UnitTest = Static<typeof UnitTest>;

/** What an agent is: who it plays, what it may use, what happens before and after each call. Never the words of a prompt. */
export const AgentConfig = Closed({
  agent_id: Name,
  version: Type.Optional(Version),
  description: Type.Optional(Type.String({ maxLength: 2000 })),
  owner_team: Type.Optional(Name),
  persona: Type.Optional(Type.Object({ role: Type.Optional(Type.String({ maxLength: 200 })), instructions: Type.Optional(Words) })),
  prompt_template_id: Type.Optional(Reference),
  model: Type.Optional(Open),
  tools: Type.Optional(Type.Array(Tool, { maxItems: 50 })),
  pre_hooks: Type.Optional(Type.Array(Hook, { maxItems: 10 })),
  post_hooks: Type.Optional(Type.Array(Hook, { maxItems: 10 })),
  output_schema: Type.Optional(Type.Unknown()),
  validation: Type.Optional(Closed({ unit_tests: Type.Optional(Type.Array(UnitTest, { maxItems: 20 })) })),
  canary: Type.Optional(Closed({ enabled: Type.Boolean(), percent: Type.Number({ minimum: 0, maximum: 100 }) })),
  settings: Type.Optional(Open),
});
export type AgentConfig = Static<typeof AgentConfig>;

const TEMPLATE_KEY = /^(?:system_|user_)?(?:prompt|prompt_template|template|messages)$/;
/** The names that a template's text has places for, `{{name}}`, as the SDK fills them. */
export const placesOf = (text: string): readonly string[] =>
  [...text.matchAll(/\{\{\s*([A-Za-z0-9_.-]{1,64})\s*\}\}/g)].map(([, name = '']) => name);

/** Where a prompt's words hide: a member of that name, or a text with places to fill. Schemas and examples are data, not prompts. */
const templateBodies = (value: unknown, path: string): readonly FieldError[] => {
  if (typeof value === 'string') return placesOf(value).length > 0 ? [{ path, message: TEMPLATE_REFUSED }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const at = pointer(path, key);
    if (key === 'output_schema' || key === 'examples' || key === 'counter_examples') return [];
    return TEMPLATE_KEY.test(key) ? [{ path: at, message: TEMPLATE_REFUSED }] : templateBodies(member, at);
  });
};
const TEMPLATE_REFUSED = 'a prompt’s text belongs in prompt_templates; name it by prompt_template_id';

/** What is wrong with an agent config, beyond its schema. */
export const agentConfigErrors = (config: AgentConfig, id: string, version: string): readonly FieldError[] => [
  ...(config.agent_id === id ? [] : [{ path: '/agent_id', message: 'must be the id it is saved under' }]),
  ...(config.version === undefined || config.version === version
    ? []
    : [{ path: '/version', message: 'must be the version it is saved as' }]),
  ...templateBodies(config, ''),
  ...(config.output_schema === undefined ? [] : schemaErrors(config.output_schema, { patterns: 'none', at: '/output_schema' })),
];

/** The tests a saved config asks for. */
export const unitTestsOf = (content: unknown): readonly UnitTest[] =>
  Value.Check(AgentConfig, content) ? (content.validation?.unit_tests ?? []) : [];
