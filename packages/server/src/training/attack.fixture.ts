// What a hostile program would try from inside the isolated process. Reads which attack on stdin, says on stdout how it went.
import { once } from 'node:events';
import { fstatSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** What the test tells: where something would be to be reached. */
interface Targets {
  readonly url: string;
  readonly port: number;
  readonly socket: string;
  readonly folder: string;
  readonly inside: string;
}

const GIB = 1024 ** 3;
/** Types for it are there although the module is not. */
const sqlite = async () => (await import('node:sqlite')).DatabaseSync;

const attacks: Readonly<Record<string, (at: Targets) => unknown>> = {
  fetch: async ({ url }) => (await fetch(url)).status,
  connect: async ({ port }) => {
    const { connect } = await import('node:net');
    await once(connect(port, '127.0.0.1'), 'connect');
  },
  'unix socket': async ({ socket }) => {
    const { connect } = await import('node:net');
    await once(connect(socket), 'connect');
  },
  listen: async () => {
    const { createServer } = await import('node:net');
    await once(createServer().listen(0), 'listening');
  },
  datagram: async ({ port }) => {
    const { createSocket } = await import('node:dgram');
    const socket = createSocket('udp4');
    socket.send('x', port, '127.0.0.1');
    await once(socket, 'listening');
  },
  dns: async () => (await import('node:dns/promises')).lookup('localhost'),
  websocket: async ({ url }) => {
    const socket = new WebSocket(url.replace('http', 'ws'));
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error('no connection')));
    });
  },
  'read a file': ({ folder }) => readFileSync(`${folder}/secret`, 'utf8'),
  'read the system’s users': () => readFileSync('/etc/passwd', 'utf8'),
  'list a folder': ({ folder }) => readdirSync(folder),
  'write a file': ({ folder }) => writeFileSync(`${folder}/written`, 'x'),
  'write beside the code': ({ inside }) => writeFileSync(`${inside}/written`, 'x'),
  'link a way out': ({ folder, inside }) => symlinkSync(`${folder}/secret`, `${inside}/way-out`),
  'environment of itself': () => readFileSync('/proc/self/environ', 'utf8'),
  'child process': async () => (await import('node:child_process')).execFileSync('/bin/true'),
  fork: async () => {
    await once((await import('node:child_process')).fork('/dev/null'), 'spawn');
  },
  worker: async () => {
    const { Worker } = await import('node:worker_threads');
    await once(new Worker('1', { eval: true }), 'online');
  },
  cluster: async () => {
    await once((await import('node:cluster')).default.fork(), 'online');
  },
  addon: () => createRequire(import.meta.url)('better-sqlite3-multiple-ciphers')(':memory:'),
  dlopen: () => process.dlopen({ exports: {} }, '/lib/x86_64-linux-gnu/libc.so.6'),
  inspector: async () => (await import('node:inspector')).open(0),
  wasi: async () => new (await import('node:wasi')).WASI({ version: 'preview1', preopens: { '/': '/' } }),
  'sqlite: open': async ({ folder }) => {
    const Database = await sqlite();
    new Database(`${folder}/new.db`).exec('create table t(x)');
  },
  'sqlite: attach': async ({ folder }) => {
    const Database = await sqlite();
    new Database(':memory:').exec(`attach '${folder}/attached.db' as a; create table a.t(x)`);
  },
  'sqlite: vacuum into': async ({ folder }) => {
    const Database = await sqlite();
    new Database(':memory:').exec(`vacuum into '${folder}/vacuumed.db'`);
  },
  'grant itself more': () => (process as { permission?: { has(what: string): boolean } }).permission?.has('fs.write') || nothing(),
  // What is asked rather than tried.
  environment: () => Object.keys(process.env),
  descriptors: () => Array.from({ length: 256 }, (_, i) => i + 3).filter(isOpen),
  parent: () => process.ppid,
  'a little': () => [Buffer.alloc(GIB / 16, 1)].length,
  // What ends the process.
  'eight gigabytes': () => Array.from({ length: 32 }, () => Buffer.alloc(GIB / 4, 1)).length,
  'kill the parent': () => process.kill(process.ppid, 'SIGKILL'),
  'kill everybody': () => process.kill(-1, 'SIGKILL'),
  forever: () => {
    for (;;);
  },
  'forever asleep': () => new Promise(() => setInterval(() => {}, 1000)),
  flood: async () => {
    for (;;) if (!process.stdout.write('x'.repeat(1 << 20))) await once(process.stdout, 'drain');
  },
};
/** Whether a descriptor is something one could read or send to; Node's own (pipes, event queues) are not. */
const isOpen = (fd: number): boolean => {
  try {
    const stat = fstatSync(fd);
    return stat.isFile() || stat.isDirectory() || stat.isSocket();
  } catch {
    return false;
  }
};
const nothing = () => {
  throw Object.assign(new Error('nothing to be had'), { code: 'NOTHING' });
};

const chunks: Uint8Array[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
// Written by the test on the other end of this pipe.
const at = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Targets & { readonly attacks: readonly string[] };
const results: Record<string, unknown> = {};
for (const name of at.attacks)
  try {
    results[name] = { did: (await attacks[name]?.(at)) ?? null };
  } catch (error) {
    results[name] = { refused: String(Reflect.get(Object(error), 'code') ?? error) };
  }
process.stdout.write(JSON.stringify(results), () => process.exit(0));
