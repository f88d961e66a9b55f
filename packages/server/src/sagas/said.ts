// What callers say of their sagas stands in logs for good: it must say nothing about a person.
import { invalidAt, type Io, type KeyedHash, type Of } from '@ancilla/contracts';
import { canonicalJson } from '@ancilla/evidence';

export interface SaidParts {
  readonly hmac: KeyedHash;
  /** Whether a tenant's redaction would change a text. @throws {AncillaError} `redaction.failed` */
  readonly isRedacted: (of: Of, text: string, io: Io) => Promise<boolean>;
}

export interface Said {
  /** A caller's own key as it is kept: the same for the same key of the same owner, telling nothing of it. */
  keptKey(of: Pick<Of, 'tenant_id'>, owner: string, key: string): string;
  /** @throws {AncillaError} `schema.invalid` that says by path which name redaction would change */
  checkNames(of: Of, names: Readonly<Record<`/${string}`, string | undefined>>, io: Io): Promise<void>;
}

/** Where a long number is glued to a word, a name's words end; those of prose do not. */
const GLUED = /(?<=[A-Za-z])(?=\d{9})/g;

export const openSaid = ({ hmac, isRedacted }: SaidParts): Said => ({
  keptKey: ({ tenant_id }, owner, key) => Buffer.from(hmac(tenant_id, 'saga-key', canonicalJson([owner, key]))).toString('base64url'),
  async checkNames(of, names, io) {
    for (const [path, name = ''] of Object.entries(names))
      for (const text of new Set([name, name.replaceAll(GLUED, ' ')]))
        if (await isRedacted(of, text, io))
          throw invalidAt(
            path,
            'must say nothing about a person',
            'a name stands in the log for good, and this one holds what redaction takes out',
          );
  },
});
