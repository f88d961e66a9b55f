import { storageMap } from '@ancilla/contracts';
import { readConfig } from '../config.ts';
import { migrateDatabase } from '../store/index.ts';
import { parseOptions, UsageError, UsageProblem, type CommandIo } from './io.ts';
import { usageOf } from './usage.ts';

/** `ancilla migrate [--grant ROLE]`: makes the tables in PostgreSQL as their owner, so that servers can run as a role that owns nothing. May be repeated. */
export async function migrateCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { options, rest } = parseOptions(args, { values: ['grant'], flags: [] });
  if (rest.length > 0) throw new UsageError(usageOf('migrate'));
  const { storeUrl, allowPlaintext } = readConfig(io.env);
  if (storeUrl === undefined)
    throw new UsageProblem('ANCILLA_STORE_URL names no database; files in the data folder are brought forward when they are opened');
  await migrateDatabase({ url: storeUrl, allowPlaintext, grantTo: options.grant }, storageMap);
  io.stdout.write(`the tables are of this version${options.grant === undefined ? '' : `; ${options.grant} may use them`}\n`);
  return 0;
}
