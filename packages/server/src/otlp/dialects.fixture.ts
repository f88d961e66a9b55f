// One conversation as each instrumentation writes it: a system and a user message, an answer, 12 tokens in and 5 out.
import type { Attributes, Span, Value } from './spans.ts';

const SYSTEM = 'Be brief.';
export const ANSWER = 'It is on its way.';

interface Written {
  readonly scope: string;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly events?: readonly { readonly name: string; readonly attributes: Readonly<Record<string, Value>> }[];
}

const chat = (user: string) => [
  { role: 'system', content: SYSTEM },
  { role: 'user', content: user },
];
const json = (of: unknown): string => JSON.stringify(of);

/** By dialect, with what the user says. */
export const dialects: Readonly<Record<string, (user: string) => Written>> = {
  'OpenTelemetry GenAI': (user) => ({
    scope: 'opentelemetry.instrumentation.openai_v2',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-11-20',
      'gen_ai.usage.input_tokens': 12,
      'gen_ai.usage.output_tokens': 5,
      'gen_ai.system_instructions': json([{ type: 'text', content: SYSTEM }]),
      'gen_ai.input.messages': json([{ role: 'user', parts: [{ type: 'text', content: user }] }]),
      'gen_ai.output.messages': json([{ role: 'assistant', parts: [{ type: 'text', content: ANSWER }], finish_reason: 'stop' }]),
    },
  }),
  'OpenTelemetry GenAI, structured values': (user) => ({
    scope: 'opentelemetry.instrumentation.anthropic',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-11-20',
      'gen_ai.usage.input_tokens': 12,
      'gen_ai.usage.output_tokens': 5,
      'gen_ai.input.messages': [
        { role: 'system', parts: [{ type: 'text', content: SYSTEM }] },
        { role: 'user', parts: [{ type: 'text', content: user }] },
      ],
      'gen_ai.output.messages': [{ role: 'assistant', parts: [{ type: 'text', content: ANSWER }] }],
    },
  }),
  'OpenTelemetry GenAI, events of 1.36': (user) => ({
    scope: 'opentelemetry.instrumentation.openai',
    attributes: {
      'gen_ai.system': 'openai',
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-11-20',
      'gen_ai.usage.prompt_tokens': 12,
      'gen_ai.usage.completion_tokens': 5,
    },
    events: [
      { name: 'gen_ai.system.message', attributes: { content: SYSTEM } },
      { name: 'gen_ai.user.message', attributes: { content: user } },
      { name: 'gen_ai.choice', attributes: { message: json({ role: 'assistant', content: ANSWER }), index: 0 } },
    ],
  }),
  OpenInference: (user) => ({
    scope: '@arizeai/openinference-instrumentation-openai',
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-11-20',
      'llm.token_count.prompt': 12,
      'llm.token_count.completion': 5,
      'llm.input_messages.0.message.role': 'system',
      'llm.input_messages.0.message.content': SYSTEM,
      'llm.input_messages.1.message.role': 'user',
      'llm.input_messages.1.message.contents.0.message_content.type': 'text',
      'llm.input_messages.1.message.contents.0.message_content.text': user,
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.0.message.content': ANSWER,
      'input.value': json({ messages: chat(user) }),
      'output.value': ANSWER,
      'llm.invocation_parameters': json({ user }),
    },
  }),
  OpenLLMetry: (user) => ({
    scope: 'opentelemetry.instrumentation.openai.v1',
    attributes: {
      'llm.request.type': 'chat',
      'gen_ai.system': 'OpenAI',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-11-20',
      'gen_ai.usage.prompt_tokens': 12,
      'gen_ai.usage.completion_tokens': 5,
      'gen_ai.prompt.0.role': 'system',
      'gen_ai.prompt.0.content': SYSTEM,
      'gen_ai.prompt.1.role': 'user',
      'gen_ai.prompt.1.content': user,
      'gen_ai.completion.0.role': 'assistant',
      'gen_ai.completion.0.content': ANSWER,
      'gen_ai.completion.0.finish_reason': 'stop',
      'traceloop.association.properties.user': user,
    },
  }),
  'Vercel AI SDK': (user) => ({
    scope: 'ai',
    attributes: {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.id': 'gpt-4o',
      'ai.response.model': 'gpt-4o-2024-11-20',
      'ai.usage.promptTokens': 12,
      'ai.usage.completionTokens': 5,
      'ai.prompt.messages': json([
        { role: 'system', content: SYSTEM },
        { role: 'user', content: [{ type: 'text', text: user }] },
      ]),
      'ai.response.text': ANSWER,
      'ai.request.headers.authorization': `Bearer ${user}`,
      'ai.telemetry.metadata.ticket': user,
    },
  }),
  'LangChain by LangSmith': (user) => ({
    scope: 'langsmith',
    attributes: {
      'langsmith.span.kind': 'llm',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-11-20',
      'gen_ai.usage.input_tokens': 12,
      'gen_ai.usage.output_tokens': 5,
      'gen_ai.prompt': json({
        messages: [
          [
            { lc: 1, type: 'constructor', id: ['langchain_core', 'messages', 'SystemMessage'], kwargs: { content: SYSTEM } },
            { lc: 1, type: 'constructor', id: ['langchain_core', 'messages', 'HumanMessage'], kwargs: { content: user } },
          ],
        ],
      }),
      'gen_ai.completion': json({ messages: [{ role: 'assistant', content: ANSWER }] }),
    },
  }),
  MLflow: (user) => ({
    scope: 'mlflow',
    attributes: {
      'mlflow.spanType': '"CHAT_MODEL"',
      'mlflow.spanInputs': json({ model: 'gpt-4o', messages: chat(user) }),
      'mlflow.spanOutputs': json({ choices: [{ message: { role: 'assistant', content: ANSWER } }] }),
      'gen_ai.response.model': 'gpt-4o-2024-11-20',
      'mlflow.chat.tokenUsage': json({ input_tokens: 12, output_tokens: 5, total_tokens: 17 }),
    },
  }),
  Logfire: (user) => ({
    scope: 'logfire.openai',
    attributes: {
      request_data: json({ model: 'gpt-4o', messages: chat(user) }),
      response_data: json({ model: 'gpt-4o-2024-11-20', message: { role: 'assistant', content: ANSWER } }),
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-11-20',
      'gen_ai.usage.input_tokens': 12,
      'gen_ai.usage.output_tokens': 5,
      'logfire.msg': user,
    },
  }),
  Langfuse: (user) => ({
    scope: 'langfuse-sdk',
    attributes: {
      'langfuse.observation.type': 'generation',
      'langfuse.observation.model.name': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-11-20',
      'langfuse.observation.input': json(chat(user)),
      'langfuse.observation.output': json({ role: 'assistant', content: ANSWER }),
      'langfuse.observation.usage_details': json({ input: 12, output: 5 }),
      'user.id': user,
    },
  }),
};

const toMap = (of: Readonly<Record<string, Value>>): Attributes => new Map(Object.entries(of));

/** A span that was written in a dialect. */
export function spanOf({ attributes, events = [] }: Written, ids: { readonly trace_id: string; readonly span_id: string }): Span {
  return {
    ...ids,
    parent_span_id: '',
    name: 'chat',
    kind: 3,
    start: 1_763_900_000_000_000_000n,
    end: 1_763_900_001_200_000_000n,
    attributes: toMap(attributes),
    events: events.map((event) => ({ name: event.name, attributes: toMap(event.attributes) })),
    links: [],
    status: { code: 1, message: '' },
  };
}
