// Runs in browsers too.

/** Every error Ancilla throws on purpose: a released code keeps its meaning. `fix` says how to mend it. */
export const errorCatalogue = {
  'auth.missing': { status: 401, title: 'No credential', fix: 'Send `Authorization: Bearer <api key>`.' },
  'auth.invalid': {
    status: 401,
    title: 'The credential is not valid',
    fix: 'Use a key that exists and is not disabled; `ancilla key` makes one.',
  },
  'access.denied': {
    status: 403,
    title: 'Your role may not do this',
    fix: 'Use a credential whose role the permission table lists for this action.',
  },
  'access.forbidden_combination': { status: 403, title: 'Separation of duty forbids this', fix: 'Ask another person to do this step.' },
  'access.purpose_missing': {
    status: 400,
    title: 'Reading raw content needs a purpose',
    fix: 'Send `x-ancilla-purpose` with a ticket or reason.',
  },
  'access.grant_missing': {
    status: 403,
    title: 'Your role does not read raw content',
    fix: 'Have a tenant admin read it; whoever is refused stands in the access log too.',
  },
  'tenant.missing': { status: 400, title: 'No tenant named', fix: 'Send `x-ancilla-tenant` with the tenant’s id.' },
  'tenant.mismatch': {
    status: 403,
    title: 'The credential is for another tenant',
    fix: 'Leave tenant_id out, or use that tenant’s credential.',
  },
  'tenant.not_found': { status: 404, title: 'No such tenant', fix: 'Check the tenant id; `ancilla tenant list` shows those that exist.' },
  'tenant.exists': { status: 409, title: 'This tenant exists already', fix: 'Choose another tenant id.' },
  'tenant.disabled': { status: 403, title: 'This tenant is disabled', fix: 'Ask the platform admin to enable it.' },
  'request.malformed': {
    status: 400,
    title: 'The request cannot be read',
    fix: 'Send well-formed JSON (UTF-8) with the declared content type.',
  },
  'request.too_large': { status: 413, title: 'The body is too large', fix: 'Send less at once; the detail names the limit.' },
  'request.too_deep': {
    status: 400,
    title: 'The body is nested too deeply or has too many keys',
    fix: 'Flatten it; the detail names the limit.',
  },
  'request.header': { status: 400, title: 'A header is missing or wrong', fix: 'Send the header in the form the detail names.' },
  'request.timeout': { status: 408, title: 'The request did not arrive in time', fix: 'Send it again, faster.' },
  'request.media_type': { status: 415, title: 'This content type is not read here', fix: 'Use the content type the reference names.' },
  'request.index_missing': {
    status: 400,
    title: 'No index serves this combination of filters',
    fix: 'Filter by one of the combinations the detail lists.',
  },
  'route.not_found': { status: 404, title: 'No such route', fix: 'See /docs for the routes.' },
  'route.method': { status: 405, title: 'This route does not take that method', fix: 'See /docs for the methods.' },
  'schema.invalid': {
    status: 422,
    title: 'The content does not fit its schema',
    fix: 'Send what the detail asks for; `errors` names each field and what is expected there.',
  },
  not_found: { status: 404, title: 'No such document', fix: 'Check the id; documents of other tenants answer the same.' },
  'store.conflict': { status: 409, title: 'Another document has this key', fix: 'Use a new id, or send exactly what was sent before.' },
  'store.revision_conflict': { status: 409, title: 'The document changed since it was read', fix: 'Read it again and repeat the change.' },
  'store.invalid': {
    status: 422,
    title: 'The document does not fit its collection',
    fix: 'Correct the fields that `errors` names, to what is expected there.',
  },
  'store.cursor_invalid': {
    status: 400,
    title: 'The cursor is not one of this list',
    fix: 'Use next_cursor of the same list and filter, unaltered.',
  },
  'store.read_only': {
    status: 503,
    title: 'This store is read-only',
    fix: 'Run `ancilla verify`, then `ancilla doctor`: its ledger does not extend the last checkpoint kept outside.',
  },
  'store.corrupt': {
    status: 500,
    title: 'Stored data failed its integrity check',
    fix: 'Stop writing, run `ancilla doctor --documents`, restore from a backup.',
  },
  'store.locked': { status: 409, title: 'Another process has this data folder open', fix: 'Stop it, or talk to it over HTTP.' },
  'store.full': { status: 507, title: 'No space left for the write', fix: 'Free disk space; nothing was written.' },
  'store.unavailable': { status: 503, title: 'The store cannot be reached', fix: 'Try again; the detail says what failed.' },
  'key.invalid': {
    status: 500,
    title: 'A key is malformed or does not open this data',
    fix: 'Check the keyring; the detail names the key, never its bytes.',
  },
  'key.last_admin': {
    status: 409,
    title: 'This is the last platform admin’s key',
    fix: 'Give someone another one first: `ancilla key create --role platform_admin --subject WHO`.',
  },
  'artifact.corrupt': {
    status: 500,
    title: 'The artifact failed authentication',
    fix: 'Restore its bytes from a backup: they were altered.',
  },
  'artifact.category': {
    status: 400,
    title: 'No such artifact category',
    fix: 'Send x-ancilla-category: raw_input, raw_response or structured_output.',
  },
  'redaction.failed': {
    status: 503,
    title: 'Redaction did not succeed, so nothing was done',
    fix: 'Try again; if it stays, check the redaction policy.',
  },
  'redaction.refused': {
    status: 422,
    title: 'Redaction refused the input',
    fix: 'Send text or JSON within the limit the detail names.',
  },
  'redaction.policy': {
    status: 422,
    title: 'The redaction policy is not valid',
    fix: 'Correct the field the detail names and save the policy as a new version.',
  },
  'curator.exists': {
    status: 409,
    title: 'This version exists with other content',
    fix: 'Choose a new version string; a saved version never changes.',
  },
  'curator.unresolved': {
    status: 422,
    title: 'References do not resolve',
    fix: 'Save the documents the detail names and label them production, then move the label.',
  },
  'curator.tests_failed': {
    status: 422,
    title: 'The validation tests failed',
    fix: 'Mend the version as `errors` says, save it as a new one.',
  },
  'curator.kind': { status: 404, title: 'No such kind of governed document', fix: 'Use one of the kinds the detail lists.' },
  'curator.requester': {
    status: 409,
    title: 'Whoever asked for this may not ask for it any more',
    fix: 'Have someone who may move this label ask for it again; that request takes this one’s place.',
  },
  'policy.refused': {
    status: 422,
    title: 'The policy in force refuses this move',
    fix: 'Meet the condition the detail names, or have the policy it names changed.',
  },
  'saga.not_found': { status: 404, title: 'No such saga', fix: 'Check the saga id.' },
  'saga.stale_owner': {
    status: 409,
    title: 'This saga has another owner by now',
    fix: 'Stop working on it; its lease was taken over at a higher epoch.',
  },
  'saga.lease': { status: 403, title: 'Wrong lease token', fix: 'Use the lease_token that starting the saga returned.' },
  'saga.state': {
    status: 409,
    title: 'The saga’s state does not allow this',
    fix: 'Read GET /dif/sagas/{saga_id} and do what its state allows.',
  },
  'saga.payload_conflict': {
    status: 409,
    title: 'The same idempotency key came with another payload',
    fix: 'Use a new key for a new payload.',
  },
  'saga.failed': {
    status: 502,
    title: 'The work failed and was undone',
    fix: 'Find the step that failed with GET /dif/wal?saga_id=, mend its cause and send the request again.',
  },
  'saga.timeout': { status: 504, title: 'The work goes on in the background', fix: 'Ask GET /dif/sagas/{saga_id} later.' },
  'agent.unknown': {
    status: 404,
    title: 'No such agent config',
    fix: 'Save it with POST /curator/agent_configs/{id}/versions and label it.',
  },
  'embedding.space': {
    status: 409,
    title: 'These vectors are of another space',
    fix: 'Search with a vector of a space that there is, in its length; the detail names them.',
  },
  'embedding.provider': {
    status: 502,
    title: 'The embedding provider failed',
    fix: 'Check the embedding server’s address, model and log; the detail says what it answered.',
  },
  'mapping.language_model': {
    status: 502,
    title: 'The language model failed',
    fix: 'Check the language model’s address, name and key; the detail says what it answered.',
  },
  'mapping.price_unknown': {
    status: 409,
    title: 'The language model has no price, so what it costs cannot be bounded',
    fix: 'Save price_lists/default with models.<its name>.input_cents_per_million and output_cents_per_million and label it production, or unset ANCILLA_RERANK_MAX_COST.',
  },
  'mapping.max_cost': {
    status: 409,
    title: 'Asking the language model about this table may cost more than one table may',
    fix: 'Set ANCILLA_RERANK_MAX_COST higher, or send fewer columns at once.',
  },
  'review.decided': {
    status: 409,
    title: 'This suggestion is decided already',
    fix: 'Send a correction as a new decision with `supersedes`.',
  },
  'training.not_approved': { status: 409, title: 'The dataset is not approved', fix: 'POST /training/datasets/{id}/approve first.' },
  'training.leak': {
    status: 422,
    title: 'The leak test found raw data, so nothing was built',
    fix: 'Rename what the named field took from people, such as the id of a term, and build again.',
  },
  'training.withdrawn': { status: 409, title: 'The dataset was withdrawn', fix: 'Build a new one; what was withdrawn stays so.' },
  'training.isolated': {
    status: 500,
    title: 'The isolated training run did not end well',
    fix: 'Give the run what the detail says it lacked, and train again.',
  },
  'training.not_reproducible': {
    status: 500,
    title: 'Two runs on the same dataset gave two models',
    fix: 'Train again on one machine with one version; if it stays, report it. Nothing was registered.',
  },
  'training.busy': {
    status: 429,
    title: 'Too many training runs of this tenant wait for their turn',
    fix: 'Try again when some are done, or cancel their sagas; one run a dataset is enough.',
  },
  'training.consent': { status: 403, title: 'No consent for this use', fix: 'Have a tenant admin give it with PUT /governance/consent.' },
  'training.empty': { status: 409, title: 'There is nothing to learn from yet', fix: 'Decide on more suggestions first.' },
  'csv.empty': { status: 422, title: 'The table is empty', fix: 'Begin the table with a line that names its columns.' },
  'csv.encoding': { status: 422, title: 'The table is not UTF-8', fix: 'Save it as UTF-8.' },
  'csv.ragged': { status: 422, title: 'Rows have different lengths', fix: 'Quote cells that hold separators; the detail names the line.' },
  'csv.header': {
    status: 422,
    title: 'A line is not CSV',
    fix: 'Correct the line the detail names: close its double quotes, and write those inside a cell twice.',
  },
  'config.invalid': {
    status: 500,
    title: 'The configuration is wrong',
    fix: 'Set the variable the detail names to the shape it names, and start again.',
  },
  'egress.refused': {
    status: 502,
    title: 'This outgoing connection is not allowed',
    fix: 'Use https, or loopback; ANCILLA_ALLOW_PLAINTEXT=1 allows plaintext.',
  },
  'server.draining': { status: 503, title: 'The server is shutting down', fix: 'Try again in a moment.' },
  internal: { status: 500, title: 'Something failed inside', fix: 'Report it with what the server’s log has under this trace id.' },
} as const satisfies Record<string, { readonly status: number; readonly title: string; readonly fix: string }>;
export type ErrorCode = keyof typeof errorCatalogue;

/** One wrong field: a JSON pointer and what is expected there. Never the value. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** The one error Ancilla throws on purpose. Callers switch on `code`; `message` is for people and holds no captured text. */
export class AncillaError extends Error {
  override readonly name = 'AncillaError';
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  /** @param options - `errors` names wrong fields, `cause` an engine's own error */
  constructor(code: ErrorCode, detail: string, options?: ErrorOptions & { readonly errors?: readonly FieldError[] }) {
    super(detail, options);
    this.code = code;
    this.errors = options?.errors ?? [];
  }
}

/** What is wrong at one place of what was sent. @param path - a JSON Pointer. @param detail - where the place and the message alone do not say it */
export const invalidAt = (path: string, message: string, detail = `${path} ${message}`): AncillaError =>
  new AncillaError('schema.invalid', detail, { errors: [{ path, message }] });

/** Wrong fields in one sentence, for a detail. */
export const inOneSentence = (errors: readonly FieldError[]): string =>
  errors.map(({ path, message }) => `${path || 'it'} ${message}`).join('; ');

/** Whether an error is Ancilla's own with one of these codes. */
export const isAncillaError = (error: unknown, ...codes: readonly ErrorCode[]): error is AncillaError =>
  error instanceof AncillaError && (codes.length === 0 || codes.includes(error.code));

/** The body of an `application/problem+json` answer, RFC 9457 section 3. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly fix: string;
  readonly instance?: string;
  readonly trace_id?: string;
  readonly errors?: readonly FieldError[];
}
/** @param at - the request's path and trace id */
export const toProblem = (
  { code, message, errors }: AncillaError,
  at: { readonly instance?: string; readonly trace_id?: string } = {},
): Problem => {
  const { status, title, fix } = errorCatalogue[code];
  return { type: `urn:ancilla:problem:${code}`, title, status, code, detail: message, fix, ...at, ...(errors.length > 0 && { errors }) };
};
