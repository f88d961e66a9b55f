import { EvidenceError, canonicalJson, sha256Hex } from '@ancilla/evidence';
import {
  AncillaError,
  curatorVersions,
  governedKinds,
  labels,
  type GovernedKind,
  type GovernedVersion,
  type Io,
  type Label,
  type Platform,
  type Reader,
  type Stored,
  type Tenant,
} from '@ancilla/contracts';

/** A tenant's store or the platform's, as far as governed documents need it. */
export type Shelf = Reader<Tenant & Platform>;

/** Which version is asked for: an exact one, or whatever a label names now. */
export type Ref = { readonly version: string } | { readonly label: string };

/** A governed document, whatever its version. */
export interface Subject {
  readonly kind: GovernedKind;
  readonly id: string;
}

/** A version as others use it. */
export interface Resolved {
  readonly version: string;
  readonly digest: string;
  readonly content: unknown;
  /** The label it was found by. */
  readonly label?: string;
  /** The labels of a tenant's own documents move under its own policy; the platform's come with the release. */
  readonly source: 'tenant' | 'platform';
}

export const versionKey = ({ kind, id }: Subject, version: string): string => `${kind}/${id}@${version}`;
export const labelKey = ({ kind, id }: Subject, label: string): string => `${kind}/${id}#${label}`;

/** @throws {AncillaError} `curator.kind` */
export const kindOf = (name: string): GovernedKind => {
  const kind = governedKinds.find((known) => known === name);
  if (kind === undefined) throw new AncillaError('curator.kind', `kinds are ${governedKinds.join(', ')}`);
  return kind;
};

/**
 * What a version's content is known by, whatever the order of its keys.
 * @throws {AncillaError} `schema.invalid` for what JSON cannot say
 */
export const digestOf = (content: unknown): string => {
  try {
    return `sha256:${sha256Hex(canonicalJson(content))}`;
  } catch (error) {
    if (error instanceof EvidenceError)
      throw new AncillaError('schema.invalid', `the content is ${error.message}`, {
        cause: error,
        errors: [{ path: '/content', message: error.message }],
      });
    throw error;
  }
};

/** A version as its author saved it: the stored form has its keys in canonical order. */
export const asSaved = ({ source, ...doc }: GovernedVersion): GovernedVersion =>
  source === undefined ? doc : { ...doc, content: JSON.parse(source) };

/** One exact version on one shelf. */
export const findVersion = async (shelf: Shelf, of: Subject, version: string, io: Io): Promise<GovernedVersion | undefined> => {
  const found = await shelf.get(curatorVersions, versionKey(of, version), io);
  return found && asSaved(found.doc);
};

/** One label on one shelf. */
export const findLabel = (shelf: Shelf, of: Subject, label: string, io: Io): Promise<Stored<typeof labels> | undefined> =>
  shelf.get(labels, labelKey(of, label), io);

/** Where a document is looked for, in this order. */
export type Shelves = readonly (readonly [source: Resolved['source'], shelf: Shelf])[];

/** A label on the first shelf that has it, and the shelves the version it names may stand on: a tenant's label may name what the platform has, never the other way round. */
const labelled = async (shelves: Shelves, of: Subject, name: string, io: Io) => {
  for (const [at, [, shelf]] of shelves.entries()) {
    const label = (await findLabel(shelf, of, name, io))?.doc;
    if (label) return { label, version: label.version, from: shelves.slice(at) };
  }
  return undefined;
};

/** A version found by reference, on the first shelf that has it. */
export const lookUp = async (
  shelves: Shelves,
  of: Subject,
  ref: Ref,
  io: Io,
): Promise<{ readonly doc: GovernedVersion; readonly source: Resolved['source']; readonly label?: Label } | undefined> => {
  const named = 'label' in ref ? await labelled(shelves, of, ref.label, io) : { ...ref, label: undefined, from: shelves };
  for (const [source, shelf] of named?.from ?? []) {
    const doc = named && (await findVersion(shelf, of, named.version, io));
    if (doc) return { doc, source, ...(named.label && { label: named.label }) };
  }
  return undefined;
};
