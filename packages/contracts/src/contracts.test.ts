import { test } from 'node:test';
import { deepEqual, equal, ok } from 'node:assert/strict';
import { Compile } from 'typebox/compile';
import { Type } from 'typebox';
import {
  AncillaError,
  Id,
  collection,
  errorCatalogue,
  insert,
  permissions,
  promptEvents,
  remove,
  replace,
  roles,
  route,
  storageMap,
  tenants,
  labels,
  makeNewId,
  toProblem,
  type Io,
  type Stored,
  type TenantRecord,
  type TenantStore,
} from './index.ts';

const schema = Type.Object({ id: Type.String(), at: Type.String() });

test('every collection names fields of its own schema', () => {
  for (const {
    name,
    schema: { properties },
    key,
    time,
    indexes,
    unique = [],
    trace,
  } of storageMap) {
    const fields = new Set(Object.keys(properties));
    for (const field of [key, time, ...Object.values(indexes).flat(), ...unique.flat(), ...(trace?.summary ?? [])])
      ok(fields.has(field), `${name}.${field}`);
    if (trace) ok(trace.index in indexes, `${name} trace index`);
  }
});

test('names are unique, schemas are closed', () => {
  equal(new Set(storageMap.map(({ name }) => name)).size, storageMap.length);
  for (const { name, schema: declared } of storageMap)
    ok('additionalProperties' in declared && declared.additionalProperties === false, name);
});

test('every schema compiles and refuses an empty document', () => {
  for (const { name, schema: declared } of storageMap) equal(Compile(declared).Check({}), false, name);
});

test('every permission names known roles and nobody is admitted to nothing', () => {
  for (const [action, { roles: admitted }] of Object.entries(permissions)) {
    ok(admitted.length > 0, action);
    for (const role of admitted) ok(roles.includes(role), `${action}: ${role}`);
  }
});

test('a problem carries code, status and mend, and no empty members', () => {
  deepEqual(toProblem(new AncillaError('store.conflict', 'x'), { instance: '/a' }), {
    type: 'urn:ancilla:problem:store.conflict',
    title: errorCatalogue['store.conflict'].title,
    status: 409,
    code: 'store.conflict',
    detail: 'x',
    fix: errorCatalogue['store.conflict'].fix,
    instance: '/a',
  });
});

test('what mends an error is told as something to do, not as where to read what is wrong', () => {
  const verbs =
    /^(?:Ask|Begin|Build|Check|Choose|Correct|Decide|Filter|Find|Flatten|Free|Give|Have|Leave|Meet|Mend|POST|Quote|Read|Rename|Report|Restore|Run|Save|Search|See|Send|Set|Stop|Train|Try|Use) /;
  deepEqual(
    Object.entries(errorCatalogue).filter(([, { fix }]) => !verbs.test(fix)),
    [],
  );
});

test('new ids sort in the order of making, whatever the clock does, and fit their schema', () => {
  const times = [1000, 1000, 999, 1000, 2000, 1500];
  const newId = makeNewId({ now: () => times.shift() ?? 1500 }, { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) });
  const made = Array.from({ length: 1000 }, () => newId('pe'));
  deepEqual(made.toSorted(), made);
  equal(new Set(made).size, made.length);
  const check = Compile(Id('pe'));
  for (const id of made) ok(check.Check(id), id);
});

// What must not compile. The functions are never called.
const base = { name: 'x', kind: 'log', scope: { tenant: true }, schema, time: 'at', retention: 'x', summary: '' } as const;
const nothing = { params: Type.Object({}), query: Type.Object({}), body: Type.Null() };
const get = { ...nothing, method: 'GET', path: '/x', summary: '', answers: { 200: schema } } as const;
const because = { who: 'x', reason: '', trace_id: '' };
const record: TenantRecord = { tenant_id: 't', name: 't', log_id: 'l', status: 'active', created_at: '' };
export const misuse = [
  // @ts-expect-error a key that is no field
  () => collection({ ...base, indexes: {}, key: 'nope' }),
  // @ts-expect-error an index over no field
  () => collection({ ...base, key: 'id', indexes: { a: ['nope'] } }),
  // @ts-expect-error a log cannot be replaced
  (was: Stored<typeof promptEvents>) => replace(promptEvents, was, {}),
  // @ts-expect-error a versioned state wants its reason
  (was: Stored<typeof labels>) => replace(labels, was, { version: '2' }),
  // @ts-expect-error a document of the ledger leaves with a reason
  () => remove(promptEvents, 'pe_'),
  // @ts-expect-error no such index
  (tenant: TenantStore, io: Io) => tenant.find(promptEvents, { index: 'by_nothing', equals: {} }, io),
  // @ts-expect-error a platform collection on a tenant's handle
  (tenant: TenantStore, io: Io) => tenant.get(tenants, 't', io),
  // @ts-expect-error platform data through a tenant's handle
  (tenant: TenantStore, io: Io) => tenant.commit([insert(tenants, record, because)], [], io),
  // @ts-expect-error an action the permission table does not have
  () => route({ ...get, action: 'nobody.knows', handle: async () => [200, { id: '', at: '' }] as const }),
  // @ts-expect-error a status the route does not declare
  () => route({ ...get, action: 'evidence.read', handle: async () => [201, { id: '', at: '' }] as const }),
];
