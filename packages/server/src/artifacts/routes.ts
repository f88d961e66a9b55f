import { Type } from 'typebox';
import { AncillaError, Artifact, Bytes, ByteStream, Id, artifacts, route, type Clock, type NewId, type Route } from '@ancilla/contracts';
import type { Artifacts } from './artifacts.ts';
import { admitReading, header, PurposeHeader, purposeOf } from './raw-access.ts';

/** What a client may store; the other categories are the server's own. */
const clientCategories = ['raw_input', 'raw_response', 'structured_output'] as const;
type ClientCategory = (typeof clientCategories)[number];
const isClientCategory = (name: string | undefined): name is ClientCategory => clientCategories.some((category) => category === name);

const params = Type.Object({ artifact_id: Id('ar') });
const query = Type.Object({});

interface Parts {
  readonly store: Artifacts;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly maxBytes: number;
}

/** Storing content, reading what is known of it, and reading it: the last never without its entry in the access log. */
export const artifactRoutes = ({ store, clock, newId, maxBytes }: Parts): readonly Route[] => [
  route({
    method: 'POST',
    path: '/dif/artifacts',
    action: 'evidence.write',
    summary: 'Store raw content: the body’s bytes, with x-ancilla-category; x-ancilla-artifact-id makes a repetition safe',
    params: Type.Object({}),
    query,
    headers: Type.Object({ 'x-ancilla-category': Type.Enum([...clientCategories]), 'x-ancilla-artifact-id': Type.Optional(Id('ar')) }),
    body: ByteStream,
    consumes: 'stream',
    bodyLimitBytes: maxBytes,
    answers: { 201: Artifact },
    async handle({ tenant, tenant_id, who, body, headers, trace, signal }) {
      const category = headers['x-ancilla-category'];
      if (!isClientCategory(category))
        throw new AncillaError('artifact.category', `x-ancilla-category must be one of ${clientCategories.join(', ')}`);
      // Parameters such as a charset say nothing that is needed to keep bytes as they are.
      const media = (headers['content-type'] ?? 'application/octet-stream').split(';', 1).join('').trim().toLowerCase();
      const chosen = headers['x-ancilla-artifact-id'];
      const about = {
        category,
        content_type: header('content-type', Artifact.properties.content_type, media),
        trace_id: trace.trace_id,
        created_by: who.id,
        ...(chosen !== undefined && { artifact_id: header('x-ancilla-artifact-id', Id('ar'), chosen) }),
      };
      return [201, await store.put({ tenant, tenant_id }, { ...about, bytes: body }, { signal })] as const;
    },
  }),
  route({
    method: 'GET',
    path: '/dif/artifacts/{artifact_id}',
    action: 'artifact.read_metadata',
    summary: 'Read what is known about an artifact, never its content',
    params,
    query,
    body: Type.Null(),
    answers: { 200: Artifact },
    async handle({ tenant, params: { artifact_id }, signal }) {
      const found = await tenant.get(artifacts, artifact_id, { signal });
      if (found === undefined) throw new AncillaError('not_found', 'no such artifact');
      return [200, found.doc] as const;
    },
  }),
  route({
    method: 'GET',
    path: '/dif/artifacts/{artifact_id}/content',
    action: 'artifact.read_content',
    summary:
      'Read raw content, whole (no ranges), with x-ancilla-purpose: a tenant admin may, and whoever asks stands in the access log first',
    params,
    query,
    headers: PurposeHeader,
    body: Type.Null(),
    answers: { 200: Bytes },
    async handle({ tenant, tenant_id, who, params: { artifact_id }, headers, trace, signal }) {
      const purpose = purposeOf(headers);
      if ((await tenant.get(artifacts, artifact_id, { signal })) === undefined) throw new AncillaError('not_found', 'no such artifact');
      await admitReading({ clock, newId }, tenant, { artifact_id, who, purpose, trace_id: trace.trace_id }, { signal });
      const { meta, bytes } = await store.open({ tenant, tenant_id }, artifact_id, { signal });
      return [
        200,
        {
          content_type: 'application/octet-stream',
          bytes,
          headers: {
            'content-length': String(meta.size),
            // Each reading is an entry of its own, and only the whole is compared with the ledger's hash.
            'accept-ranges': 'none',
            'content-disposition': `attachment; filename="${artifact_id}.bin"`,
            'x-content-type-options': 'nosniff',
            'content-security-policy': 'sandbox',
          },
        },
      ] as const;
    },
  }),
];
