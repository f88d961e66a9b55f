// One call to a model through the Vercel AI SDK and @ai-sdk/otel: LegacyOpenTelemetry or OpenTelemetry. Run from a folder that has them installed.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const from = createRequire(`${process.cwd()}/`);
const load = (name) => import(pathToFileURL(from.resolve(name)).href);
const [ai, otel, { createOpenAICompatible }, { NodeTracerProvider }, { SimpleSpanProcessor }, { OTLPTraceExporter }] = await Promise.all(
  [
    'ai',
    '@ai-sdk/otel',
    '@ai-sdk/openai-compatible',
    '@opentelemetry/sdk-trace-node',
    '@opentelemetry/sdk-trace-base',
    '@opentelemetry/exporter-trace-otlp-proto',
  ].map(load),
);
const { TRACES_URL: url, TRACES_KEY: key, MODEL_URL: baseURL, WORD: word } = process.env;
const exporter = new OTLPTraceExporter({ url, headers: { authorization: `Bearer ${key}` } });
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
const telemetry = { isEnabled: true, metadata: { ticket: word }, integrations: [new otel[process.argv[2]]()] };
await ai.generateText({
  model: createOpenAICompatible({ name: 'openai', baseURL, apiKey: `sk-${word}` })('gpt-4o'),
  system: 'Be brief.',
  prompt: `Where is ${word} of jane.${word}@example.org?`,
  telemetry,
  experimental_telemetry: telemetry,
});
await provider.shutdown();
