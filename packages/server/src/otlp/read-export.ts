// A request's bytes as spans.
import { AncillaError } from '@ancilla/contracts';
import { readJson } from './json.ts';
import { readProtobuf } from './protobuf.ts';
import { TooMuch, Unreadable, type Received } from './spans.ts';
import { unpack } from './unpack.ts';

export const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws {AncillaError} `request.media_type`, `request.malformed`, `request.too_large`; nothing was kept then */
export async function readExport(
  body: AsyncIterable<Uint8Array>,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Promise<{ readonly spans: readonly Received[]; readonly media: typeof PROTOBUF | typeof JSON_TYPE }> {
  const [media = ''] = String(headers['content-type'] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (media !== PROTOBUF && media !== JSON_TYPE)
    throw new AncillaError('request.media_type', `this route reads ${PROTOBUF} and ${JSON_TYPE}`);
  const encoding = headers['content-encoding'];
  const bytes = await unpack(body, typeof encoding === 'string' ? encoding.toLowerCase() : undefined);
  try {
    return { spans: media === PROTOBUF ? readProtobuf(bytes) : readJson(JSON.parse(utf8.decode(bytes))), media };
  } catch (error) {
    if (error instanceof TooMuch) throw new AncillaError('request.too_large', error.message);
    // Another error's message could quote the content.
    throw new AncillaError('request.malformed', error instanceof Unreadable ? error.message : 'the body is not what its content type says');
  }
}
