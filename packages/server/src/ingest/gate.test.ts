import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { tenantDefaultPolicy, type Policy } from '@ancilla/redaction';
import { openGate } from './gate.ts';

const io = { signal: new AbortController().signal };
const tokenKey = { version: 2, bytes: new Uint8Array(32).fill(5) };

test('a value comes back clean, with the receipt for its event', async () => {
  const { value, receipt } = await openGate({ policy: tenantDefaultPolicy, tokenKey }).clean({ note: 'mail ann@mail.example' }, io);
  equal(/^\{"note":"mail <EMAIL_[a-z2-7]{20}>"\}$/.test(JSON.stringify(value)), true);
  deepEqual(receipt.counts, { EMAIL: 1 });
  equal(receipt.token_key_version, 2);
});

test('what redaction refuses, the gate refuses, under the server’s error codes and without the input', async () => {
  const gate = openGate({ policy: tenantDefaultPolicy, tokenKey });
  await rejects(
    gate.clean(() => 'ann@mail.example', io),
    { name: 'AncillaError', code: 'redaction.refused', message: /^(?!.*ann@)/ },
  );
  throws(() => openGate({ policy: tenantDefaultPolicy, tokenKey: undefined }), { code: 'redaction.failed' });
  const broken: Policy = { ...tenantDefaultPolicy, default_action: JSON.parse('"keep"') };
  throws(() => openGate({ policy: broken, tokenKey }), { code: 'redaction.policy' });
});
