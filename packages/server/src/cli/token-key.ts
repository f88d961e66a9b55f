import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { writeTokenKey } from '@ancilla/redaction';
import { readConfig } from '../config.ts';
import { readTokenKey, rotateTokenKey } from '../keys/index.ts';
import type { CommandIo } from './io.ts';

/**
 * `ancilla key token --tenant ID`: the key that makes a tenant's tokens, for agents whose SDK redacts in their own process. `ancilla key rotate-token --tenant ID`
 * makes a new one, after a compromise. Both work on the keyring in the data folder, whether or not a server runs.
 */
export async function tokenKeyCommand(verb: 'token' | 'rotate-token', tenant_id: string, io: CommandIo): Promise<number> {
  const { dataFolder, masterKey } = readConfig(io.env);
  const random = { bytes: (length: number) => randomBytes(length) };
  const of = { folder: join(dataFolder, 'keys'), master: masterKey, tenant_id, random };
  if (verb === 'token') io.stdout.write(`${writeTokenKey(await readTokenKey(of))}\n`);
  else
    io.stdout.write(
      `the token key of ${tenant_id} is version ${await rotateTokenKey(of)}: start every server again, and give SDKs that hold the key what \`ancilla key token\` says\n`,
    );
  return 0;
}
