// One call to a model through a real instrumentation: the Vercel AI SDK with @ai-sdk/otel (LegacyOpenTelemetry or OpenTelemetry), or LangChain with OpenInference, over the API of
// openai or anthropic. Run from a folder that has them installed.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const from = createRequire(`${process.cwd()}/`);
const load = (name) => import(pathToFileURL(from.resolve(name)).href);
const { TRACES_URL, TRACES_KEY, MODEL_URL: baseURL, WORD: word } = process.env;
const [library, api] = process.argv.slice(2);

const { NodeTracerProvider } = await load('@opentelemetry/sdk-trace-node');
const { SimpleSpanProcessor } = await load('@opentelemetry/sdk-trace-base');
const { OTLPTraceExporter } = await load('@opentelemetry/exporter-trace-otlp-proto');
const exporter = new OTLPTraceExporter({ url: TRACES_URL, headers: { authorization: `Bearer ${TRACES_KEY}` } });
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();

const system = 'Be brief.';
const question = `Where is ${word} of jane.${word}@example.org?`;
const model = { openai: 'gpt-4o', anthropic: 'claude-sonnet-5' }[api];
const nested = { deep: { deeper: [{ [word]: JSON.stringify({ of: word }) }] } };

const run = {
  async langchain() {
    const { LangChainInstrumentation } = await load('@arizeai/openinference-instrumentation-langchain');
    const manager = await load('@langchain/core/callbacks/manager');
    new LangChainInstrumentation({ tracerProvider: provider }).manuallyInstrument(manager);
    const { SystemMessage, HumanMessage } = await load('@langchain/core/messages');
    const { ChatOpenAI } = await load('@langchain/openai');
    const { ChatAnthropic } = await load('@langchain/anthropic');
    const apiKey = `sk-${word}`;
    const chat =
      api === 'openai'
        ? new ChatOpenAI({ model, apiKey, configuration: { baseURL } })
        : new ChatAnthropic({ model, apiKey, anthropicApiUrl: baseURL.replace(/\/v1$/, '') });
    const named = { runName: `run ${word}`, tags: [word], metadata: { ticket: word, ...nested } };
    await chat.invoke([new SystemMessage(system), new HumanMessage(question)], named);
  },
  async vercel() {
    const ai = await load('ai');
    const otel = await load('@ai-sdk/otel');
    const { createOpenAICompatible } = await load('@ai-sdk/openai-compatible');
    const { createAnthropic } = await load('@ai-sdk/anthropic');
    const apiKey = `sk-${word}`;
    const provide = api === 'openai' ? createOpenAICompatible({ name: 'openai', baseURL, apiKey }) : createAnthropic({ baseURL, apiKey });
    const telemetry = { isEnabled: true, metadata: { ticket: word }, integrations: [new otel[library]()] };
    await ai.generateText({ model: provide(model), system, prompt: question, telemetry, experimental_telemetry: telemetry });
  },
};
await (library === 'langchain' ? run.langchain() : run.vercel());
await provider.shutdown();
