// Runs in browsers too.

/** `agent` is a service identity: what an SDK or an exporter presents. */
export const roles = ['platform_admin', 'tenant_admin', 'steward', 'reviewer', 'auditor', 'agent'] as const;
export type Role = (typeof roles)[number];

/** Who asks: always from the credential, never from a body. */
export interface Who {
  /** Stable id of the person or service. */
  readonly id: string;
  readonly role: Role;
  /** Absent for a platform admin. */
  readonly tenant_id?: string;
  readonly key_id: string;
}

interface Permission {
  readonly what: string;
  readonly roles: readonly Role[];
  /** What belongs to the tenant: a platform admin who asks for it stands in that tenant's access log first. */
  readonly of_tenant?: true;
}

/**
 * The one permission table. What is not listed is denied. A platform admin acts inside a tenant only where listed here, and names the tenant in `x-ancilla-tenant`.
 */
export const permissions = {
  'evidence.write': { what: 'Send prompt events, artifacts and embeddings', roles: ['agent', 'tenant_admin'] },
  'evidence.read': {
    what: 'Read prompt events, traces and embeddings',
    roles: ['tenant_admin', 'steward', 'auditor', 'agent', 'platform_admin'],
    of_tenant: true,
  },
  'artifact.read_metadata': { what: 'Read what is known about an artifact', roles: ['tenant_admin', 'steward', 'auditor', 'agent'] },
  'artifact.read_content': {
    what: 'Read raw content, with a purpose and an access log entry',
    roles: ['tenant_admin', 'steward', 'auditor'],
  },
  'redaction.use': { what: 'Have text redacted', roles: ['agent', 'tenant_admin', 'steward', 'reviewer'] },
  'saga.write': { what: 'Start sagas and append to their log', roles: ['agent', 'tenant_admin'] },
  'saga.read': { what: 'Read sagas and their write-ahead log', roles: ['tenant_admin', 'steward', 'auditor', 'agent', 'platform_admin'] },
  'saga.operate': { what: 'Cancel, kill, resume, retry or skip a saga', roles: ['tenant_admin', 'platform_admin'] },
  'saga.signal': { what: 'Signal a waiting saga', roles: ['tenant_admin', 'steward', 'agent'] },
  'curator.write': { what: 'Save versions of governed documents', roles: ['tenant_admin', 'steward'] },
  'curator.read': {
    what: 'Read governed documents, labels and their history',
    roles: ['tenant_admin', 'steward', 'reviewer', 'auditor', 'agent', 'platform_admin'],
  },
  'curator.move': { what: 'Move a label, as the policy allows', roles: ['tenant_admin', 'steward'] },
  'curator.approve': { what: 'Approve another person’s label move', roles: ['tenant_admin', 'steward'] },
  'mapping.suggest': { what: 'Ask for mapping suggestions', roles: ['agent', 'tenant_admin', 'steward', 'reviewer'] },
  'review.read': { what: 'Read the review queue and mapping history', roles: ['tenant_admin', 'steward', 'reviewer', 'auditor', 'agent'] },
  'review.decide': { what: 'Decide on a suggestion', roles: ['tenant_admin', 'steward', 'reviewer'] },
  'review.govern': { what: 'Choose gold items to check reviewers by', roles: ['tenant_admin', 'steward'] },
  'review.quality': { what: 'Read how well and how fast people decide', roles: ['tenant_admin', 'steward', 'auditor'] },
  'training.build': { what: 'Build datasets and start training runs', roles: ['tenant_admin', 'steward'] },
  'training.approve': { what: 'Approve or withdraw a dataset', roles: ['tenant_admin', 'steward'] },
  'training.release': { what: 'Release a dataset to the platform, by consent', roles: ['tenant_admin'] },
  'training.read_released': { what: 'Read datasets that tenants released', roles: ['platform_admin'] },
  'training.read': { what: 'Read datasets, runs and models', roles: ['tenant_admin', 'steward', 'auditor', 'reviewer', 'agent'] },
  'model.move': { what: 'Move a model’s label, as the promotion policy allows', roles: ['tenant_admin', 'steward'] },
  'consent.write': { what: 'Set what the tenant’s decisions may train', roles: ['tenant_admin'] },
  'consent.read': { what: 'Read the consent in force', roles: ['tenant_admin', 'steward', 'auditor'] },
  'access_log.read': { what: 'Read who read raw content or was denied', roles: ['tenant_admin', 'auditor'] },
  'key.manage': { what: 'Make and disable API keys of a tenant', roles: ['tenant_admin', 'platform_admin'] },
  'tenant.manage': { what: 'Make and list tenants', roles: ['platform_admin'] },
  'audit.read': { what: 'Read checkpoints, tiles and proofs', roles: ['tenant_admin', 'auditor', 'platform_admin'] },
  'nurse.read': { what: 'Read rollups of cost, latency and quality', roles: ['tenant_admin', 'steward', 'auditor', 'platform_admin'] },
  'metrics.read': { what: 'Scrape metrics', roles: ['platform_admin'] },
  open: { what: 'What anyone may see: health, the reference, the console’s files', roles: roles },
} as const satisfies Record<string, Permission>;
export type Action = keyof typeof permissions;

/**
 * Separation of duty, as data: even a permitted role is refused when the same person stands on both sides.
 * `same_person_as`: what of the subject whoever acts must not have been.
 */
export const forbids = [
  { action: 'curator.approve', same_person_as: 'requester', why: 'Whoever asks for a label move cannot approve it' },
] as const satisfies readonly { readonly action: Action; readonly same_person_as: string; readonly why: string }[];
