import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { forbids, permissions, roles, type Action, type Role } from '@ancilla/contracts';
import { may } from './may.ts';

const as = (role: Role) => ({ id: 'ana', role, key_id: 'k', tenant_id: 'north' });

test('every role may do exactly what the table lists for it', () => {
  for (const [action, { roles: admitted }] of Object.entries(permissions)) {
    for (const role of roles) {
      // Object.entries widens the names of the table's own rows.
      const verdict = may(as(role), action as Action, { tenant_id: 'north' });
      equal(verdict.allowed, (admitted as readonly string[]).includes(role), `${role} ${action}`);
    }
  }
});

test('no role reaches into another tenant', () => {
  for (const role of roles) equal(may(as(role), 'open', { tenant_id: 'south' }).allowed, false);
});

test('nobody stands on both sides of a separation of duty', () => {
  for (const { action, same_person_as, why } of forbids) {
    deepEqual(may(as('steward'), action, { tenant_id: 'north', [same_person_as]: 'ana' }), {
      allowed: false,
      code: 'access.forbidden_combination',
      reason: why,
    });
    equal(may(as('steward'), action, { tenant_id: 'north', [same_person_as]: 'ben' }).allowed, true);
  }
});
