// Runs in browsers too. Field schemas that several documents share: every string has a pattern and a maximum length.
import { Type } from 'typebox';

/** Whether it is an object with fields, and no list. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A client's own: the same key of the same caller is the same request. */
export const IdempotencyKey = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:/#@+-]{0,127}$' });
export const TraceId = Type.String({ pattern: '^(?!0{32})[0-9a-f]{32}$', description: 'W3C trace id' });
export const SpanId = Type.String({ pattern: '^(?!0{16})[0-9a-f]{16}$', description: 'W3C span id' });
export const Timestamp = Type.String({
  pattern: '^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}Z$',
  description: 'RFC 3339, UTC, milliseconds',
});
export const TenantId = Type.String({
  pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$',
  description: 'Tenant id: lower-case letters, digits, hyphens',
});
/** A bound of a range of time, as people write one. */
export const Instant = Type.String({
  pattern: '^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,3})?Z$',
  description: 'RFC 3339, UTC',
});
/** Names chosen by people for agents, configs, models, labels: no spaces, so nothing that reads like a sentence fits. */
export const Name = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$',
  description: 'Name without spaces, at most 128 characters',
});
/** What others call a thing as a {@link Name}: characters that it may not have become hyphens; what is left of nothing is the word given. */
export const toName = (text: string | undefined, otherwise: string): string => named(text, /[^A-Za-z0-9._:@/-]+/g, 128) || otherwise;
export const Version = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$', description: 'The author’s version string' });
/** What others call a version as a {@link Version}; null when nothing is left of it. */
export const toVersion = (text: string | undefined): string | null => named(text, /[^A-Za-z0-9._+-]+/g, 64) || null;
export const Sha256Hex = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256, 64 hex digits' });
/** Any reference to an artifact or outside object: opaque, never fetched. Redacted as a {@link Sentence} is: a name or an address is no reference. */
export const Ref = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:/#=@+-]{0,255}$',
  description: 'Reference, opaque, redacted',
  'x-redacted': true,
});
export const Code = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', description: 'Stable code' });
export const Origin = Type.String({
  pattern: '^https?://(?:[A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}\\])(?::\\d{1,5})?$|^[a-z][a-z0-9+.-]{0,31}:[A-Za-z0-9._-]{1,64}$',
  description: 'Origin only: scheme, host, port',
});
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const Cents = Type.Union([Type.Number({ minimum: 0, maximum: 1e9, description: 'USD cents, at most 6 decimals' }), Type.Null()]);
export const Confidence = Type.Number({ minimum: 0, maximum: 1 });
export const LONGEST_SENTENCE = 1000;
/** What a person writes. The shell redacts it where a route's body declares it, before anything reads or keeps it. */
export const Sentence = Type.String({ maxLength: LONGEST_SENTENCE, description: 'A reason in words, redacted', 'x-redacted': true });

/** A closed object: unknown fields are refused. */
export const Closed = <const P extends Parameters<typeof Type.Object>[0]>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

const named = (text: string | undefined, not: RegExp, most: number): string =>
  (text ?? '')
    .replaceAll(not, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, most);
