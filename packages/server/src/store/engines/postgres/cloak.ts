import { createCipheriv, createDecipheriv, createHmac, createSecretKey, randomFillSync } from 'node:crypto';
import { AncillaError } from '@ancilla/contracts';
import { pooledRandom } from '../../../random.ts';
import { SECRET_BYTES, type Place, type Value } from '../engine.ts';

/** How a store's documents stand in columns that whoever has the database can read. */
export interface Cloak {
  /** A document's key, as its column holds it. */
  key(collection: string, key: string): string;
  /** What stays of the key of a removed document. */
  mac(collection: string, key: string): Buffer;
  /** A value that an index compares; null stays null. */
  field(collection: string, field: string, value: Value): string | null;
  /** @param column - the key as its column holds it */
  hide(collection: string, column: string, key: string, body: string): Buffer;
  /** @throws {AncillaError} `store.corrupt` for what this store did not hide at this place */
  show(collection: string, column: string, hidden: Uint8Array): { readonly key: string; readonly body: string };
}

/** Keyed hashes remembered for each store. */
const MACS_KEPT = 5000;
const NONCE = 12;
const TAG = 16;
const random = pooledRandom((bytes) => randomFillSync(bytes));
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A key and a body in one: the key's length, the key, the body. */
function join(key: string, body: string): Buffer {
  const [head, tail] = [Buffer.from(key), Buffer.from(body)];
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, tail]);
}
function part(bytes: Uint8Array): { readonly key: string; readonly body: string } {
  const length = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).readUInt32BE();
  return { key: utf8.decode(bytes.subarray(4, 4 + length)), body: utf8.decode(bytes.subarray(4 + length)) };
}

/** Keyed hashes for keys and compared values, AES-256-GCM for the rest, bound to store, collection and key: rows cannot be exchanged. Times and sequence numbers stay readable, since pages are ordered by them. */
export function sealed({ name, mac_key, seal_key }: Place): Cloak {
  const macs = createSecretKey(Buffer.from(mac_key, 'hex'));
  const seals = createSecretKey(Buffer.from(seal_key, 'hex'));
  const known = new Map<string, string>();
  /** A key is asked for several times a commit, and agents, models and states come again and again. */
  const mac = (text: string): string => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const made = createHmac('sha256', macs).update(text).digest().subarray(0, SECRET_BYTES).toString('hex');
    if (known.size >= MACS_KEPT) known.clear();
    known.set(text, made);
    return made;
  };
  const key = (collection: string, id: string) => mac(`${collection}\n${id}`);
  const place = (collection: string, keyColumn: string) => Buffer.from(`${name}\n${collection}\n${keyColumn}`);
  return {
    key,
    mac: (collection, id) => Buffer.from(key(collection, id), 'hex'),
    field: (collection, field, value) => (value === null ? null : mac(`${collection}.${field}\n${JSON.stringify(value)}`)),
    hide(collection, keyColumn, id, body) {
      const nonce = random.bytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', seals, nonce);
      cipher.setAAD(place(collection, keyColumn));
      const text = cipher.update(join(id, body));
      return Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]);
    },
    show(collection, keyColumn, hidden) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', seals, hidden.subarray(0, NONCE));
        decipher.setAAD(place(collection, keyColumn));
        decipher.setAuthTag(hidden.subarray(-TAG));
        return part(Buffer.concat([decipher.update(hidden.subarray(NONCE, -TAG)), decipher.final()]));
      } catch (cause) {
        throw new AncillaError(
          'store.corrupt',
          `a document of ${collection} (key ${keyColumn}) does not open: this server has other keys than the one that wrote it (the folder keys of ANCILLA_DATA, or ANCILLA_MASTER_KEY), or it was changed, or belongs to another place`,
          {
            cause,
          },
        );
      }
    },
  };
}

/** For a site that wants SQL over its data: everything as it is. `convert_from(substring(body from 5 + length of the key), 'UTF8')` is the document. */
export function plain(place: Place): Cloak {
  const { mac } = sealed(place);
  return {
    key: (_, key) => key,
    mac,
    field: (_, __, value) => (value === null ? null : String(value)),
    hide: (_, __, key, body) => join(key, body),
    show: (_, __, hidden) => part(hidden),
  };
}
