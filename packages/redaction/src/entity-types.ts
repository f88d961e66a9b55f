// Runs in browsers too.

/** What the shipped detectors know. A policy's own patterns may add types. */
export const entityTypes = [
  'PERSON',
  'EMAIL',
  'PHONE',
  'ADDRESS',
  'DATE_OF_BIRTH',
  'US_SSN',
  'NATIONAL_ID',
  'CREDIT_CARD',
  'IBAN',
  'BANK_ACCOUNT',
  'CRYPTO_ADDRESS',
  'IP_ADDRESS',
  'MAC_ADDRESS',
  'SECRET',
] as const;
export type EntityType = (typeof entityTypes)[number];

const known: ReadonlySet<string> = new Set(entityTypes);
export const isEntityType = (type: string): type is EntityType => known.has(type);
