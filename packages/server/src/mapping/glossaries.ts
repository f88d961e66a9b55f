import { AncillaError, invalidAt, toFieldErrors, type FieldError, type Io, type TenantStore } from '@ancilla/contracts';
import { LRUCache } from 'lru-cache';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Curator } from '../curator/index.ts';
import { idFault, idFaultOf } from './term-ids.ts';

const Text = Type.String({ maxLength: 4000 });
/** One term columns can mean. */
export const Term = Type.Object({
  semantic_id: Type.String({ minLength: 1, maxLength: 256 }),
  name: Type.Optional(Text),
  description: Type.Optional(Text),
  dtype: Type.Optional(Text),
  enum_values: Type.Optional(Type.Array(Text, { maxItems: 10_000 })),
  sample_values: Type.Optional(Type.Array(Text, { maxItems: 10_000 })),
  /** How careful to be with columns that mean it; a review policy may accept by it. */
  sensitivity: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,31}$' })),
});
export type Term = Static<typeof Term>;

const Terms = Type.Array(Term, { minItems: 1, maxItems: 20_000 });
/** A governed glossary's content: its terms, bare or under `entries`. */
const Content = Compile(Type.Union([Terms, Type.Object({ entries: Terms })]));

const TermList = Compile(Terms);

/**
 * What a glossary has against being used, by place: told when it is saved, not when somebody maps with it. Content without terms is left to whoever keeps other things
 * under that name; it is refused when it is to be used.
 */
export function glossaryErrors(content: unknown): readonly FieldError[] {
  const isBare = Array.isArray(content);
  if (!isBare && !(typeof content === 'object' && content !== null && 'entries' in content)) return [];
  const [path, terms]: readonly [string, unknown] = isBare ? ['', content] : ['/entries', content.entries];
  if (!TermList.Check(terms)) return toFieldErrors(TermList.Errors(terms)).map((error) => ({ ...error, path: `${path}${error.path}` }));
  const fault = idFaultOf(terms);
  return fault === undefined ? [] : [{ path: `${path}/${fault.at}/semantic_id`, message: fault.message }];
}

/** One version of a glossary. */
interface Glossary {
  readonly id: string;
  readonly version: string;
  readonly terms: readonly Term[];
  has(semantic_id: string): boolean;
}

export interface Glossaries {
  /** @param of - an exact version, or without one what is labelled `production`; @throws {AncillaError} `not_found`, `schema.invalid` when the document is no glossary */
  get(tenant: TenantStore, of: { readonly id: string; readonly version?: string }, io: Io): Promise<Glossary>;
}

const KEPT = 32;
const unfit = (what: string) => invalidAt('/glossary', 'must name a list of terms', `glossary ${what}`);

/** Glossaries by digest: a version never changes, so it is parsed once. */
export function openGlossaries(curator: Curator): Glossaries {
  const parsed = new LRUCache<string, Glossary>({ max: KEPT });
  return {
    async get(tenant, { id, version }, io) {
      const found = await curator.resolve(tenant, 'glossaries', id, version === undefined ? { label: 'production' } : { version }, io);
      if (found === undefined)
        throw new AncillaError(
          'not_found',
          `no glossary ${id}${version === undefined ? ' is labelled production' : `@${version}`}; save it under /curator/glossaries and label it`,
        );
      const had = parsed.get(found.digest);
      if (had !== undefined && had.id === id && had.version === found.version) return had;
      if (!Content.Check(found.content)) throw unfit(`${id}@${found.version} is no list of terms with a semantic_id each`);
      const terms: readonly Term[] = isList(found.content) ? found.content : found.content.entries;
      const fault = idFault(terms);
      if (fault !== undefined) throw unfit(`${id}@${found.version}: ${fault}`);
      const ids = new Set(terms.map(({ semantic_id }) => semantic_id));
      const glossary: Glossary = { id, version: found.version, terms, has: (semantic_id) => ids.has(semantic_id) };
      parsed.set(found.digest, glossary);
      return glossary;
    },
  };
}

/** For whoever goes through many suggestions: each version's document is read once, not once a suggestion. */
export function readOnce(glossaries: Glossaries, tenant: TenantStore, io: Io) {
  const read = new Map<string, Promise<Glossary>>();
  return (of: { readonly id: string; readonly version: string }): Promise<Glossary> => {
    const name = `${of.id}@${of.version}`;
    const had = read.get(name) ?? glossaries.get(tenant, of, io);
    read.set(name, had);
    return had;
  };
}

/** Arrays have an `entries` too: a method. */
const isList = <T>(content: readonly T[] | { readonly entries: readonly T[] }): content is readonly T[] => Array.isArray(content);
