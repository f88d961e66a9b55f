// Keyring: each tenant's own keys, wrapped by one master, and the ledger's signing key.
export { openKeyring, type Keyring } from './keyring.ts';
export { rotateFileMaster, rotateMaster } from './rotation.ts';
export { readTokenKey, rotateTokenKey } from './token-key.ts';
export type { TenantKeys } from './tenant-keys.ts';
export type { LedgerSigner } from './signer.ts';
export { orFull } from './disk-full.ts';
export { locked, lockFile } from './locked.ts';
export { writeSecretFile } from './secret-file.ts';
