import { AncillaError, type Egress } from '@ancilla/contracts';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The only way out of the server. TLS is verified by the runtime and never switched off; plaintext goes to loopback only, unless the operator says so.
 * Redirects are not followed: where a request goes was decided before it was sent.
 * @param timeoutMs - for an answer's headers and body together
 */
export const openEgress =
  ({ allowPlaintext, timeoutMs }: { readonly allowPlaintext: boolean; readonly timeoutMs: number }): Egress =>
  async (to, init = {}) => {
    const url = new URL(to);
    const plain = url.protocol === 'http:' && (allowPlaintext || LOOPBACK.has(url.hostname));
    if (url.protocol !== 'https:' && !plain) throw new AncillaError('egress.refused', `${url.protocol}//${url.host} is not https`);
    if (url.username !== '' || url.password !== '')
      throw new AncillaError('egress.refused', `credentials in the address of ${url.host}; send them in a header`);
    const timeout = AbortSignal.timeout(timeoutMs);
    return await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: init.signal == null ? timeout : AbortSignal.any([init.signal, timeout]),
    });
  };
