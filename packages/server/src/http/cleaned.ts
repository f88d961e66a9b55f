import { invalidAt, LONGEST_SENTENCE } from '@ancilla/contracts';
import type { TSchema } from 'typebox';
import type { Writing } from '../ingest/index.ts';

/** The properties of a body that are redacted: sentences that people write, references to things outside. */
export const redactedOf = (body: TSchema): readonly { readonly name: string; readonly isSentence: boolean }[] =>
  Object.entries('properties' in body ? Object(body.properties) : {}).flatMap(([name, schema]) =>
    Reflect.get(Object(schema), 'x-redacted') === true ? [{ name, isSentence: Reflect.get(Object(schema), 'pattern') === undefined }] : [],
  );

/**
 * A checked body, those properties redacted: they stand in logs that nothing is taken out of.
 * @throws {AncillaError} `redaction.failed`, `schema.invalid` where stand-ins make a sentence too long
 */
export async function cleaned(body: unknown, redacted: ReturnType<typeof redactedOf>, writing: () => Promise<Writing>): Promise<unknown> {
  const given = redacted.flatMap(({ name, isSentence }) => {
    const raw: unknown = Reflect.get(Object(body), name);
    return typeof raw === 'string' ? [{ name, isSentence, raw }] : [];
  });
  if (given.length === 0) return body;
  const clean = await writing();
  const found: Record<string, string> = {};
  for (const { name, isSentence, raw } of given) {
    const text = (found[name] = isSentence ? clean.sentence(raw) : clean.word(raw));
    if (text.length <= LONGEST_SENTENCE) continue;
    const message = `must be shorter: redacted it has ${text.length} characters, of at most ${LONGEST_SENTENCE}`;
    throw invalidAt(`/${name}`, message);
  }
  return { ...Object(body), ...found };
}
