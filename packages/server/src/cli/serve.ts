import { readConfig } from '../config.ts';
import { openAncilla } from '../main.ts';
import { parseOptions, type CommandIo } from './io.ts';

/** `ancilla serve`: runs until it is told to stop, then drains. */
export async function serveCommand(args: readonly string[], io: CommandIo): Promise<number> {
  parseOptions(args, { values: [], flags: [] });
  const config = readConfig(io.env);
  const server = await openAncilla(config);
  io.stdout.write(`${server.url}\n`);
  if (server.adminKeyFile !== undefined)
    io.stdout.write(`first start: the platform admin's key is in ${server.adminKeyFile} (mode 0600)\n`);
  io.stdout.write(
    `reference  ${server.url}/docs\nkeys       ancilla tenant create ID, then ancilla key create --tenant ID --role tenant_admin --subject YOU\nconsole    ${server.url} opens with such a key\n`,
  );
  await io.stopped;
  await server.close();
  return 0;
}
