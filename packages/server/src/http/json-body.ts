import { AncillaError } from '@ancilla/contracts';

/** How deep and how wide a JSON body may be. */
export interface JsonBounds {
  readonly depth: number;
  readonly keys: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET, COLON] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x3a];

/**
 * Reads a JSON body whose depth and number of keys were bounded by one look over its bytes, before anything is built from it.
 * @throws {AncillaError} `request.too_deep`, `request.malformed`
 */
export function parseJsonBody(bytes: Uint8Array, bounds: JsonBounds): unknown {
  checkBounds(bytes, bounds);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new AncillaError('request.malformed', 'the body is not UTF-8');
  }
  try {
    return JSON.parse(text, refusePrototype) as unknown;
  } catch (error) {
    if (error instanceof AncillaError) throw error;
    throw new AncillaError('request.malformed', 'the body is not JSON');
  }
}

function checkBounds(bytes: Uint8Array, { depth: mostDepth, keys: mostKeys }: JsonBounds): void {
  let depth = 0;
  let keys = 0;
  let quoted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (quoted) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > mostDepth) throw new AncillaError('request.too_deep', `the body is nested deeper than ${mostDepth}`);
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
    else if (byte === COLON && ++keys > mostKeys) throw new AncillaError('request.too_deep', `the body has more than ${mostKeys} keys`);
  }
}

/** `__proto__` as a key would set a prototype wherever an object is copied field by field. */
function refusePrototype(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new AncillaError('request.malformed', 'a key of the body is not allowed');
  return value;
}
