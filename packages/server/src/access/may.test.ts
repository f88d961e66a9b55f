import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { permissions, roles, type Action } from '@ancilla/contracts';
import { may } from './may.ts';

test('every role may do exactly what the table lists for it', () => {
  for (const [action, { roles: admitted }] of Object.entries(permissions)) {
    for (const role of roles) {
      const verdict = may({ id: 'a', role, key_id: 'k', tenant_id: 'north' }, action as Action, 'north');
      equal(verdict.allowed, (admitted as readonly string[]).includes(role), `${role} ${action}`);
    }
  }
});

test('no role reaches into another tenant', () => {
  for (const role of roles) equal(may({ id: 'a', role, key_id: 'k', tenant_id: 'north' }, 'open', 'south').allowed, false);
});
