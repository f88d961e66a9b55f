import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isAncillaError,
  makeNewId,
  storageMap,
  unstoppable,
  type Clock,
  type Collection,
  type Io,
  type Platform,
  type Random,
  type Store,
  type Tenant,
} from '@ancilla/contracts';
import { checkDocuments, openEvidenceFolder, type EvidenceFolder } from '../audit/index.ts';
import { readConfig, type Config } from '../config.ts';
import { openKeyring } from '../keys/index.ts';
import { checkAnchor, engineFor, openStores } from '../store/index.ts';
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

type Log<P> = Collection<'log', Collection['schema'], Collection['indexes'], P>;

/**
 * `ancilla doctor`: what is wrong with this installation and how to mend it. Exit 1 when something is. `--documents` reads every document of the logs and holds it
 * against its ledger; `--drill quarantine` tries out an outage of redaction.
 */
export async function doctorCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { options, set } = parseOptions(args, { values: ['drill'], flags: ['documents'] });
  if (options.drill !== undefined) {
    if (options.drill !== 'quarantine') throw new UsageError(`no drill ${options.drill}; there is: quarantine`);
    return quarantineDrill((line) => void io.stdout.write(`${line}\n`));
  }
  const config = readConfig(io.env);
  const findings = [nodeVersion(), ...(await folders(config)), ...(await stores(config, set.has('documents'))), ...settings(config)];
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
async function stores(
  { dataFolder, masterKey, storeUrl, storePlain, allowPlaintext }: Config,
  withDocuments: boolean,
): Promise<readonly Finding[]> {
  // However many documents there are, whoever asked for them all can stop the command.
  const io: Io = withDocuments ? unstoppable : { signal: AbortSignal.timeout(120_000) };
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
    const check = async <P>(name: string, store: Store<P>, logs: readonly Log<P>[]): Promise<Finding> => {
      const finding = await ledgerOf(name, store, { evidence, folder: join(dataFolder, 'evidence') }, io);
      return finding.ok && withDocuments ? await documentsOf(finding.what, name, store, logs, io) : finding;
    };
    const findings = [good('keyring opens'), await check('platform', all.platform, storageMap.filter(isPlatformLog))];
    for (const tenant_id of await all.tenantIds(io))
      findings.push(await check(`tenant ${tenant_id}`, all.tenant(tenant_id), storageMap.filter(isTenantLog)));
    return findings;
  } catch (error) {
    if (isAncillaError(error, 'store.locked')) return [good('a server has the folder open: its stores were not looked into')];
    return [
      bad(
        error instanceof Error ? error.message : 'the stores do not open',
        `check ${storeUrl === undefined ? '' : 'ANCILLA_STORE_URL, '}ANCILLA_DATA and ANCILLA_MASTER_KEY`,
      ),
    ];
  }
}

/** How a store stands to the last checkpoint kept outside of it. */
async function ledgerOf<P>(
  name: string,
  { ledger }: Store<P>,
  { evidence, folder }: { readonly evidence: EvidenceFolder; readonly folder: string },
  io: Io,
): Promise<Finding> {
  try {
    const log_id = await ledger.logId(io);
    const wrong = await checkAnchor(ledger, evidence, io);
    const { size } = await ledger.head(io);
    const last = (await evidence.last(log_id))?.size ?? 0;
    return wrong === undefined
      ? good(`${name}: ${size} entries, last checkpoint at ${last}, log ${log_id}`)
      : bad(
          `${name}: ${wrong}`,
          `it is read-only: restore the newest backup; ancilla verify ${join(folder, log_id)} shows what was signed`,
        );
  } catch (error) {
    return bad(
      `${name}: ${describe(error)}`,
      'the others are not affected; where the line before does not say what mends it, restore its store from a backup',
    );
  }
}

async function documentsOf<P>(known: string, name: string, store: Store<P>, logs: readonly Log<P>[], io: Io): Promise<Finding> {
  const wrong = await checkDocuments(store, logs, io).catch(describe);
  return wrong === undefined
    ? good(`${known}, each document as it was written`)
    : bad(`${name}: ${wrong}`, 'restore the newest backup, and find out who may change the database');
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : 'does not open');
const isLogOf = ({ kind, scope }: Collection, of: 'tenant' | 'platform'): boolean =>
  kind === 'log' && typeof scope === 'object' && scope !== null && of in scope;
const isTenantLog = (each: Collection): each is Log<Tenant> => isLogOf(each, 'tenant');
const isPlatformLog = (each: Collection): each is Log<Platform> => isLogOf(each, 'platform');

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
