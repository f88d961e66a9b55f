/** What the words of a dataset are checked against. */
export interface Vocabulary {
  /** The one scope every example of a dataset has. */
  readonly tenant_scope: string;
  /** Ids of what was decided among, as the decisions in the ledger name them. */
  readonly terms: ReadonlySet<string>;
  /** Names and versions of the configs, models and trainers that took part. */
  readonly names: ReadonlySet<string>;
  /** Whether a word is everybody's: on the shipped list. */
  readonly isPublicWord: (word: string) => boolean;
  /** Whether a value stands in a text that redaction took out of some text of the dataset. */
  readonly holdsRemoved: (text: string) => boolean;
}

interface TextKind {
  /** Whether people chose such words: then the redaction engine looks at them too. */
  readonly chosen: boolean;
  readonly is: (text: string, vocabulary: Vocabulary) => boolean;
}
const made = (pattern: RegExp): TextKind => ({ chosen: false, is: (text) => pattern.test(text) });
const KEYED_WORD = /^[0-9a-f]{16}$/;

/**
 * All that a text in a dataset may be: made here from randomness, keys and the clock, a word of a closed list, or a text of a call after redaction. Examples have nothing of the
 * last kind.
 */
const textKinds = {
  id: made(/^[a-z]{2,3}_[0-7][0-9a-hjkmnp-tv-z]{25}$/),
  trace: made(/^[0-9a-f]{32}$/),
  digest: made(/^[0-9a-f]{64}$/),
  pseudonym: made(/^[a-z]-[0-9a-f]{32}$/),
  time: made(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  split: made(/^(?:train|held_out)$/),
  word: { chosen: false, is: (text, { isPublicWord }) => isPublicWord(text) || KEYED_WORD.test(text) },
  scope: { chosen: true, is: (text, { tenant_scope }) => text === tenant_scope },
  term: { chosen: true, is: (text, { terms }) => terms.has(text) },
  name: { chosen: true, is: (text, { names }) => names.has(text) },
  role: made(/^[a-z_]{1,20}$/),
  redacted: { chosen: true, is: (text, { holdsRemoved }) => !holdsRemoved(text) },
} as const satisfies Readonly<Record<string, TextKind>>;

/** A column of a dataset. `allowed`: may leave the tenant when consent says so. */
interface Plain {
  readonly name: string;
  readonly allowed: boolean;
}
export interface TextField extends Plain {
  readonly dtype: 'string' | 'strings';
  readonly holds: keyof typeof textKinds;
  readonly nullable: boolean;
}
interface NumberField extends Plain {
  readonly dtype: 'boolean' | 'double';
}
export type Field = TextField | NumberField;
export const isText = (field: Field): field is TextField => 'holds' in field;
export const kindOf = ({ holds }: TextField): TextKind => textKinds[holds];

const text = (name: string, holds: TextField['holds'], more: Partial<TextField> = {}): Field => ({
  name,
  dtype: 'string',
  holds,
  allowed: true,
  nullable: false,
  ...more,
});

/**
 * The allow-list: every field a dataset of a task has, in order, and what may stand in it. One row a candidate of an example; the rows that are `chosen` are the
 * mission's examples. To add a field is to add a row here.
 * @param feature_names - the task's similarities
 * @param vectors - whether consent covers embedding vectors
 */
export const datasetFields = (feature_names: readonly string[], vectors: boolean): readonly Field[] => [
  text('example_id', 'id'),
  text('tenant_scope', 'scope'),
  text('split', 'split'),
  text('cluster', 'pseudonym'),
  text('label', 'term'),
  text('candidate', 'term'),
  { name: 'chosen', dtype: 'boolean', allowed: true },
  text('col_name_tokens', 'word', { dtype: 'strings' }),
  text('embedding_vector_ref', 'id', { nullable: true, allowed: vectors }),
  ...feature_names.map((name): Field => ({ name, dtype: 'double', allowed: true })),
  text('mapping_history_id', 'id'),
  text('trace_id', 'trace'),
  text('prompt_hash', 'digest', { nullable: true }),
  // Raw content lies behind it, which never leaves the tenant.
  text('artifact_refs', 'id', { dtype: 'strings', allowed: false }),
  text('agent_config_id', 'name'),
  text('model_version', 'name'),
  text('trainer_version', 'name'),
  text('approved_by', 'pseudonym'),
  text('created_at', 'time'),
];

/** The allow-list of calls: one row a call. Its texts never leave the tenant: redaction takes out what it knows, not all that could be personal. */
export const callFields: readonly Field[] = [
  text('example_id', 'id'),
  text('tenant_scope', 'scope'),
  text('split', 'split'),
  text('roles', 'role', { dtype: 'strings' }),
  text('contents', 'redacted', { dtype: 'strings', allowed: false }),
  text('answer', 'redacted', { allowed: false }),
  { name: 'same_as_sent', dtype: 'boolean', allowed: true },
  text('prompt_hash', 'digest'),
  text('event_id', 'id'),
  text('trace_id', 'trace'),
  text('artifact_refs', 'id', { dtype: 'strings', allowed: false }),
  text('agent_id', 'name'),
  text('agent_config_id', 'name', { nullable: true }),
  text('agent_config_version', 'name', { nullable: true }),
  text('prompt_template_id', 'name', { nullable: true }),
  text('prompt_version', 'name', { nullable: true }),
  text('model_id', 'name'),
  text('model_version', 'name', { nullable: true }),
  text('policy', 'name'),
  text('created_at', 'time'),
];

/** Fields that are made anew for each dataset: pseudonyms, and the side of the split, which follows from what else there is. */
export const EDITION: ReadonlySet<string> = new Set(
  [...datasetFields([], true), ...callFields].flatMap((field) =>
    isText(field) && (field.holds === 'pseudonym' || field.holds === 'split') ? [field.name] : [],
  ),
);

export type Cell = string | boolean | number | readonly string[] | null;
/** A dataset's cells, by field: columns of one length. Rows of their own would cost ten times the memory. */
export type Columns = Readonly<Record<string, readonly Cell[]>>;

export const isCell = (value: unknown): value is Cell =>
  value === null ||
  ['string', 'boolean', 'number'].includes(typeof value) ||
  (Array.isArray(value) && value.every((each) => typeof each === 'string'));

/** The texts of a cell. */
export const textsOf = (cell: Cell | undefined): readonly string[] =>
  typeof cell === 'string' ? [cell] : typeof cell === 'object' && cell !== null ? cell : [];
