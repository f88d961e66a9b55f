import { AncillaError, isLoopback } from '@ancilla/contracts';
import { connectionOf } from './store/index.ts';

interface Setting<T> {
  readonly variable: string;
  readonly shape: string;
  readonly otherwise: T;
  /** @returns undefined when the text is wrong */
  readonly read: (text: string) => T | undefined;
}

const setting = <T>(variable: string, shape: string, otherwise: NoInfer<T>, read: (text: string) => T | undefined): Setting<T> => ({
  variable,
  shape,
  otherwise,
  read,
});
const optional = <T>(variable: string, shape: string, read: (text: string) => T | undefined) =>
  setting<T | undefined>(variable, shape, undefined, read);
const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined);
const oneOf =
  <const W extends readonly string[]>(words: W) =>
  (text: string): W[number] | undefined =>
    words.find((word) => word === text);
const flag = (text: string): boolean | undefined => (text === '1' ? true : text === '0' ? false : undefined);
const port = (text: string): number | undefined => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined);
const url = (text: string): string | undefined => (/^https?:\/\/[^\s@]+$/.test(text) && URL.canParse(text) ? text : undefined);
const cents = (text: string): number | undefined => (/^\d{1,9}(?:\.\d{1,6})?$/.test(text) && Number(text) > 0 ? Number(text) : undefined);
/** Origins as browsers write them; no `*`, since who may ask is always somebody. */
const origins = (text: string): readonly string[] | undefined => {
  const all = text.split(',').map((each) => each.trim());
  const isOrigin = (each: string) => /^https?:\/\/[a-z0-9.:[\]-]+$/.test(each) && URL.parse(each)?.origin === each;
  return all.every(isOrigin) ? all : undefined;
};
const modelName = matching(/^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$/);
const secret = matching(/^[\x21-\x7e]{1,512}$/);

/** The one declaration of the configuration: the reference page and `ancilla doctor` show it too. */
export const settings = {
  port: setting('ANCILLA_PORT', 'a port, 0 to 65535 (0: any free one)', 7717, port),
  metricsPort: optional('ANCILLA_METRICS_PORT', 'a port, 0 to 65535 (0: any free one)', port),
  host: setting('ANCILLA_HOST', 'an address to listen on', '127.0.0.1', matching(/^[A-Za-z0-9.:-]{1,253}$/)),
  dataFolder: setting('ANCILLA_DATA', 'a folder', '.ancilla', matching(/^[^\0]+$/)),
  storeUrl: optional(
    'ANCILLA_STORE_URL',
    'postgres://user:password@host/database; without it the data lies in files in the data folder',
    (text) => (/^postgres(ql)?:\/\/\S+$/.test(text) && URL.canParse(text) ? text : undefined),
  ),
  storePlain: setting('ANCILLA_STORE_PLAIN', '1: rows in PostgreSQL that SQL can read; or 0: sealed', false, flag),
  logLevel: setting('ANCILLA_LOG_LEVEL', 'debug, info, warn, error or silent', 'info', oneOf(['debug', 'info', 'warn', 'error', 'silent'])),
  masterKey: optional('ANCILLA_MASTER_KEY', '64 hex digits', matching(/^[0-9a-f]{64}$/)),
  nextMasterKey: optional('ANCILLA_NEXT_MASTER_KEY', '64 hex digits', matching(/^[0-9a-f]{64}$/)),
  otlpEndpoint: optional('OTEL_EXPORTER_OTLP_ENDPOINT', 'the base URL of an OTLP/HTTP receiver', url),
  otlpForward: optional('ANCILLA_OTLP_FORWARD', 'the base URL of an OTLP/HTTP receiver', url),
  traceBackend: optional('ANCILLA_TRACE_URL', 'a URL with {trace_id} in it', (text) =>
    text.includes('{trace_id}') ? url(text) : undefined,
  ),
  allowPlaintext: setting('ANCILLA_ALLOW_PLAINTEXT', '1 or 0', false, flag),
  trustProxy: setting('ANCILLA_TRUST_PROXY', '1 when a proxy that speaks TLS stands in front, or 0', false, flag),
  publicUrl: optional('ANCILLA_PUBLIC_URL', 'the URL people reach this server at, without a path', (text) =>
    url(text) !== undefined && new URL(text).pathname === '/' ? text.replace(/\/$/, '') : undefined,
  ),
  corsOrigins: setting<readonly string[]>(
    'ANCILLA_CORS_ORIGINS',
    'origins such as https://app.example.com, separated by commas',
    [],
    origins,
  ),
  tlsCertFile: optional('ANCILLA_TLS_CERT', 'a PEM file', matching(/^[^\0]+$/)),
  tlsKeyFile: optional('ANCILLA_TLS_KEY', 'a PEM file', matching(/^[^\0]+$/)),
  embeddingFolder: optional('ANCILLA_EMBEDDING_FOLDER', 'the folder of an ONNX model', matching(/^[^\0]+$/)),
  embeddingUrl: optional('ANCILLA_EMBEDDING_URL', 'the base URL of an embedding server', url),
  embeddingModel: optional('ANCILLA_EMBEDDING_MODEL', 'a model name', modelName),
  embeddingRevision: optional(
    'ANCILLA_EMBEDDING_REVISION',
    'a revision: letters, digits and . _ + -, at most 64',
    matching(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/),
  ),
  embeddingShape: setting('ANCILLA_EMBEDDING_SHAPE', 'openai, tei or hf', 'openai', oneOf(['openai', 'tei', 'hf'])),
  embeddingApiKey: optional('ANCILLA_EMBEDDING_API_KEY', 'a key', secret),
  rerankUrl: optional('ANCILLA_RERANK_URL', 'the base URL of a server with OpenAI’s chat completions', url),
  rerankModel: optional('ANCILLA_RERANK_MODEL', 'a model name', modelName),
  rerankApiKey: optional('ANCILLA_RERANK_API_KEY', 'a key', secret),
  rerankMaxCost: optional('ANCILLA_RERANK_MAX_COST', 'USD cents, more than 0', cents),
  realm: setting('ANCILLA_REALM', 'a name without spaces', 'default', matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)),
};

/** How a server runs. Everything comes from the environment, once, at start. */
export type Config = { readonly [K in keyof typeof settings]: (typeof settings)[K]['otherwise'] };

/** Read by the tests and benchmarks, not by the server. */
const OTHERS = /^ANCILLA_(?:TEST_|BENCHMARKS$)/;

/**
 * Reads the configuration.
 * @throws {AncillaError} `config.invalid`, naming variable, shape and fix; never a value that could be a secret
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const known = new Set<string>(Object.values(settings).map(({ variable }) => variable));
  for (const variable of Object.keys(environment)) {
    if (!variable.startsWith('ANCILLA_') || known.has(variable) || OTHERS.test(variable)) continue;
    throw new AncillaError('config.invalid', `${variable} is no setting; the nearest is ${nearest(variable, known)}`);
  }
  const value = ({ variable, shape, otherwise, read }: Setting<unknown>): unknown => {
    const text = environment[variable];
    if (text === undefined || text === '') return otherwise;
    const found = read(text);
    if (found === undefined) throw new AncillaError('config.invalid', `${variable} must be ${shape}`);
    return found;
  };
  // Each name with what its own row reads: what Config is made of.
  const config = Object.fromEntries(Object.entries(settings).map(([name, row]) => [name, value(row)])) as Config;
  if ((config.tlsCertFile === undefined) !== (config.tlsKeyFile === undefined))
    throw new AncillaError('config.invalid', 'ANCILLA_TLS_CERT and ANCILLA_TLS_KEY go together');
  if (!isLoopback(config.host) && config.tlsCertFile === undefined && !config.trustProxy)
    throw new AncillaError(
      'config.invalid',
      'ANCILLA_HOST is not loopback: set ANCILLA_TLS_CERT and ANCILLA_TLS_KEY, or ANCILLA_TRUST_PROXY=1 behind a proxy that speaks TLS',
    );
  for (const { variable, of } of [
    { variable: settings.otlpEndpoint.variable, of: config.otlpEndpoint },
    { variable: settings.otlpForward.variable, of: config.otlpForward },
    { variable: settings.embeddingUrl.variable, of: config.embeddingUrl },
    { variable: settings.rerankUrl.variable, of: config.rerankUrl },
  ])
    if (of !== undefined && new URL(of).protocol === 'http:' && !config.allowPlaintext && !isLoopback(new URL(of).hostname))
      throw new AncillaError('config.invalid', `${variable} is neither https nor loopback: use https, or set ANCILLA_ALLOW_PLAINTEXT=1`);
  if (config.storeUrl !== undefined) connectionOf(config.storeUrl, config.allowPlaintext);
  if (config.embeddingUrl !== undefined && config.embeddingFolder !== undefined)
    throw new AncillaError('config.invalid', 'ANCILLA_EMBEDDING_FOLDER and ANCILLA_EMBEDDING_URL exclude each other');
  if (config.embeddingUrl !== undefined && config.embeddingModel === undefined)
    throw new AncillaError('config.invalid', 'ANCILLA_EMBEDDING_URL needs ANCILLA_EMBEDDING_MODEL');
  if (config.rerankUrl !== undefined && config.rerankModel === undefined)
    throw new AncillaError('config.invalid', 'ANCILLA_RERANK_URL needs ANCILLA_RERANK_MODEL');
  return config;
}

/** The known name with the fewest letters to change. */
function nearest(name: string, known: ReadonlySet<string>): string {
  const distance = (a: string, b: string): number => {
    let row = Array.from({ length: b.length + 1 }, (_, i) => i);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++)
        next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
      row = next;
    }
    return row[b.length] ?? 0;
  };
  return [...known].toSorted((a, b) => distance(name, a) - distance(name, b))[0] ?? '';
}
