import { Type, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { RedactionError, parsePolicy } from '@ancilla/redaction';
import { Closed, ReviewPolicy, toFieldErrors, type FieldError, type GovernedKind } from '@ancilla/contracts';
import { AgentConfig, agentConfigErrors, placesOf } from './agent-config.ts';
import { PromotionPolicy } from './promotion.ts';
import { schemaErrors } from './restricted-schema.ts';
import { DEFAULT_RULES } from './rollouts.ts';

/** A governed document another one names: `id`, or `id@version`. */
export interface Reference {
  readonly kind: GovernedKind;
  readonly ref: string;
}

interface Rules {
  /** @throws whatever says that the content is not one of this kind, where a package of its own knows */
  readonly errors: (content: unknown, id: string, version: string) => readonly FieldError[];
  readonly references?: (content: unknown) => readonly Reference[];
}

const Content = Type.Record(Type.String(), Type.Unknown());
const VariableName = Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$' });
const Variables = Type.Optional(
  Type.Union([Type.Array(VariableName, { maxItems: 100 }), Type.Record(VariableName, Type.Unknown(), { additionalProperties: false })]),
);
const Body = Type.String({ maxLength: 200_000 });
const described = { description: Type.Optional(Type.String({ maxLength: 2000 })), variables: Variables };
/** A text, or messages, with `{{name}}` where a variable or input goes. */
const PromptTemplate = Type.Union([
  Closed({ ...described, template: Body }),
  Closed({
    ...described,
    messages: Type.Array(Closed({ role: Type.String({ pattern: '^[a-z]{1,32}$' }), content: Body }), { minItems: 1, maxItems: 100 }),
  }),
]);

const schemaErrorsOf = (schema: TSchema, content: unknown): readonly FieldError[] => toFieldErrors(Value.Errors(schema, content));
const shaped = (schema: TSchema) => (content: unknown) => schemaErrorsOf(schema, content);

/** Every place of a template names a declared variable, when it declares any. */
const undeclared = (content: unknown): readonly FieldError[] => {
  if (!Value.Check(PromptTemplate, content) || content.variables === undefined) return [];
  const declared = new Set<string>(Array.isArray(content.variables) ? content.variables : Object.keys(content.variables));
  const texts =
    'template' in content
      ? [['/template', content.template] as const]
      : content.messages.map((message, i) => [`/messages/${i}/content`, message.content] as const);
  return texts.flatMap(([path, text]) =>
    placesOf(text)
      .filter((name) => !declared.has(name))
      .map((name) => ({ path, message: `{{${name}}} is not one of its variables` })),
  );
};

const to = (kind: GovernedKind, refs: readonly (string | undefined)[]): readonly Reference[] =>
  refs.flatMap((ref) => (ref === undefined ? [] : [{ kind, ref }]));

const agentReferences = (content: unknown): readonly Reference[] => {
  if (!Value.Check(AgentConfig, content)) return [];
  const { prompt_template_id, tools = [], pre_hooks = [], post_hooks = [], validation } = content;
  return [
    ...to('prompt_templates', [prompt_template_id]),
    ...to(
      'tool_interfaces',
      tools.map(({ interface_id }) => interface_id),
    ),
    ...to(
      'redaction_policies',
      [...pre_hooks, ...post_hooks].map(({ policy_ref }) => policy_ref),
    ),
    ...to(
      'json_schemas',
      (validation?.unit_tests ?? []).map(({ spec }) => spec),
    ),
  ];
};

/** The engine's own closed parser decides; the receipt of a redaction names the policy by the id and version inside it. */
const redactionErrors = (content: unknown, id: string, version: string): readonly FieldError[] => {
  try {
    const policy = parsePolicy(content);
    return [
      ...(policy.policy_id === id ? [] : [{ path: '/policy_id', message: 'must be the id it is saved under' }]),
      ...(policy.version === version ? [] : [{ path: '/version', message: 'must be the version it is saved as' }]),
    ];
  } catch (error) {
    if (!(error instanceof RedactionError)) throw error;
    const [, path = '', message = ''] = /^(\/[^\s:]*)?:?\s*(.*)$/s.exec(error.message) ?? [];
    return [{ path, message }];
  }
};

/** A rollout that ends before it may be decided never is. */
const undecidable = (content: unknown): readonly FieldError[] => {
  if (!Value.Check(PromotionPolicy, content)) return [];
  const { least_pairs, most_pairs } = { ...DEFAULT_RULES, ...content.rollout };
  return least_pairs <= most_pairs ? [] : [{ path: '/rollout/least_pairs', message: `must be at most most_pairs, which is ${most_pairs}` }];
};

/** What each kind of governed document must be. To add a kind is to add a row. */
export const kindRules: { readonly [K in GovernedKind]: Rules } = {
  agent_configs: {
    errors: (content, id, version) =>
      Value.Check(AgentConfig, content) ? agentConfigErrors(content, id, version) : schemaErrorsOf(AgentConfig, content),
    references: agentReferences,
  },
  prompt_templates: { errors: (content) => [...schemaErrorsOf(PromptTemplate, content), ...undeclared(content)] },
  redaction_policies: { errors: redactionErrors },
  promotion_policies: { errors: (content) => [...schemaErrorsOf(PromotionPolicy, content), ...undecidable(content)] },
  review_policies: { errors: shaped(ReviewPolicy) },
  glossaries: { errors: shaped(Type.Union([Type.Array(Content), Content])) },
  price_lists: { errors: shaped(Content) },
  tool_interfaces: { errors: shaped(Content) },
  // Saved by training runs only: no request saves one.
  models: { errors: shaped(Content) },
  json_schemas: { errors: (content) => [...schemaErrorsOf(Content, content), ...schemaErrors(content, { patterns: 'linear' })] },
};
