import { openAdmin } from './admin.ts';
import { parseOptions, UsageError, type CommandIo } from './io.ts';
import { usageOf } from './usage.ts';

/** `ancilla tenant create ID [--name NAME] | list` */
export async function tenantCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { options, rest } = parseOptions(args, { values: ['name'], flags: [] });
  const [verb, tenant_id] = rest;
  if (verb === 'create' && tenant_id !== undefined) {
    await using admin = await openAdmin(io);
    io.stdout.write(
      `${JSON.stringify(await admin.request('POST', '/governance/tenants', { tenant_id, ...(options.name !== undefined && { name: options.name }) }))}\n`,
    );
    return 0;
  }
  if (verb === 'list') {
    await using admin = await openAdmin(io);
    io.stdout.write(`${JSON.stringify(await admin.list('/governance/tenants'))}\n`);
    return 0;
  }
  throw new UsageError(usageOf('tenant'));
}

/** `ancilla key create --tenant ID --role ROLE --subject WHO | list | disable KEY_ID | token --tenant ID | rotate-token --tenant ID | rotate-master` */
export async function keyCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { options, rest } = parseOptions(args, { values: ['tenant', 'role', 'subject', 'name'], flags: [] });
  const [verb, key_id] = rest;
  const say = (answer: unknown): number => {
    io.stdout.write(`${JSON.stringify(answer)}\n`);
    return 0;
  };
  if (verb === 'create' && options.role !== undefined && options.subject !== undefined) {
    await using admin = await openAdmin(io);
    const { tenant, role, subject, name } = options;
    return say(
      await admin.request('POST', '/governance/keys', {
        role,
        subject,
        ...(tenant !== undefined && { tenant_id: tenant }),
        ...(name !== undefined && { name }),
      }),
    );
  }
  if (verb === 'list') {
    await using admin = await openAdmin(io);
    return say(await admin.list('/governance/keys'));
  }
  if (verb === 'disable' && key_id !== undefined) {
    await using admin = await openAdmin(io);
    return say(await admin.request('DELETE', `/governance/keys/${encodeURIComponent(key_id)}`));
  }
  if ((verb === 'token' || verb === 'rotate-token') && options.tenant !== undefined)
    return (await import('./token-key.ts')).tokenKeyCommand(verb, options.tenant, io);
  if (verb === 'rotate-master') return (await import('./rotate-master.ts')).rotateMasterCommand(io);
  throw new UsageError(usageOf('key'));
}
