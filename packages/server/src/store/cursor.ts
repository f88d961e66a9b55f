import { AncillaError } from '@ancilla/contracts';
import { canonicalJson } from '@ancilla/evidence';
import { timingSafeEqual } from 'node:crypto';

/** Where a list stands: time and position of the last item seen. */
export type Position = readonly [time: string, position: number];
type Hmac = (purpose: string, data: string) => Uint8Array;

const MAC_BYTES = 16;

/**
 * Writes a position as an opaque cursor. Authenticated under the tenant's own key together with the list it belongs to, so that it fits no other tenant,
 * collection, index or filter.
 */
export const toCursor = (hmac: Hmac, list: object, position: Position): string => {
  const text = JSON.stringify(position);
  return Buffer.concat([mac(hmac, list, text), Buffer.from(text)]).toString('base64url');
};

/** @throws {AncillaError} `store.cursor_invalid` for a cursor of another list, or an altered one */
export function fromCursor(hmac: Hmac, list: object, cursor: string): Position {
  if (cursor.length > 512 || !/^[A-Za-z0-9_-]+$/.test(cursor)) throw refuse();
  const bytes = Buffer.from(cursor, 'base64url');
  const text = bytes.subarray(MAC_BYTES).toString();
  if (bytes.length <= MAC_BYTES || !timingSafeEqual(bytes.subarray(0, MAC_BYTES), mac(hmac, list, text))) throw refuse();
  // We wrote it ourselves, says the code above.
  return JSON.parse(text) as Position;
}

const mac = (hmac: Hmac, list: object, position: string) => hmac('store.cursor', canonicalJson([list, position])).subarray(0, MAC_BYTES);

const refuse = () => new AncillaError('store.cursor_invalid', 'this cursor is not one of this list');
