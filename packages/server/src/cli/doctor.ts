import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { makeNewId, storageMap, type Clock, type Io, type Random } from '@ancilla/contracts';
import { openEvidenceFolder } from '../audit/index.ts';
import { readConfig, type Config } from '../config.ts';
import { openKeyring } from '../keys/index.ts';
import { engineFor, openStores } from '../store/index.ts';
import { parseOptions, UsageError, type CommandIo } from './io.ts';
import { quarantineDrill } from './quarantine-drill.ts';

interface Finding {
  readonly ok: boolean;
  readonly what: string;
  readonly fix?: string;
}

const good = (what: string): Finding => ({ ok: true, what });
const bad = (what: string, fix: string): Finding => ({ ok: false, what, fix });
const LEAST_FREE_BYTES = 1024 ** 3;

/** `ancilla doctor`: what is wrong with this installation and how to mend it. Exit 1 when something is. `--drill quarantine` tries out an outage of redaction. */
export async function doctorCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { options } = parseOptions(args, { values: ['drill'], flags: [] });
  if (options.drill !== undefined) {
    if (options.drill !== 'quarantine') throw new UsageError(`no drill ${options.drill}; there is: quarantine`);
    return quarantineDrill((line) => void io.stdout.write(`${line}\n`));
  }
  const config = readConfig(io.env);
  const findings = [nodeVersion(), ...(await folders(config)), ...(await stores(config)), ...settings(config)];
  for (const { ok, what, fix } of findings)
    io.stdout.write(`${ok ? 'ok     ' : 'PROBLEM'} ${what}${fix === undefined ? '' : `\n        ${fix}`}\n`);
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

function nodeVersion(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= 26
    ? good(`Node ${process.versions.node}`)
    : bad(`Node ${process.versions.node}`, 'run through npm (npm start, npm run ancilla): it brings Node 26');
}

async function folders({ dataFolder }: Config): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const name of ['.', 'keys', 'store']) {
    const path = join(dataFolder, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined)
      findings.push(
        name === '.' ? bad(`${path} does not exist`, 'start the server once, or set ANCILLA_DATA') : good(`${path}: not there yet`),
      );
    else if ((found.mode & 0o077) !== 0 && name === 'keys') findings.push(bad(`${path} can be read by others`, `chmod 700 ${path}`));
    else findings.push(good(path));
  }
  const space = await statfs(dataFolder).catch(() => undefined);
  if (space !== undefined) {
    const free = space.bavail * space.bsize;
    findings.push(
      free >= LEAST_FREE_BYTES
        ? good(`${Math.floor(free / 1024 ** 3)} GiB free`)
        : bad(`${Math.floor(free / 1024 ** 2)} MiB free`, 'free disk space: a full disk refuses writes'),
    );
  }
  return findings;
}

/** Opens every store as a start would, with the check against the last checkpoint kept outside. */
async function stores({ dataFolder, masterKey, storeUrl, storePlain, allowPlaintext }: Config): Promise<readonly Finding[]> {
  const io: Io = { signal: AbortSignal.timeout(120_000) };
  const clock: Clock = { now: () => Date.now() };
  const random: Random = { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) };
  if (storeUrl === undefined && (await stat(join(dataFolder, 'store')).catch(() => undefined)) === undefined) return [];
  try {
    const keyring = await openKeyring({ folder: join(dataFolder, 'keys'), random, master: masterKey });
    const evidence = openEvidenceFolder(join(dataFolder, 'evidence'), keyring.signer());
    await using all = await openStores({
      openEngine: engineFor({ url: storeUrl, plain: storePlain, folder: join(dataFolder, 'store'), allowPlaintext }, () => {}),
      keyring,
      collections: storageMap,
      clock,
      random,
      newId: makeNewId(clock, random),
      anchors: evidence,
    });
    const findings: Finding[] = [good('keyring opens')];
    for (const tenant_id of await all.tenantIds(io)) {
      const store = all.tenant(tenant_id);
      try {
        const { size } = await store.ledger.head(io);
        const log_id = await store.ledger.logId(io);
        const last = await evidence.last(log_id);
        const reachesIt = last === undefined || last.size <= size;
        findings.push(
          reachesIt
            ? good(`tenant ${tenant_id}: ${size} entries, last checkpoint at ${last?.size ?? 0}, log ${log_id}`)
            : bad(
                `tenant ${tenant_id}: ${size} entries, but a checkpoint covers ${last.size}`,
                `entries were lost or an old file was put back: restore the newest backup; ancilla verify ${join(dataFolder, 'evidence', log_id)} shows what was signed`,
              ),
        );
      } catch (error) {
        findings.push(
          bad(
            `tenant ${tenant_id}: ${error instanceof Error ? error.message : 'does not open'}`,
            'restore its file from a backup; the other tenants are not affected',
          ),
        );
      }
    }
    return findings;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'store.locked') return [good('a server has the folder open: its stores were not looked into')];
    return [bad(error instanceof Error ? error.message : 'the stores do not open', 'check ANCILLA_DATA and ANCILLA_MASTER_KEY')];
  }
}

const settings = ({ allowPlaintext, host, tlsCertFile, storeUrl, storePlain }: Config): readonly Finding[] => [
  ...(storeUrl === undefined
    ? []
    : [
        storePlain
          ? bad(
              'ANCILLA_STORE_PLAIN=1: whoever has the database reads the documents',
              'unset it before the first start, unless you want SQL over them',
            )
          : good('documents in PostgreSQL are sealed under their tenant’s key'),
      ]),
  allowPlaintext
    ? bad('ANCILLA_ALLOW_PLAINTEXT=1: outgoing connections may be unencrypted', 'unset it unless every peer is on a network you trust')
    : good('outgoing connections verify TLS'),
  good(tlsCertFile === undefined ? `listens on ${host} without TLS` : `listens on ${host} with TLS`),
];
