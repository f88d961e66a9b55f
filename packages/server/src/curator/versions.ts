import { canonicalJson } from '@ancilla/evidence';
import {
  AncillaError,
  curatorVersions,
  insertReceived,
  isAncillaError,
  toTimestamp,
  type Clock,
  type FieldError,
  type GovernedKind,
  type GovernedVersion,
  type Io,
  type Platform,
  type Reader,
  type Store,
  type Tenant,
  type Write,
} from '@ancilla/contracts';
import { asSaved, digestOf, findVersion, versionKey, type Shelves, type Subject } from './document.ts';
import { check } from './facts.ts';
import { kindRules } from './kinds.ts';
import type { RunTests } from './validation-tests.ts';

/** Versions that come with a release are named so, and no other is: no tenant's version can stand in for a shipped one. Models have names of their own, since no request saves one. */
export const SHIPPED = 'ancilla.';
/** Labels whose names no version may bear, so that nobody takes one for the other. */
const RESERVED = new Set(['production', 'canary', 'shadow', 'latest']);

/** What other rooms have against content of the kinds they read. */
export type ErrorsOf = { readonly [K in GovernedKind]?: (content: unknown) => readonly FieldError[] };

/** A version as its author hands it in. */
export interface NewVersion extends Subject {
  readonly version: string;
  readonly message: string;
  readonly content: unknown;
  /** The version it was made from; the newest one unless told. */
  readonly parent?: string;
  readonly author: string;
  readonly trace_id: string;
  /** Whether it comes with the release. Never from a request. */
  readonly shipped?: boolean;
}

const assertFits = ({ kind, id, version, content, shipped = false }: NewVersion, errorsOf: ErrorsOf): void => {
  const reserved = RESERVED.has(version) || (kind !== 'models' && version.startsWith(SHIPPED) !== shipped);
  const errors = [
    ...(reserved ? [{ path: '/version', message: `must not be ${[...RESERVED].join(', ')} or begin with ${SHIPPED}` }] : []),
    ...[...kindRules[kind].errors(content, id, version), ...(errorsOf[kind]?.(content) ?? [])].map(({ path, message }) => ({
      path: `/content${path}`,
      message,
    })),
  ];
  if (errors.length > 0)
    throw new AncillaError('schema.invalid', `${kind} ${id} ${version} is not valid`, { errors: errors.slice(0, 100) });
};
const assertSame = (was: GovernedVersion, digest: string): GovernedVersion => {
  if (was.digest === digest) return was;
  throw new AncillaError('curator.exists', `${was.version_key} was saved with other content (${was.digest})`);
};

/** The author's order of keys, kept where it is not the canonical one. */
const sourceOf = (content: unknown): { readonly source?: string } => {
  const source = JSON.stringify(content);
  return source === canonicalJson(content) ? {} : { source };
};

/** What saving a version needs of its room. */
interface Checking {
  readonly errorsOf?: ErrorsOf;
  readonly clock: Clock;
  readonly runTests: RunTests;
}

/**
 * A version as a document, and the write that saves it.
 * @returns with `stands`: it was saved before, with the same content
 * @throws {AncillaError} `schema.invalid`, `curator.exists`, `not_found` for an unknown parent
 */
export const draftVersion = async (
  store: Reader<Tenant & Platform>,
  shelves: Shelves,
  given: NewVersion,
  { clock, runTests, errorsOf = {} }: Checking,
  io: Io,
): Promise<{ readonly doc: GovernedVersion; readonly stands: boolean; readonly write: Write<Tenant & Platform> }> => {
  const { kind, id, version, message, content, author, trace_id } = given;
  const digest = digestOf(content);
  const received = { kind, id, version, digest };
  const was = await findVersion(store, given, version, io);
  if (was) {
    const doc = assertSame(was, digest);
    return { doc, stands: true, write: insertReceived(curatorVersions, doc, received) };
  }
  assertFits(given, errorsOf);
  const [newest] = (await store.find(curatorVersions, { index: 'by_document', equals: { kind, id }, limit: 1 }, io)).items;
  const parent = given.parent ?? newest?.doc.version ?? null;
  if (given.parent !== undefined && !(await findVersion(store, given, given.parent, io)))
    throw new AncillaError('not_found', `the parent ${given.parent} is no version of ${kind} ${id}`);
  const doc: GovernedVersion = {
    version_key: versionKey(given, version),
    kind,
    id,
    version,
    digest,
    parent,
    author,
    message,
    trace_id,
    created_at: toTimestamp(clock.now()),
    content,
    ...sourceOf(content),
    ...(await check(shelves, given, content, runTests, io)),
  };
  return { doc, stands: false, write: insertReceived(curatorVersions, doc, received) };
};

/**
 * Saves a version, once and for all; the same version with the same content again answers as before.
 * @returns with `created`: whether this call saved it
 * @throws {AncillaError} `schema.invalid`, `curator.exists`, `not_found` for an unknown parent
 */
export const saveVersion = async (
  store: Store<Tenant & Platform>,
  shelves: Shelves,
  given: NewVersion,
  checking: Checking,
  io: Io,
): Promise<{ readonly doc: GovernedVersion; readonly created: boolean }> => {
  const { doc, stands, write } = await draftVersion(store, shelves, given, checking, io);
  if (stands) return { doc, created: false };
  try {
    const { writes } = await store.commit([write], [], io);
    // Another request saved the same between the look and the commit: its document stands.
    if (writes[0]?.duplicate !== true) return { doc: asSaved(doc), created: true };
  } catch (error) {
    if (!isAncillaError(error, 'store.conflict')) throw error;
  }
  const kept = await findVersion(store, given, given.version, io);
  if (!kept) throw new AncillaError('curator.exists', `${doc.version_key} was saved before and has been removed`);
  return { doc: assertSame(kept, doc.digest), created: false };
};
