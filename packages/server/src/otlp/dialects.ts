// What the instrumentations call things, declared once: OpenTelemetry GenAI old and new, OpenInference, OpenLLMetry, Vercel AI SDK, LangSmith, MLflow, Logfire, Langfuse.

/** Where a fact stands, the surest key first. `a#b/c` is what stands at the path b, c of the JSON that a holds. */
export const facts = {
  operation: ['gen_ai.operation.name', 'llm.request.type'],
  model: [
    'gen_ai.request.model',
    'llm.request.model_name',
    'llm.invocation_parameters#model',
    'llm.model_name',
    'embedding.model_name',
    'llm.request.model',
    'ai.model.id',
    'langfuse.observation.model.name',
    'langfuse.observation.model',
    'mlflow.llm.model',
    'request_data#model',
    'mlflow.spanInputs#model',
    'gen_ai.response.model',
    'ai.response.model',
  ],
  modelVersion: [
    'gen_ai.response.model',
    'llm.response.model',
    'llm.response.model_name',
    'ai.response.model',
    'response_data#model',
    // LangChain: what the provider's own answer says.
    'output.value#generations/0/0/message/kwargs/response_metadata/model_name',
    'output.value#generations/0/0/message/kwargs/response_metadata/model',
    'llm.model_name',
  ],
  provider: ['gen_ai.provider.name', 'gen_ai.system', 'llm.provider', 'llm.system', 'ai.model.provider'],
  agent: ['gen_ai.agent.id', 'gen_ai.agent.name', 'agent.name', 'traceloop.workflow.name', 'graph.node.id'],
  tokensIn: [
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'llm.token_count.prompt',
    'llm.usage.prompt_tokens',
    'ai.usage.inputTokens',
    'ai.usage.promptTokens',
    'ai.usage.tokens',
    'mlflow.chat.tokenUsage#input_tokens',
    'langfuse.observation.usage_details#input',
  ],
  tokensOut: [
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'llm.token_count.completion',
    'llm.usage.completion_tokens',
    'ai.usage.outputTokens',
    'ai.usage.completionTokens',
    'mlflow.chat.tokenUsage#output_tokens',
    'langfuse.observation.usage_details#output',
  ],
  host: ['server.address', 'net.peer.name'],
  port: ['server.port', 'net.peer.port'],
  error: ['error.type', 'exception.type'],
  service: ['service.name'],
  instance: ['service.instance.id', 'host.name'],
  realm: ['deployment.environment.name', 'deployment.environment'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What makes a span one call of a model, and no chain, tool, agent or request around it. */
export const modelCalls: readonly { readonly key: string; readonly is: RegExp }[] = [
  { key: 'gen_ai.operation.name', is: /^(?:chat|text_completion|generate_content|embeddings)$/ },
  { key: 'llm.request.type', is: /^(?:chat|completion|embedding)$/ },
  { key: 'openinference.span.kind', is: /^(?:LLM|EMBEDDING)$/ },
  { key: 'ai.operationId', is: /\.(?:doGenerate|doStream|doEmbed)$/ },
  { key: 'mlflow.spanType', is: /^"?(?:CHAT_MODEL|LLM|EMBEDDING)"?$/ },
  { key: 'langfuse.observation.type', is: /^(?:generation|embedding)$/ },
  { key: 'langsmith.span.kind', is: /^(?:llm|embedding)$/i },
];
/** A span that says it is one of these is no model call, whatever else it carries. */
export const otherOperations = /^(?:execute_tool|invoke_agent|create_agent|invoke_workflow|retrieval|plan)$/;

/** Content of the prompt, surest first, each in a shape that {@link file://./messages.ts} reads. */
export const inputKeys = [
  'gen_ai.input.messages',
  'ai.prompt.messages',
  'gen_ai.prompt',
  'langfuse.observation.input',
  'mlflow.spanInputs',
  'request_data',
  'all_messages_events',
  'pydantic_ai.all_messages',
  'events',
  'ai.prompt',
  'input.value',
  'traceloop.entity.input',
  'ai.value',
  'ai.values',
  'embedding.text',
] as const;
export const outputKeys = [
  'gen_ai.output.messages',
  'gen_ai.completion',
  'ai.response.text',
  'ai.response.object',
  'ai.response.toolCalls',
  'langfuse.observation.output',
  'mlflow.spanOutputs',
  'response_data',
  'output.value',
  'traceloop.entity.output',
] as const;
/** Content spread over keys with a number in them, and what follows the number. */
export const numbered = {
  input: [
    { prefix: 'gen_ai.prompt.', role: 'role', content: 'content' },
    { prefix: 'llm.input_messages.', role: 'message.role', content: 'message.content', parts: 'message.contents.' },
    { prefix: 'llm.prompts.', role: '', content: 'prompt.text' },
    { prefix: 'embedding.embeddings.', role: '', content: 'embedding.text' },
  ],
  output: [
    { prefix: 'gen_ai.completion.', role: 'role', content: 'content' },
    { prefix: 'llm.output_messages.', role: 'message.role', content: 'message.content', parts: 'message.contents.' },
    { prefix: 'llm.choices.', role: '', content: 'completion.text' },
  ],
} as const;
/** Messages as events of the span: the name says whose they are. */
export const messageEvents: ReadonlyMap<string, { readonly role: string; readonly is: 'input' | 'output' }> = new Map([
  ['gen_ai.system.message', { role: 'system', is: 'input' }],
  ['gen_ai.user.message', { role: 'user', is: 'input' }],
  ['gen_ai.assistant.message', { role: 'assistant', is: 'input' }],
  ['gen_ai.tool.message', { role: 'tool', is: 'input' }],
  ['gen_ai.content.prompt', { role: 'user', is: 'input' }],
  ['gen_ai.choice', { role: 'assistant', is: 'output' }],
  ['gen_ai.content.completion', { role: 'assistant', is: 'output' }],
]);

const name = /^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$/;
const word = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A kept key and the form its value must have; what is neither kept nor of its form goes. */
export type Kept = 'number' | 'boolean' | RegExp;
/** What may leave as it is. All else, known or new, is summarised: names change with every release. */
export const kept: ReadonlyMap<string, Kept> = new Map<string, Kept>([
  ['gen_ai.operation.name', word],
  ['gen_ai.provider.name', word],
  ['gen_ai.system', word],
  ['gen_ai.request.model', name],
  ['gen_ai.response.model', name],
  ['gen_ai.response.id', name],
  ['gen_ai.output.type', word],
  ['gen_ai.agent.id', name],
  ['gen_ai.agent.name', name],
  ['gen_ai.agent.version', word],
  ['gen_ai.tool.name', name],
  ['gen_ai.tool.type', word],
  ['gen_ai.token.type', word],
  ['gen_ai.data_source.id', name],
  ['llm.request.type', word],
  ['llm.model_name', name],
  ['llm.request.model_name', name],
  ['llm.response.model_name', name],
  ['llm.provider', word],
  ['llm.system', word],
  ['openinference.span.kind', /^[A-Z]{2,20}$/],
  ['ai.operationId', word],
  ['ai.model.id', name],
  ['ai.model.provider', word],
  ['ai.response.model', name],
  ['ai.response.finishReason', word],
  ['embedding.model_name', name],
  ['traceloop.span.kind', word],
  ['langfuse.observation.type', word],
  ['langfuse.observation.model.name', name],
  ['error.type', word],
  ['server.address', /^[A-Za-z0-9.-]{1,253}$/],
  ['server.port', 'number'],
  ['http.request.method', /^[A-Z]{3,10}$/],
  ['http.response.status_code', 'number'],
  // The SDKs' own default holds the path of the program.
  ['service.name', /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/],
  ['service.version', word],
  ['service.namespace', name],
  ['deployment.environment.name', word],
  ['telemetry.sdk.name', word],
  ['telemetry.sdk.language', word],
  ['telemetry.sdk.version', word],
  ['gen_ai.request.stream', 'boolean'],
]);
/** Measurements: numbers and booleans under these are kept. */
export const keptNumbers = ['gen_ai.usage.', 'gen_ai.request.', 'gen_ai.response.', 'llm.token_count.', 'llm.usage.', 'ai.usage.'] as const;
export const LONGEST_KEPT = 256;
