// Runs in browsers too. An agent config, read leniently: fields the SDK does not act on are the curator's business.
import { isRecord } from '@ancilla/contracts';

/** A tool an agent may use, as its config declares it. */
export interface ToolSpec {
  readonly name: string;
  readonly interface_id?: string;
  readonly timeout_ms: number;
  readonly retries: number;
  readonly required: boolean;
}

/** A hook in the order it is listed. */
export interface HookSpec {
  readonly name: string;
  readonly policy_ref?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface AgentConfig {
  readonly agent_id: string;
  readonly version: string;
  readonly instructions: string | undefined;
  readonly prompt_template_id: string | undefined;
  readonly tools: readonly ToolSpec[];
  readonly pre_hooks: readonly HookSpec[];
  readonly post_hooks: readonly HookSpec[];
  readonly output_schema: unknown;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const notNegative = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : otherwise;
const list = (value: unknown): readonly Readonly<Record<string, unknown>>[] => (Array.isArray(value) ? value.filter(isRecord) : []);

const toHook = (hook: Readonly<Record<string, unknown>>): HookSpec => {
  const policy = text(hook['policy_ref']);
  return {
    name: text(hook['name']) ?? '',
    params: isRecord(hook['params']) ? hook['params'] : {},
    ...(policy !== undefined && { policy_ref: policy }),
  };
};

/** @throws {TypeError} when it is no object with an agent_id */
export function parseAgentConfig(content: unknown, version: string): AgentConfig {
  if (!isRecord(content) || typeof content['agent_id'] !== 'string') throw new TypeError('an agent config is an object with an agent_id');
  const persona = content['persona'];
  return {
    agent_id: content['agent_id'],
    version,
    instructions: isRecord(persona) ? text(persona['instructions']) : undefined,
    prompt_template_id: text(content['prompt_template_id']),
    tools: list(content['tools']).map((tool) => {
      const interface_id = text(tool['interface_id']);
      return {
        name: text(tool['name']) ?? '',
        timeout_ms: notNegative(tool['timeout_ms'], 30_000),
        retries: notNegative(tool['retries'], 0),
        required: tool['required'] === true,
        ...(interface_id !== undefined && { interface_id }),
      };
    }),
    pre_hooks: list(content['pre_hooks']).map(toHook),
    post_hooks: list(content['post_hooks']).map(toHook),
    output_schema: content['output_schema'],
  };
}

/** A prompt template: one text, or messages, with `{{name}}` where a variable or input goes. */
export interface Template {
  readonly id: string;
  readonly version: string;
  readonly body: string | readonly Message[];
}
export interface Message {
  readonly role: string;
  readonly content: string;
}

/** @throws {TypeError} when the document holds neither `template` nor `messages` */
export function parseTemplate(id: string, version: string, content: unknown): Template {
  if (isRecord(content)) {
    const { template, messages } = content;
    if (typeof template === 'string') return { id, version, body: template };
    if (Array.isArray(messages)) {
      const body = list(messages).flatMap(({ role, content: said }) =>
        typeof role === 'string' && typeof said === 'string' ? [{ role, content: said }] : [],
      );
      if (body.length === messages.length) return { id, version, body };
    }
  }
  throw new TypeError(`prompt template ${id}@${version} holds neither a text \`template\` nor \`messages\` of role and content`);
}

const PLACE = /\{\{\s*([A-Za-z0-9_.-]{1,64})\s*\}\}/g;

/**
 * Fills a template. A value that is no string stands as JSON. Values are put in, never read as templates again.
 * @throws {RangeError} naming a place for which there is no value
 */
export function render(template: Template, values: Readonly<Record<string, unknown>>): string | readonly Message[] {
  const fill = (body: string): string =>
    body.replace(PLACE, (_, name: string) => {
      if (!Object.hasOwn(values, name))
        throw new RangeError(`prompt template ${template.id}@${template.version} wants a value for {{${name}}}`);
      const value = values[name];
      return typeof value === 'string' ? value : JSON.stringify(value ?? null);
    });
  return typeof template.body === 'string'
    ? fill(template.body)
    : template.body.map(({ role, content }) => ({ role, content: fill(content) }));
}
