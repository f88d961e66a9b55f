import { equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from './config.ts';

test('without settings the server listens on loopback, port 7717', () => {
  const config = readConfig({ PATH: '/bin' });
  equal(`${config.host}:${config.port}`, '127.0.0.1:7717');
});

test('a wrong value names variable and shape, not itself', () => {
  throws(() => readConfig({ ANCILLA_PORT: 'eighty' }), {
    code: 'config.invalid',
    message: 'ANCILLA_PORT must be a port, 0 to 65535 (0: any free one)',
  });
  throws(() => readConfig({ ANCILLA_MASTER_KEY: 'secret' }), { message: 'ANCILLA_MASTER_KEY must be 64 hex digits' });
});

test('a mistyped variable is not silently ignored', () => {
  throws(() => readConfig({ ANCILLA_PROT: '1' }), { message: 'ANCILLA_PROT is no setting; the nearest is ANCILLA_PORT' });
});

test('beyond loopback the server wants TLS or a declared proxy', () => {
  throws(() => readConfig({ ANCILLA_HOST: '0.0.0.0' }), { code: 'config.invalid' });
  equal(readConfig({ ANCILLA_HOST: '0.0.0.0', ANCILLA_TRUST_PROXY: '1' }).host, '0.0.0.0');
});
