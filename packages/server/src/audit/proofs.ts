import { AncillaError, Bytes, route, type Collection, type Io, type TenantStore } from '@ancilla/contracts';
import {
  consistencyProof,
  formatTlogProof,
  inclusionProof,
  openCheckpoint,
  parseTilePath,
  parseVerifierKey,
  toBase64,
  type ReadNodes,
} from '@ancilla/evidence';
import { Type } from 'typebox';
import type { LedgerSigner } from '../keys/index.ts';
import type { EvidenceFolder } from './evidence-folder.ts';

const nothing = { query: Type.Object({}), body: Type.Null() };
const Size = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const reader =
  (tenant: TenantStore, io: Io): ReadNodes =>
  (at) =>
    tenant.ledger.nodes(at, io);

/** Checkpoints, tiles and proofs of the caller's own log, in forms any C2SP tlog client reads. */
export const proofRoutes = ({
  folder,
  signer,
  collections,
}: {
  readonly folder: EvidenceFolder;
  readonly signer: LedgerSigner;
  readonly collections: readonly Collection[];
}) => {
  const logs = new Map(collections.flatMap((each) => (isLog(each) ? [[each.name, each]] : [])));

  /** A file of the caller's log; another log's id answers like one that does not exist. */
  async function serve(tenant: TenantStore, log_id: string, path: string, io: Io) {
    if (log_id !== (await tenant.ledger.logId(io))) throw new AncillaError('not_found', 'no such log');
    const bytes = await folder.read(log_id, path);
    if (bytes === undefined) throw new AncillaError('not_found', `the log has no ${path}`);
    return bytes;
  }
  const tile = (path: string) =>
    route({
      method: 'GET',
      path: `/audit/logs/{log_id}/tile/${path}` as `/${string}`,
      action: 'audit.read',
      summary: 'A hash tile or an entry bundle, C2SP tlog-tiles',
      params: Type.Record(Type.String(), Type.String({ maxLength: 128 })),
      ...nothing,
      answers: { 200: Bytes },
      async handle({ tenant, params, signal }) {
        const { log_id = '', ...rest } = params;
        const relative = `tile/${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => rest[name] ?? '')}`;
        if (parseTilePath(relative) === undefined) throw new AncillaError('not_found', 'that is no tile path');
        return [200, { content_type: 'application/octet-stream', bytes: await serve(tenant, log_id, relative, { signal }) }] as const;
      },
    });

  return [
    route({
      method: 'GET',
      path: '/audit/checkpoint',
      action: 'audit.read',
      summary: 'The signed checkpoint of the caller’s log: size and root, published now',
      params: Type.Object({}),
      ...nothing,
      answers: { 200: Bytes },
      async handle({ tenant, signal }) {
        return [200, { content_type: 'text/plain; charset=utf-8', bytes: await folder.publish(tenant.ledger, { signal }) }] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/audit/logs/{log_id}/checkpoint',
      action: 'audit.read',
      summary: 'The checkpoint in force, as a tlog-tiles client reads it',
      params: Type.Object({ log_id: Type.String({ maxLength: 128 }) }),
      ...nothing,
      answers: { 200: Bytes },
      async handle({ tenant, params, signal }) {
        return [
          200,
          { content_type: 'text/plain; charset=utf-8', bytes: await serve(tenant, params.log_id, 'checkpoint', { signal }) },
        ] as const;
      },
    }),
    // A tile's index is written in groups of three digits, a partial one's width after it: one route for each number of parts a log can have here.
    ...[
      '{level}/{part_1}',
      '{level}/{part_1}/{part_2}',
      '{level}/{part_1}/{part_2}/{part_3}',
      '{level}/{part_1}/{part_2}/{part_3}/{part_4}',
    ].map(tile),
    route({
      method: 'GET',
      path: '/audit/proofs/inclusion',
      action: 'audit.read',
      summary: 'Proof that a document is in the log, for `ancilla verify` or any tlog client',
      params: Type.Object({}),
      query: Type.Object(
        { collection: Type.String({ maxLength: 64 }), id: Type.String({ maxLength: 512 }) },
        { additionalProperties: false },
      ),
      body: Type.Null(),
      answers: {
        200: Type.Object({
          entry: Type.Unknown(),
          salt: Type.Union([Type.String(), Type.Null()]),
          document: Type.Unknown(),
          proof: Type.String({ description: 'c2sp.org/tlog-proof@v1' }),
          vkey: Type.String({ description: 'The key the checkpoint is signed with; trust it only when it reached you another way too' }),
        }),
      },
      async handle({ tenant, query, signal }) {
        const io = { signal };
        const collection = logs.get(query.collection);
        if (collection === undefined)
          throw new AncillaError('not_found', `no log collection of this name; there are ${[...logs.keys()].join(', ')}`);
        const found = await tenant.ledger.locate(collection, query.id, io);
        if (found === undefined) throw new AncillaError('not_found', `no document ${query.id} in ${query.collection}`);
        const checkpoint = await folder.publish(tenant.ledger, io);
        const vkey = signer.vkey(await tenant.ledger.logId(io));
        const { size } = openCheckpoint(checkpoint, [parseVerifierKey(vkey)]);
        const hashes = await inclusionProof(found.seq, size, reader(tenant, io));
        const answer = {
          entry: JSON.parse(found.entry) as unknown,
          salt: found.salt === undefined ? null : toBase64(found.salt),
          document: JSON.parse(found.document) as unknown,
          proof: formatTlogProof({ index: found.seq, hashes, checkpoint }),
          vkey,
        };
        return [200, answer] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/audit/proofs/consistency',
      action: 'audit.read',
      summary: 'Proof that the log of size `from` is the beginning of the one of size `to`',
      params: Type.Object({}),
      query: Type.Object({ from: Size, to: Type.Optional(Size) }, { additionalProperties: false }),
      body: Type.Null(),
      answers: {
        200: Type.Object({
          from: Size,
          to: Size,
          hashes: Type.Array(Type.String({ description: 'base64 of 32 bytes' })),
          checkpoint: Type.String(),
        }),
      },
      async handle({ tenant, query, signal }) {
        const io = { signal };
        const checkpoint = await folder.publish(tenant.ledger, io);
        const { size } = openCheckpoint(checkpoint, [parseVerifierKey(signer.vkey(await tenant.ledger.logId(io)))]);
        const to = query.to ?? size;
        if (query.from > to || to > size)
          throw new AncillaError('schema.invalid', `from ≤ to ≤ ${size} must hold`, {
            errors: [{ path: '/from', message: `must be at most to, and to at most ${size}` }],
          });
        const hashes = await consistencyProof(query.from, to, reader(tenant, io));
        return [200, { from: query.from, to, hashes: hashes.map((hash) => toBase64(hash)), checkpoint }] as const;
      },
    }),
  ];
};

const isLog = (collection: Collection): collection is Collection<'log'> => collection.kind === 'log';
