import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import { rotateFileMaster, rotateMaster } from '../keys/index.ts';
import { inFolder } from '../store/index.ts';
import { UsageProblem, type CommandIo } from './io.ts';

const NEXT = 'ANCILLA_NEXT_MASTER_KEY';

/**
 * `ancilla key rotate-master`: every tenant's keys wrapped by another master key; the data is not touched. Where ANCILLA_MASTER_KEY gives the master, ANCILLA_NEXT_MASTER_KEY
 * gives the next one; else it lies beside the keyring, and so does the one made now. After a crash it is run again.
 * @throws {AncillaError} `store.locked` while a server has the data folder; whether one runs on PostgreSQL is for the operator to see to
 */
export async function rotateMasterCommand(io: CommandIo): Promise<number> {
  const { dataFolder, masterKey, storeUrl } = readConfig(io.env);
  // A server keeps the keyring open, and would write the old wraps over the new.
  await using _ = storeUrl === undefined ? await inFolder(join(dataFolder, 'store'))([]) : undefined;
  const parts = { folder: join(dataFolder, 'keys'), random: { bytes: (length: number) => randomBytes(length) } };
  const to = io.env[NEXT];
  if (masterKey === undefined) await rotateFileMaster(parts);
  else if (to === undefined)
    throw new UsageProblem(`${NEXT}: expected 64 hex digits, the key that ANCILLA_MASTER_KEY is to be from now on`);
  else await rotateMaster({ ...parts, from: masterKey, to });
  io.stdout.write(
    `every key is wrapped by the new master key${masterKey === undefined ? '' : `; start the server with it in ANCILLA_MASTER_KEY`}\n`,
  );
  return 0;
}
