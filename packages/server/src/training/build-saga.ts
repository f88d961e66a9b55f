import {
  AncillaError,
  Id,
  insert,
  isAncillaError,
  Name,
  saga,
  toTimestamp,
  trainingCatalog,
  trainingExamples,
  type DecisionLog,
  type Doc,
  type Io,
  type Of,
  type Task,
} from '@ancilla/contracts';
import { Type, type Static } from 'typebox';
import { collect, keep, type Artifacts } from '../artifacts/index.ts';
import type { TenantGate } from '../ingest/index.ts';
import { approve, datasetOf, refusal } from './catalog.ts';
import { assertConsent, consentOf, guardedConsent } from './consent.ts';
import { draftOf, draftOfCalls, toCatalogEntry, type Draft } from './dataset.ts';
import type { Features } from './examples.ts';
import { keptCalls } from './kept-calls.ts';
import { rawTextsOf } from './call-pairs.ts';
import { decisionsAfter, taskOf, type TrainingParts } from './parts.ts';
import { readAhead } from './read-ahead.ts';
import { inTurns } from './turns.ts';

const BuildMemo = Type.Object({
  kind: Type.Optional(Type.Enum(['examples', 'agent_io'])),
  task: Name,
  dataset_id: Id('ds'),
  through_seq: Type.Integer(),
  consent: Type.Enum(['own', 'global']),
  vectors: Type.Boolean(),
  built_by: Name,
});

type Order = Static<typeof BuildMemo>;

/** Turns decisions, or calls, into a dataset. Everything it writes is in one commit: file, catalog entry, links. */
export function openBuildSaga({ artifacts, gates, storeOf, hmac, tasks, clock }: TrainingParts) {
  async function examples(of: Of, memo: Order, gate: TenantGate, io: Io): Promise<Draft> {
    const task = taskOf(tasks, memo.task);
    const decisions = await decisionsThrough(of, task, memo.through_seq, io);
    const metas = decisions.map((decision) => task.meta(decision));
    const draft = draftOf(
      task,
      decisions,
      await readFeatures(of, artifacts, task, new Set(metas.map(({ features_ref }) => features_ref)), io),
      {
        tenant_scope: memo.consent === 'global' ? 'global' : of.tenant_id,
        vectors: memo.vectors,
        hmac: (purpose, value) => hmac(of.tenant_id, purpose, value),
      },
      {
        detect: detectBy(gate),
        // What the runs were given, cleaned, and raw input that policy let be kept.
        rawValues: await artifacts.sampleStrings(
          of,
          { trace_ids: new Set(metas.map(({ trace_id }) => trace_id)), categories: ['payload', 'raw_input'] },
          io,
        ),
      },
    );
    return inTurns(draft);
  }

  async function calls(of: Of, memo: Order, gate: TenantGate, io: Io): Promise<Draft> {
    const kept = await keptCalls(of, artifacts, { agent_id: memo.task, through_seq: memo.through_seq }, io);
    const clean = await readAhead(gate, rawTextsOf(kept), io);
    // The leak test asks what redaction finds in what is left.
    const isLeft = await readAhead(gate, clean.left, io);
    const detectWord = detectBy(gate);
    const draft = draftOfCalls(
      kept,
      {
        tenant_scope: of.tenant_id,
        policy: gate.policy,
        clean: clean.of,
        isRefusal: (error) => isAncillaError(error, 'redaction.refused', 'redaction.failed'),
      },
      (text) => (isLeft.has(text) ? isLeft.of(text).types : detectWord(text)),
    );
    return inTurns(draft);
  }

  return saga({
    name: 'training.build_dataset',
    memo: BuildMemo,
    steps: [
      {
        name: 'build',
        attempts: 2,
        unknown: { on: 'retry' },
        async run({ memo, saga_id, trace_id, tenant_id, key, signal }) {
          const io = { signal };
          const of: Of = { tenant: storeOf(tenant_id), tenant_id };
          assertConsent(await consentOf(of.tenant, io), memo);
          const gate = await gates.of(of, io);
          const draft = await (memo.kind === 'agent_io' ? calls(of, memo, gate, io) : examples(of, memo, gate, io));
          // A large one takes a while, in which it may have been taken back.
          const { allowed, guard } = await guardedConsent(of.tenant, io);
          assertConsent(allowed, memo);
          if (draft.examples === 0) throw new AncillaError('training.empty', nothingIn(memo, draft.left_out));
          const about = {
            category: 'dataset',
            content_type: 'application/vnd.apache.parquet',
            trace_id,
            created_by: memo.built_by,
          } as const;
          const file = draft.report.passed ? await keep(of, artifacts, key, { ...about, bytes: draft.bytes }, io) : undefined;
          const dataset = toCatalogEntry(memo.task, { ...memo, saga_id, trace_id }, draft, {
            artifact_id: file?.artifact_id,
            policy: gate.policy,
            creator: tenant_id,
            now: clock.now(),
          });
          const links = draft.links.map((link) => ({
            link_id: `${memo.dataset_id}/${link.example_id}`,
            dataset_id: memo.dataset_id,
            created_at: dataset.created_at,
            ...link,
          }));
          return {
            output: {},
            writes: [
              insert(trainingCatalog, dataset),
              ...(file === undefined ? [] : [...file.writes, ...links.map((link) => insert(trainingExamples, link))]),
            ],
            guards: [guard],
          };
        },
        compensate: {
          ref: 'handler:withdraw_dataset',
          async run({ memo, trace_id, tenant, signal }) {
            const found = await datasetOf(tenant, memo.dataset_id, { signal }).catch((error: unknown) => {
              // The step failed before it made one.
              if (isAncillaError(error, 'not_found')) return undefined;
              throw error;
            });
            if (found === undefined || found.status === 'refused') return [];
            const doc = { dataset_id: memo.dataset_id, status: 'withdrawn', by: memo.built_by, at: toTimestamp(clock.now()) } as const;
            return approve(found, doc, { who: memo.built_by, reason: 'the build was cancelled', trace_id });
          },
        },
      },
      {
        // The verdict is on record by now; here it ends the saga.
        name: 'admit',
        attempts: 1,
        unknown: { on: 'retry' },
        async run({ memo, tenant, signal }) {
          const { dataset, status } = await datasetOf(tenant, memo.dataset_id, { signal });
          if (status === 'refused') throw refusal(dataset);
          return { output: {} };
        },
      },
    ],
  });
}

const detectBy =
  (gate: TenantGate) =>
  (text: string): readonly string[] =>
    gate.text(text).spans.map(({ type }) => type);

const nothingIn = ({ kind, task, through_seq }: Order, left_out: Draft['left_out']): string =>
  kind === 'agent_io'
    ? `no call of agent ${task} up to entry ${through_seq} can be used: policy keeps no raw pairs, or they were left out (${Object.entries(
        left_out,
      )
        .map(([why, count]) => `${why} ${count}`)
        .join(', ')})`
    : `task ${task} has no decision to learn from up to entry ${through_seq}`;

/** Decisions of a task up to a point in the feed: later ones are not seen, so that the same order gives the same dataset. */
async function decisionsThrough<C extends DecisionLog>({ tenant }: Of, task: Task<C>, through: number, io: Io): Promise<readonly Doc<C>[]> {
  const found: Doc<C>[] = [];
  for await (const { seq, doc } of decisionsAfter(tenant, task, -1, io)) {
    if (seq > through) break;
    found.push(doc);
  }
  return found;
}

/** The artifacts the decisions refer to, parsed. */
async function readFeatures(
  of: Of,
  artifacts: Artifacts,
  task: Task,
  refs: Iterable<string>,
  io: Io,
): Promise<ReadonlyMap<string, Features>> {
  const found = new Map<string, Features>();
  for (const ref of refs) {
    try {
      const { meta, bytes } = await artifacts.open(of, ref, io);
      const text = Buffer.from(await collect(bytes)).toString('utf8');
      found.set(ref, { value: task.parseFeatures(JSON.parse(text)), created_at: meta.created_at });
    } catch (error) {
      // Erased since: there is nothing to learn from it any more.
      if (!isAncillaError(error, 'not_found')) throw error;
    }
  }
  return found;
}
