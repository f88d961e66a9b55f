// Runs in browsers too.
import { Type, type Static } from 'typebox';
import { collection } from '../collection.ts';
import { Closed, Name, Sha256Hex, Timestamp } from '../fields.ts';
import { Id } from '../ids.ts';
import { Mapping } from './mapping.ts';

const Share = Type.Number({ minimum: 0, maximum: 1 });
/** How a tenant checks its reviewers and keeps its labels honest. All shares are 0 in what the release ships. */
export const ReviewPolicy = Closed({
  description: Type.Optional(Type.String({ maxLength: 1000 })),
  /** Share of suggestions that are decided without seeing what was suggested. */
  blind_share: Share,
  /** Share of decided suggestions that a second person decides too, not knowing of the first. */
  double_share: Share,
  /** Share of the gold items that each reviewer is asked among the others. */
  gold_share: Share,
  /** A best candidate that scores less is not suggested. Unless it stands here, the model's own abstention alone decides. */
  suggest_at: Type.Optional(Share),
  /** A decision that took less is hardly one. */
  rubber_stamp_ms: Type.Integer({ minimum: 0, maximum: 600_000 }),
  /**
   * What may be accepted without a person, off unless it stands here: a score that is enough for terms of a class, by the glossary's `sensitivity`, `unclassified` where it
   * says none. A share, at least one in a hundred, is left for people all the same, and so is what is part of a rollout under way.
   */
  accept_alone: Type.Optional(
    Closed({
      thresholds: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,31}$' }), Type.Number({ minimum: 0.5, maximum: 1 }), {
        additionalProperties: false,
      }),
      audit_share: Type.Number({ minimum: 0.01, maximum: 1 }),
    }),
  ),
});
export type ReviewPolicy = Static<typeof ReviewPolicy>;

/** A second opinion on what is decided: compared with the decision in force, and never one itself. */
export const Opinion = Closed({
  ...Mapping.properties,
  why: Type.Enum(['double', 'gold']),
  /** The decision it is compared with. */
  of: Id('mh'),
  first_reviewer_id: Name,
  first_semantic_id: Mapping.properties.semantic_id,
  agrees: Type.Boolean(),
  domain: Type.String({ minLength: 1, maxLength: 256 }),
});
export type Opinion = Static<typeof Opinion>;
export const reviewOpinions = collection({
  name: 'review_opinions',
  kind: 'log',
  scope: { tenant: true },
  schema: Opinion,
  key: 'mapping_history_id',
  time: 'decided_at',
  retention: 'mapping_history',
  summary: 'Second opinions: double reviews and gold items, beside the decision they are compared with',
  indexes: { all: [], by_suggestion: ['suggestion_id'], by_agreement: ['why', 'agrees'], by_first: ['of'] },
});

/** A decided suggestion that is known to be decided rightly: reviewers are asked it again, unknowing. */
export const GoldItem = Closed({ suggestion_id: Id('su'), mapping_history_id: Id('mh'), set_by: Name, set_at: Timestamp });
export type GoldItem = Static<typeof GoldItem>;
export const reviewGold = collection({
  name: 'review_gold',
  kind: 'versioned',
  scope: { tenant: true },
  schema: GoldItem,
  key: 'suggestion_id',
  time: 'set_at',
  retention: 'mapping_history',
  summary: 'Suggestions whose right answer is known, to check reviewers by',
  indexes: { all: [] },
});

/** What is decided together: exactly these suggestions, as they were when they were chosen. */
export const Selection = Closed({
  selection_id: Id('sl'),
  items: Type.Array(
    Closed({ suggestion_id: Id('su'), revision: Type.Integer({ minimum: 0 }), semantic_id: Type.Optional(Mapping.properties.semantic_id) }),
    { maxItems: 500 },
  ),
  digest: Sha256Hex,
  by: Name,
  created_at: Timestamp,
});
export type Selection = Static<typeof Selection>;
export const reviewSelections = collection({
  name: 'review_selections',
  kind: 'state',
  scope: { tenant: true },
  schema: Selection,
  key: 'selection_id',
  time: 'created_at',
  retention: 'as_needed',
  summary: 'Frozen selections of suggestions, to be decided together with one reason',
  indexes: { all: [] },
});
