import {
  AncillaError,
  apiKeys,
  HOUR_MS,
  type Clock,
  type Io,
  type PlatformStore,
  type Random,
  type Role,
  type Who,
} from '@ancilla/contracts';
import { hashSecret, isSecret } from './secret.ts';

/** A sign-in of the console: lives in memory only, ends with the process or its time. */
interface Session {
  readonly who: Who;
  readonly until: number;
}
/** A single-use link: what it opens, once. */
interface Ticket {
  readonly opens: readonly { readonly tenant_id: string; readonly role: Role; readonly subject: string }[];
  readonly until: number;
}

export interface Identity {
  /** Who stands behind an `Authorization` header. @throws {AncillaError} `auth.missing`, `auth.invalid` */
  authenticate(authorization: string | undefined, io: Io): Promise<Who>;
  /** A key changed: the very next request asks the store. */
  forget(): void;
  /** A ticket for a single-use link to the console. */
  issueTicket(opens: Ticket['opens']): string;
  /** Trades a ticket for sessions, once. @throws {AncillaError} `auth.invalid` */
  redeemTicket(ticket: string): readonly { readonly tenant_id: string; readonly role: Role; readonly token: string }[];
}

/** How long a found key is believed without asking the store, where nobody calls `forget`: a server that does not hear what another one disabled. */
const BELIEVED_MS = 10_000;
const KEPT_AT_MOST = 10_000;
const TICKET_MS = HOUR_MS;
const SESSION_MS = 12 * HOUR_MS;
const SESSION_PREFIX = 'ses_';
const SESSION_KEY = 'session-';

/** Whether a credential is a session of the console, not an API key. */
export const isSession = (key_id: string): boolean => key_id.startsWith(SESSION_KEY);

export function openIdentity({
  platform,
  clock,
  random,
}: {
  readonly platform: PlatformStore;
  readonly clock: Clock;
  readonly random: Random;
}): Identity {
  const believed = new Map<string, Session>();
  const sessions = new Map<string, Session>();
  const tickets = new Map<string, Ticket>();
  let forgotten = 0;
  const token = (): string => Buffer.from(random.bytes(32)).toString('base64url');
  const live = <T extends { readonly until: number }>(from: Map<string, T>, key: string): T | undefined => {
    const found = from.get(key);
    if (found !== undefined && found.until > clock.now()) return found;
    from.delete(key);
    return undefined;
  };

  return {
    async authenticate(authorization, io) {
      if (authorization === undefined) throw new AncillaError('auth.missing', 'this route needs a credential');
      const [, secret] = /^Bearer ([\x21-\x7e]{1,256})$/i.exec(authorization) ?? [];
      if (secret === undefined) throw new AncillaError('auth.invalid', 'Authorization is not `Bearer <api key>`');
      if (secret.startsWith(SESSION_PREFIX)) {
        const session = live(sessions, hashSecret(secret));
        if (session === undefined)
          throw new AncillaError('auth.invalid', 'this session has ended; open the console with a key, or by a new link');
        return session.who;
      }
      const secret_hash = hashSecret(secret);
      const known = live(believed, secret_hash);
      if (known !== undefined) return known.who;
      if (!isSecret(secret)) throw new AncillaError('auth.invalid', 'this is no API key of Ancilla: it was cut or mistyped');
      const asked = forgotten;
      const { items } = await platform.find(apiKeys, { index: 'by_hash', equals: { secret_hash }, limit: 1 }, io);
      const key = items[0]?.doc;
      if (key === undefined || key.disabled) throw new AncillaError('auth.invalid', 'this API key is unknown or disabled');
      const who: Who = { id: key.subject, role: key.role, key_id: key.key_id, ...(key.tenant_id !== null && { tenant_id: key.tenant_id }) };
      if (believed.size >= KEPT_AT_MOST) believed.clear();
      // A key that was disabled while it was looked up must not be believed from now on.
      if (asked === forgotten) believed.set(secret_hash, { who, until: clock.now() + BELIEVED_MS });
      return who;
    },
    forget() {
      forgotten++;
      believed.clear();
    },
    issueTicket(opens) {
      const ticket = token();
      tickets.set(hashSecret(ticket), { opens, until: clock.now() + TICKET_MS });
      return ticket;
    },
    redeemTicket(ticket) {
      const key = hashSecret(ticket);
      const found = live(tickets, key);
      if (found === undefined)
        throw new AncillaError(
          'auth.invalid',
          'this link was used already or has run out; sign in with an API key, or start the demo again for a new link',
        );
      tickets.delete(key);
      return found.opens.map(({ tenant_id, role, subject }) => {
        const secret = SESSION_PREFIX + token();
        const key_id = SESSION_KEY + hashSecret(secret).slice(0, 16);
        sessions.set(hashSecret(secret), { who: { id: subject, role, key_id, tenant_id }, until: clock.now() + SESSION_MS });
        return { tenant_id, role, token: secret };
      });
    },
  };
}
