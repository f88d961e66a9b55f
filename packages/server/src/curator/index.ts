// Governed documents: immutable versions, and labels that move by policy. The Librarian's routes are its routes for prompt templates.
import {
  curatorVersions,
  toTimestamp,
  type Clock,
  type GovernedKind,
  type Io,
  type NewId,
  type Of,
  type PlatformStore,
  type Random,
  type Rollout,
  type Room,
  type SagaRunner,
  type Tenant,
  type TenantStore,
  type Write,
} from '@ancilla/contracts';
import type { Standing } from './approvals.ts';
import { lookUp, type Ref, type Resolved, type Subject } from './document.ts';
import { listLabels, type LabelAnswer } from './labels.ts';
import type { MovingParts } from './may-move.ts';
import { openMoves, type Asked, type Moved, type Waiting } from './moves.ts';
import { serving } from './rollouts.ts';
import { curatorRoutes } from './routes.ts';
import { seedPlatform, ship, type Shipped } from './seed.ts';
import { openTestRunner, type RunTests } from './validation-tests.ts';
import { draftVersion, saveVersion, type ErrorsOf, type NewVersion } from './versions.ts';

export type { LabelAnswer } from './labels.ts';
export type { Ref, Resolved, Subject } from './document.ts';
export { DEFAULT_RULES, endedBy, servingNow, toServing, withoutLabel } from './rollouts.ts';
export type { Attest, Move } from './may-move.ts';
export type { Moved, Waiting } from './moves.ts';
export type { Condition } from './promotion.ts';
export type { NewVersion } from './versions.ts';

/** What other rooms ask of the curator. */
export interface Curator {
  /** The tenant's own document first, then the platform's. A label and the version it names come from the same of the two. */
  resolve(tenant: TenantStore, kind: GovernedKind, id: string, ref: Ref, io: Io): Promise<Resolved | undefined>;
  /** The labels of a document and what each names. */
  labelsOf(tenant: TenantStore, kind: GovernedKind, id: string, io: Io): Promise<readonly LabelAnswer[]>;
  /** Ids of a kind's documents, the tenant's and the platform's: those of its newest versions, enough to choose from. */
  idsOf(tenant: TenantStore, kind: GovernedKind, io: Io): Promise<readonly string[]>;
  /** Candidates of the document that get traffic now, in shadow or canary. */
  serving(tenant: TenantStore, of: Subject, io: Io): Promise<readonly Rollout[]>;
  /** A new version as writes of the caller's commit. @throws {AncillaError} `schema.invalid`, `curator.exists` */
  draft(tenant: TenantStore, given: NewVersion, io: Io): Promise<readonly Write<Tenant>[]>;
  /** @throws {AncillaError} `not_found`, `curator.unresolved`, `curator.tests_failed`, `policy.refused`, `store.revision_conflict` */
  move(of: Of, asked: Asked, io: Io): Promise<Moved | Waiting>;
  /** Saves and labels what the release ships on the platform's store; safe to repeat. */
  seed(from: { readonly trace_id: string }, io: Io): Promise<void>;
  /** The same for one document of another room's; safe to repeat. */
  ship(document: Shipped, from: { readonly trace_id: string }, io: Io): Promise<void>;
}

/** A version's validation tests may take so long together, thread start included. */
const TEST_DEADLINE_MS = 10_000;
/** Threads for validation tests at the same time: two busy people do not slow the others down. */
const TESTS_AT_ONCE = 2;

/** Opens the room. */
export const openCurator = ({
  platform,
  clock,
  newId,
  random,
  sagas,
  standing,
  runTests = openTestRunner({ deadlineMs: TEST_DEADLINE_MS, atOnce: TESTS_AT_ONCE }),
  attest = {},
  errorsOf = {},
}: {
  readonly platform: PlatformStore;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: Random;
  readonly sagas: SagaRunner;
  /** What is known of the keys that moves are asked for and approved with. */
  readonly standing: Standing;
  readonly runTests?: RunTests;
  /** What other rooms say of versions of the kinds they make. */
  readonly attest?: MovingParts['attest'];
  readonly errorsOf?: ErrorsOf;
}): Room & Curator => {
  const { sagas: declared, shelvesOf, ...moves } = openMoves({ platform, clock, newId, random, runTests, attest, sagas, standing });
  const save = (tenant: TenantStore, given: NewVersion, io: Io) =>
    saveVersion(tenant, shelvesOf(tenant), given, { clock, runTests, errorsOf }, io);
  return {
    routes: curatorRoutes({ platform, save, ...moves }),
    sagas: declared,
    async resolve(tenant, kind, id, ref, io) {
      const found = await lookUp(shelvesOf(tenant), { kind, id }, ref, io);
      if (!found) return undefined;
      const { doc, source, label } = found;
      return { version: doc.version, digest: doc.digest, content: doc.content, source, ...(label && { label: label.label }) };
    },
    async idsOf(tenant, kind, io) {
      const ids = new Set<string>();
      for (const [, shelf] of shelvesOf(tenant))
        for (const { doc } of (await shelf.find(curatorVersions, { index: 'by_kind', equals: { kind } }, io)).items) ids.add(doc.id);
      return [...ids].toSorted();
    },
    labelsOf: (tenant, kind, id, io) => listLabels(shelvesOf(tenant), { kind, id }, io),
    async serving(tenant, of, io) {
      const now = toTimestamp(clock.now());
      return (await serving(tenant, of, io)).flatMap(({ doc }) => (doc.ends_at > now ? [doc] : []));
    },
    draft: async (tenant, given, io) => [(await draftVersion(tenant, shelvesOf(tenant), given, { clock, runTests }, io)).write],
    move: moves.move,
    seed: ({ trace_id }, io) => seedPlatform(platform, { clock, runTests, trace_id }, io),
    ship: (document, { trace_id }, io) => ship(platform, document, { clock, runTests, trace_id }, io),
  };
};
