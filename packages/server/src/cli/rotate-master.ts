import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readConfig, settings } from '../config.ts';
import { rotateFileMaster, rotateMaster } from '../keys/index.ts';
import { orFolderFault } from '../start-faults.ts';
import { inFolder } from '../store/index.ts';
import { UsageProblem, type CommandIo } from './io.ts';

/**
 * `ancilla key rotate-master`: every tenant's keys wrapped by another master key; the data is not touched. Where ANCILLA_MASTER_KEY gives the master, ANCILLA_NEXT_MASTER_KEY
 * gives the next one; else it lies beside the keyring, and so does the one made now. After a crash it is run again.
 * @throws {AncillaError} `store.locked` while a server has the data folder; whether one runs on PostgreSQL is for the operator to see to
 */
export async function rotateMasterCommand(io: CommandIo): Promise<number> {
  const config = readConfig(io.env);
  const { dataFolder, masterKey, nextMasterKey, storeUrl } = config;
  // A server keeps the keyring open, and would write the old wraps over the new.
  await using _ = storeUrl === undefined ? await orFolderFault(inFolder(join(dataFolder, 'store'))([]), config) : undefined;
  const parts = { folder: join(dataFolder, 'keys'), random: { bytes: (length: number) => randomBytes(length) } };
  if (masterKey === undefined) await rotateFileMaster(parts);
  else if (nextMasterKey === undefined)
    throw new UsageProblem(
      `${settings.nextMasterKey.variable}: set it to 64 hex digits, the key that ${settings.masterKey.variable} is to be from now on`,
    );
  else await rotateMaster({ ...parts, from: masterKey, to: nextMasterKey });
  io.stdout.write(
    `every key is wrapped by the new master key${masterKey === undefined ? '' : `; start the server with it in ${settings.masterKey.variable}`}\n`,
  );
  return 0;
}
