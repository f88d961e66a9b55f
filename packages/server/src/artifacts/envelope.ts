import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { AncillaError, type Random } from '@ancilla/contracts';

/** Bytes of one ciphertext segment; the header counts towards the first. */
export const SEGMENT_BYTES = 64 * 1024;
export const KEY_BYTES = 32;
const PREFIX_BYTES = 7;
const HEADER_BYTES = 1 + KEY_BYTES + PREFIX_BYTES;
const TAG_BYTES = 16;
const FIRST_PLAIN_BYTES = SEGMENT_BYTES - HEADER_BYTES - TAG_BYTES;
const PLAIN_BYTES = SEGMENT_BYTES - TAG_BYTES;

/** What only this key and this context open. */
export interface Envelope {
  /** The artifact's own data key, 32 bytes. */
  readonly key: Uint8Array;
  /** Authenticated with every segment: whose bytes these are. At most 1,024 bytes. */
  readonly context: Uint8Array;
}

/** How long `plainBytes` bytes are once sealed. */
export const sealedBytes = (plainBytes: number): number => {
  const segments = 1 + Math.max(0, Math.ceil((plainBytes - FIRST_PLAIN_BYTES) / PLAIN_BYTES));
  return HEADER_BYTES + plainBytes + segments * TAG_BYTES;
};

interface Segment {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

const derive = ({ key, context }: Envelope, salt: Uint8Array): Buffer => Buffer.from(hkdfSync('sha256', key, salt, context, KEY_BYTES));

/** Index and final flag stand in the nonce, so a segment that was moved, dropped or cut off does not authenticate. */
const nonceOf = (prefix: Uint8Array, { index, last }: Omit<Segment, 'bytes'>): Buffer => {
  const nonce = Buffer.alloc(PREFIX_BYTES + 5);
  nonce.set(prefix);
  nonce.writeUInt32BE(index, PREFIX_BYTES);
  nonce[PREFIX_BYTES + 4] = last ? 1 : 0;
  return nonce;
};

const sealer = (envelope: Envelope, random: Random) => {
  const salt = random.bytes(KEY_BYTES);
  const prefix = random.bytes(PREFIX_BYTES);
  const key = derive(envelope, salt);
  return {
    header: Buffer.concat([Uint8Array.of(HEADER_BYTES), salt, prefix]),
    sealed: (segment: Segment): Buffer => {
      const cipher = createCipheriv('aes-256-gcm', key, nonceOf(prefix, segment));
      return Buffer.concat([cipher.update(segment.bytes), cipher.final(), cipher.getAuthTag()]);
    },
  };
};

/** Cuts a stream into segments and knows the last one: a full segment is held back until a further byte or the end arrives. */
async function* cut(source: AsyncIterable<Uint8Array>, firstBytes: number, bytes: number): AsyncGenerator<Segment> {
  let segment = Buffer.allocUnsafe(firstBytes);
  let filled = 0;
  let index = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length;) {
      if (filled === segment.length) {
        yield { index: index++, bytes: segment, last: false };
        segment = Buffer.allocUnsafe(bytes);
        filled = 0;
      }
      const taken = chunk.subarray(at, at + segment.length - filled);
      segment.set(taken, filled);
      filled += taken.length;
      at += taken.length;
    }
  }
  yield { index, bytes: segment.subarray(0, filled), last: true };
}

/**
 * Seals a stream, holding one segment in memory. The format is Tink's AES-GCM-HKDF streaming AEAD with HKDF-SHA256, 256-bit derived keys and 64 KiB
 * segments, so that Tink in Java, C++, Go, Python or Rust opens it.
 * @see docs/artifact-format.md
 */
export async function* seal(envelope: Envelope, plain: AsyncIterable<Uint8Array>, random: Random): AsyncGenerator<Uint8Array> {
  const { header, sealed } = sealer(envelope, random);
  yield header;
  for await (const segment of cut(plain, FIRST_PLAIN_BYTES, PLAIN_BYTES)) yield sealed(segment);
}

/** As `seal`, for bytes that are in memory already. */
export const sealAll = (envelope: Envelope, plain: Uint8Array, random: Random): Uint8Array => {
  const { header, sealed } = sealer(envelope, random);
  const parts: Uint8Array[] = [header];
  let at = 0;
  for (let index = 0; index === 0 || at < plain.length; index++) {
    const end = Math.min(plain.length, at + (index === 0 ? FIRST_PLAIN_BYTES : PLAIN_BYTES));
    parts.push(sealed({ index, bytes: plain.subarray(at, end), last: end === plain.length }));
    at = end;
  }
  return Buffer.concat(parts);
};

const corrupt = (detail: string, options?: ErrorOptions) => new AncillaError('artifact.corrupt', detail, options);

/**
 * Opens a sealed stream; yields only what is authenticated, one segment in memory.
 * @throws {AncillaError} `artifact.corrupt` when anything was altered, moved, cut off or sealed under another key or context
 */
export async function* unseal(envelope: Envelope, sealed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let key: Buffer | undefined;
  let prefix: Uint8Array = new Uint8Array();
  for await (const segment of cut(sealed, SEGMENT_BYTES, SEGMENT_BYTES)) {
    let { bytes } = segment;
    if (key === undefined) {
      if (bytes.length < HEADER_BYTES || bytes[0] !== HEADER_BYTES) throw corrupt('the header is not one of this format');
      key = derive(envelope, bytes.subarray(1, 1 + KEY_BYTES));
      prefix = bytes.subarray(1 + KEY_BYTES, HEADER_BYTES);
      bytes = bytes.subarray(HEADER_BYTES);
    }
    if (bytes.length < TAG_BYTES) throw corrupt(`segment ${segment.index} is cut off`);
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(prefix, segment), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const plain = decipher.update(bytes.subarray(0, -TAG_BYTES));
    try {
      decipher.final();
    } catch (cause) {
      throw corrupt(`segment ${segment.index} does not authenticate`, { cause });
    }
    yield plain;
  }
}
