import { deepEqual, equal, throws } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { readConfig, settings } from './config.ts';

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

test('nothing is sent in the clear beyond loopback unless that is said', () => {
  for (const variable of ['OTEL_EXPORTER_OTLP_ENDPOINT', 'ANCILLA_EMBEDDING_URL']) {
    const rest = { ANCILLA_EMBEDDING_MODEL: 'm' };
    throws(() => readConfig({ ...rest, [variable]: 'http://collector:4318' }), { message: /neither https nor loopback/ });
    readConfig({ ...rest, [variable]: 'http://collector:4318', ANCILLA_ALLOW_PLAINTEXT: '1' });
    readConfig({ ...rest, [variable]: 'http://127.0.0.1:4318' });
    readConfig({ ...rest, [variable]: 'https://collector:4318' });
  }
});

test('an embedding model is a folder or a server, not both', () => {
  const both = { ANCILLA_EMBEDDING_FOLDER: 'model', ANCILLA_EMBEDDING_URL: 'https://models.example', ANCILLA_EMBEDDING_MODEL: 'm' };
  throws(() => readConfig(both), { code: 'config.invalid', message: /exclude each other/ });
  equal(readConfig({ ANCILLA_EMBEDDING_FOLDER: 'model' }).embeddingFolder, 'model');
});

test('a public URL is an origin', () => {
  equal(readConfig({ ANCILLA_PUBLIC_URL: 'https://ancilla.example/' }).publicUrl, 'https://ancilla.example');
  throws(() => readConfig({ ANCILLA_PUBLIC_URL: 'https://ancilla.example/path' }), { code: 'config.invalid' });
  throws(() => readConfig({ ANCILLA_PUBLIC_URL: 'https://:x' }), { code: 'config.invalid' });
});

test('pages of other origins are named one by one, as browsers name them', () => {
  deepEqual(readConfig({}).corsOrigins, []);
  deepEqual(readConfig({ ANCILLA_CORS_ORIGINS: 'https://app.example.com, http://localhost:5173' }).corsOrigins, [
    'https://app.example.com',
    'http://localhost:5173',
  ]);
  for (const wrong of ['*', 'null', 'https://*.example.com', 'https://app.example.com/', 'app.example.com', 'https://app.example.com,'])
    throws(() => readConfig({ ANCILLA_CORS_ORIGINS: wrong }), { code: 'config.invalid' }, wrong);
});

test('docs/configuration.md names every setting', async () => {
  const page = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
  deepEqual(
    Object.values(settings).flatMap(({ variable }) => (page.includes(`\`${variable}\``) ? [] : [variable])),
    [],
  );
});
