import { AncillaError, isLoopback, type Egress } from '@ancilla/contracts';

/**
 * The only way out of the server. TLS is verified by the runtime and never switched off; plaintext goes to loopback only, unless the operator says so.
 * Redirects are not followed: where a request goes was decided before it was sent.
 * @param parts - `timeoutMs`: for an answer's headers and body together; `maxBytes`: how large its body may be
 */
export const openEgress =
  ({
    allowPlaintext,
    timeoutMs,
    maxBytes,
  }: {
    readonly allowPlaintext: boolean;
    readonly timeoutMs: number;
    readonly maxBytes: number;
  }): Egress =>
  async (to, init = {}) => {
    const url = new URL(to);
    const plain = url.protocol === 'http:' && (allowPlaintext || isLoopback(url.hostname));
    if (url.protocol !== 'https:' && !plain) throw new AncillaError('egress.refused', `${url.protocol}//${url.host} is not https`);
    if (url.username !== '' || url.password !== '')
      throw new AncillaError('egress.refused', `credentials in the address of ${url.host}; send them in a header`);
    const timeout = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: init.signal == null ? timeout : AbortSignal.any([init.signal, timeout]),
    });
    if (answer.body === null) return answer;
    return new Response(answer.body.pipeThrough(bounded(maxBytes, url.host)), answer);
  };

/** Passes bytes on until there are too many. */
function bounded(maxBytes: number, host: string): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let size = 0;
  return new TransformStream({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > maxBytes) controller.error(new AncillaError('egress.refused', `${host} answers with more than ${maxBytes} bytes`));
      else controller.enqueue(chunk);
    },
  });
}
