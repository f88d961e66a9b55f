// Runs in browsers too.
import { Type, type Static } from 'typebox';
import { collection } from '../collection.ts';
import { Closed, Code, Name, Ref, Sha256Hex, TenantId, Timestamp, TraceId } from '../fields.ts';
import { Id } from '../ids.ts';
import { roles } from '../permissions.ts';

export const RoleName = Type.Enum(roles);
const Title = Type.String({ minLength: 1, maxLength: 120 });

export const TenantRecord = Closed({
  tenant_id: TenantId,
  name: Title,
  log_id: Ref,
  status: Type.Enum(['active', 'disabled']),
  created_at: Timestamp,
});
export type TenantRecord = Static<typeof TenantRecord>;
export const tenants = collection({
  name: 'tenants',
  kind: 'versioned',
  scope: { platform: true },
  schema: TenantRecord,
  key: 'tenant_id',
  time: 'created_at',
  retention: 'for_ever',
  summary: 'The tenants of this deployment',
  indexes: { all: [] },
});

/** A key's secret is never stored: only its SHA-256 (it has 256 random bits, so there is nothing to guess). */
export const ApiKey = Closed({
  key_id: Id('ak'),
  tenant_id: Type.Union([TenantId, Type.Null()]),
  role: RoleName,
  subject: Name,
  name: Title,
  secret_hash: Sha256Hex,
  disabled: Type.Boolean(),
  created_by: Name,
  created_at: Timestamp,
});
export type ApiKey = Static<typeof ApiKey>;
export const apiKeys = collection({
  name: 'api_keys',
  kind: 'versioned',
  scope: { platform: true },
  schema: ApiKey,
  key: 'key_id',
  time: 'created_at',
  retention: 'for_ever',
  summary: 'API keys: hashed, with the role and person they stand for',
  indexes: { all: [], by_tenant: ['tenant_id'], by_hash: ['secret_hash'] },
  unique: [['secret_hash']],
});

/** Reads of raw content, what a platform admin looks at in a tenant, denials, break-glass. Committed before the answer is sent. */
export const AccessEntry = Closed({
  access_id: Id('al'),
  what: Type.Enum(['content_read', 'platform_read', 'denied', 'dataset_download']),
  action: Code,
  subject: Name,
  role: RoleName,
  key_id: Name,
  resource: Ref,
  purpose: Type.Optional(Type.String({ maxLength: 200 })),
  grant_id: Type.Optional(Ref),
  trace_id: TraceId,
  at: Timestamp,
});
export type AccessEntry = Static<typeof AccessEntry>;
export const accessLog = collection({
  name: 'access_log',
  kind: 'log',
  scope: { tenant: true, platform: true },
  schema: AccessEntry,
  key: 'access_id',
  time: 'at',
  retention: 'access_log',
  summary: 'Who read raw content, what a platform admin looked at, who was denied',
  indexes: { all: [], by_subject: ['subject'], by_resource: ['resource'], by_trace: ['trace_id'] },
  read: { path: '/governance/access_log', action: 'access_log.read' },
});
