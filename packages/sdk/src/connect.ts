// Runs in browsers too. The entry: the one place of the SDK that reads the machine's clock, randomness and timers.
import { isLoopback, toName } from '@ancilla/contracts';
import { httpTransport } from './http-transport.ts';
import { openSdk, type Sdk, type SdkParts } from './sdk.ts';

export interface ConnectOptions extends Partial<
  Pick<SdkParts, 'tokenKey' | 'tracer' | 'realm' | 'node_id' | 'tenant_id' | 'sampleShare' | 'labelTtlMs' | 'queue' | 'spool' | 'onProblem'>
> {
  /** Where the server is; https, except on loopback. */
  readonly url: string;
  readonly apiKey: string;
  readonly timeoutMs?: number;
  /** Flush when the process is about to end, or the page is left. On by default. */
  readonly flushAtExit?: boolean;
}

/**
 * Connects an agent's process to Ancilla.
 * @throws {TypeError} for a URL that would send the key in plaintext over a network, and for a realm or node_id that no event may have
 */
export function connect(options: ConnectOptions): Sdk {
  const url = new URL(options.url);
  if (url.protocol !== 'https:' && !isLoopback(url.hostname))
    throw new TypeError('url must be https: an API key does not travel in plaintext');
  if (options.apiKey.trim() === '') throw new TypeError('apiKey is empty: is the variable set that it comes from?');
  const { realm = 'default', node_id = 'local' } = options;
  for (const [option, name] of Object.entries({ realm, node_id }))
    if (toName(name, 'unknown') !== name) throw new TypeError(`${option} must be a name without spaces, at most 128 characters`);
  // Of a page that is being left only such requests go on, and only up to 64 KiB of them: no other is sent so.
  let isLeaving = false;
  const sdk = openSdk({
    ...options,
    realm,
    node_id,
    transport: httpTransport({
      url: options.url,
      apiKey: options.apiKey,
      fetch: (to, init) => fetch(to, isLeaving ? { ...init, keepalive: true } : init),
      timeoutMs: options.timeoutMs ?? 30_000,
    }),
    clock: { now: () => Date.now() },
    random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
    elapsed: () => performance.now(),
    later(ms, run, isAwaited = false) {
      const timer: unknown = setTimeout(run, ms);
      // Node's timers keep the process alive unless told; for what nobody awaits, the exit hook flushes instead.
      if (!isAwaited && typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') timer.unref();
      return () => clearTimeout(timer as ReturnType<typeof setTimeout>);
    },
  });
  if (options.flushAtExit === false) return sdk;
  if ('document' in globalThis) {
    globalThis.addEventListener('pagehide', () => {
      isLeaving = true;
      void sdk.flush();
    });
    // A page may be shown again as it was left.
    globalThis.addEventListener('pageshow', () => (isLeaving = false));
  } else if ('process' in globalThis) onExit(sdk);
  return sdk;
}

/** Flushes once when the event loop runs empty, and on SIGTERM and SIGINT before the process dies as it would have. */
function onExit(sdk: Sdk): void {
  const { process } = globalThis;
  process.once('beforeExit', () => void sdk.flush());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    let isFlushing = false;
    // Whoever listens last ends the process: another SDK may still be sending, and a handler of the program's own decides itself.
    const leave = () => {
      process.off(signal, flush);
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    };
    const flush = () => {
      // Told a second time.
      if (isFlushing) return leave();
      isFlushing = true;
      void sdk.flush(5000).finally(leave);
    };
    process.on(signal, flush);
  }
}
