import {
  AncillaError,
  invalidAt,
  type Clock,
  type Io,
  type Of,
  type PromptEventInput,
  type RedactionReceipt,
  type TenantStore,
} from '@ancilla/contracts';
import { parsePolicy, RedactionError, tenantDefaultPolicy, type Policy, type TokenKey } from '@ancilla/redaction';
import type { Curator } from '../curator/index.ts';
import type { TenantKeys } from '../keys/index.ts';
import { freeTextFields } from './events.ts';
import { openGate, type Gate } from './gate.ts';
import type { RedactionThreads } from './redaction-threads.ts';

/** One tenant's second gate, under the policy in force. */
export interface TenantGate extends Gate {
  /** Whether policy lets raw pairs be kept, sealed. */
  readonly storeRaw: boolean;
  /** The policy in force, `id@version`. */
  readonly policy: string;
  /** What policy wants done with what comes while redaction is unavailable. */
  readonly onEngineFailure: Policy['on_engine_failure'];
  /** Whether redaction works at all: after a failure it tells an engine that is down from an input that it cannot take. */
  works(): boolean;
  /** An event whose every free-text field is clean; `fields` points to those that had to be changed. */
  cleanEvent(event: PromptEventInput): { readonly clean: PromptEventInput; readonly fields: readonly string[] };
}

export interface Gates {
  /** @throws {AncillaError} `redaction.failed` when the policy cannot be had or read: nothing passes ungated */
  of(of: Of, io: Io, policyId?: string): Promise<TenantGate>;
  /**
   * The gate under the policy that a caller asks for.
   * @throws {AncillaError} `schema.invalid` when there is none of that name, which is the caller's mistake; else as {@link of}
   */
  named(of: Of, policyId: string, io: Io): Promise<TenantGate>;
  /** The gate that wrote a receipt: under its version of the policy, and of the token key. @throws {AncillaError} `redaction.failed` when there is no such policy */
  at(of: Of, written: Written, io: Io): Promise<TenantGate>;
  /** A gate under a policy that is only proposed. @throws {AncillaError} `redaction.policy` when it is none */
  proposed(tenant_id: string, policy: unknown): Gate;
  /**
   * How what a caller writes is redacted: under the tenant's policy; where there is none that can be used, or no tenant, masked under the shipped one,
   * so that the reason for which a broken policy is mended can be given.
   */
  ofWriting(of: Of, io: Io): Promise<Writing>;
}

/** Redacts what a caller writes. @throws {AncillaError} `redaction.failed` or `redaction.refused` */
export interface Writing {
  sentence(text: string): string;
  /** A name or a reference, whose form has no room for a stand-in's brackets. */
  word(text: string): string;
}

/** What an engine finds, if it finds anything. */
type Written = Pick<RedactionReceipt, 'policy_id' | 'policy_version' | 'token_key_version'>;

/** The key of a version, which knows what all others made; the newest where there is none such. */
function keyOf({ version, bytes, earlier }: Required<TokenKey>, wanted: number | null | undefined): TokenKey {
  const all = [{ version, bytes }, ...earlier];
  const chosen = earlier.find((each) => each.version === wanted) ?? { version, bytes };
  return { ...chosen, earlier: all.filter((each) => each.version !== chosen.version) };
}

const PROBE = 'write to probe@example.org today';
const DEFAULT_POLICY = 'tenant_default';
/** How long a policy label's answer is believed. */
const BELIEVED_MS = 5000;
const CLEAN_WORDS_KEPT = 20_000;

export function openGates({
  curator,
  keys,
  clock,
  engine = openGate,
  threads,
}: {
  readonly curator: Curator;
  readonly keys: (tenant_id: string) => TenantKeys;
  readonly clock: Clock;
  /** Another only where its failure is tried out. */
  readonly engine?: typeof openGate;
  /** Where long values are read. */
  readonly threads: RedactionThreads;
}): Gates {
  const byVersion = new Map<string, TenantGate>();
  const masking = engine({ policy: { ...tenantDefaultPolicy, default_action: 'mask' }, tokenKey: undefined });
  const inForce = new Map<string, { readonly until: number; readonly gate: Promise<TenantGate> }>();

  async function open(tenant: TenantStore, tenant_id: string, policyId: string, io: Io, written?: Written): Promise<TenantGate> {
    const ref = written === undefined ? { label: 'production' } : { version: written.policy_version };
    const found = await curator.resolve(tenant, 'redaction_policies', policyId, ref, io);
    if (found === undefined)
      throw new AncillaError(
        'redaction.failed',
        `no redaction policy ${policyId} is ${written === undefined ? 'labelled production' : `of version ${written.policy_version}`}`,
      );
    const tokenKey = keyOf(keys(tenant_id).token_key, written?.token_key_version);
    const key = `${tenant_id}/${policyId}@${found.version}/${found.digest}/${tokenKey.version}`;
    const had = byVersion.get(key);
    if (had !== undefined) return had;
    const policy = readStored(policyId, found.content);
    const probe = engine({ policy: tenantDefaultPolicy, tokenKey });
    const gate: TenantGate = {
      ...withEvents(engine({ policy, tokenKey, threads })),
      storeRaw: policy.store_raw,
      policy: `${policyId}@${found.version}`,
      onEngineFailure: policy.on_engine_failure,
      works() {
        try {
          return threads.isUp && probe.text(PROBE).text !== PROBE;
        } catch {
          return false;
        }
      },
    };
    byVersion.set(key, gate);
    return gate;
  }

  const inForceOf: Gates['of'] = ({ tenant, tenant_id }, io, policyId = DEFAULT_POLICY) => {
    const key = `${tenant_id}/${policyId}`;
    const hit = inForce.get(key);
    if (hit !== undefined && hit.until > clock.now()) return hit.gate;
    const gate = open(tenant, tenant_id, policyId, io);
    inForce.set(key, { until: clock.now() + BELIEVED_MS, gate });
    gate.catch(() => inForce.delete(key));
    return gate;
  };

  return {
    of: inForceOf,
    async named(of, policyId, io) {
      const labelled = await curator.resolve(of.tenant, 'redaction_policies', policyId, { label: 'production' }, io);
      if (labelled !== undefined || policyId === DEFAULT_POLICY) return await inForceOf(of, io, policyId);
      const known = await curator.idsOf(of.tenant, 'redaction_policies', io);
      const message = known.includes(policyId)
        ? 'no version of this policy is labelled production'
        : `there is no such redaction policy; there are ${known.join(', ')}`;
      throw invalidAt('/policy_id', message, message);
    },
    async ofWriting({ tenant, tenant_id }, io) {
      // Looked up anew: what is believed for a while would else be the policy before the one that this very request moves.
      const gate = tenant_id === '' ? masking : await open(tenant, tenant_id, DEFAULT_POLICY, io).catch(() => masking);
      return { sentence: (text) => gate.text(text).text, word: (text) => cleanWord(gate, text) };
    },
    proposed: (tenant_id, policy) => openGate({ policy: toPolicy(policy), tokenKey: keys(tenant_id).token_key, threads }),
    at: ({ tenant, tenant_id }, written, io) => open(tenant, tenant_id, written.policy_id, io, written),
  };
}

/** A policy in force that is broken is nothing a caller can mend: what it sends is not wrong, and may come again. */
function readStored(policyId: string, content: unknown): Policy {
  try {
    return parsePolicy(content);
  } catch (cause) {
    throw new AncillaError('redaction.failed', `the redaction policy ${policyId} that is in force is not valid`, { cause });
  }
}

function toPolicy(content: unknown): Policy {
  try {
    return parsePolicy(content);
  } catch (error) {
    if (error instanceof RedactionError) throw new AncillaError(error.code, error.message, { cause: error });
    throw error;
  }
}

function cleanWord(gate: Gate, text: string): string {
  const clean = gate.text(text).text;
  return clean === text ? text : clean.replaceAll(/[^A-Za-z0-9._-]/g, '');
}

/** An origin stays one: where its host was an address, the token's letters are the host. A model on a machine without a name is called by address. */
function cleanOrigin(gate: Gate, origin: string): string {
  const clean = gate.text(origin).text;
  if (clean === origin) return origin;
  const [, scheme = 'redacted:', rest = ''] = /^(https?:\/\/|[a-z][a-z0-9+.-]{0,31}:)?(.*)$/s.exec(clean) ?? [];
  return scheme + rest.replaceAll('_', '-').replaceAll(/[^A-Za-z0-9.:-]/g, '');
}

/** A gate that cleans events too. */
function withEvents(gate: Gate): Gate & Pick<TenantGate, 'cleanEvent'> {
  // Ids of agents and models come again and again: what was clean under this policy stays clean.
  const cleanWords = new Set<string>();
  const cleanString = (text: string): string => {
    if (cleanWords.has(text)) return text;
    const clean = cleanWord(gate, text);
    if (clean === text) {
      if (cleanWords.size >= CLEAN_WORDS_KEPT) cleanWords.clear();
      cleanWords.add(text);
    }
    return clean;
  };
  /** Whether a value has nothing to clean: almost always so, and then nothing is built anew. */
  const isClean = (value: unknown, inSummary: boolean): boolean => {
    if (typeof value === 'string') return cleanString(value) === value;
    if (typeof value === 'number') return !inSummary || cleanString(String(value)) === String(value);
    if (typeof value !== 'object' || value === null) return true;
    // An array or a plain object, by its own keys.
    const members = value as Readonly<Record<string, unknown>>;
    for (const key of Object.keys(members)) if ((inSummary && cleanString(key) !== key) || !isClean(members[key], inSummary)) return false;
    return true;
  };
  return {
    ...gate,
    cleanEvent(event) {
      const fields: string[] = [];
      if (freeTextFields.every((field) => isClean(Reflect.get(event, field), field === 'response_summary')))
        return { clean: event, fields };
      const walk = (value: unknown, path: string): unknown => {
        if (typeof value === 'string') {
          const clean = path === '/endpoint' ? cleanOrigin(gate, value) : cleanString(value);
          if (clean !== value) fields.push(path);
          return clean;
        }
        if (typeof value === 'number' && path.startsWith('/response_summary')) return walkNumber(value, path);
        if (Array.isArray(value)) return value.map((item, index) => walk(item, `${path}/${index}`));
        if (typeof value !== 'object' || value === null) return value;
        return Object.fromEntries(
          Object.entries(value).map(([key, item]) => {
            const clean = path.startsWith('/response_summary') ? cleanString(key) : key;
            if (clean !== key) fields.push(`${path}/${clean}`);
            return [clean, walk(item, `${path}/${clean}`)];
          }),
        );
      };
      /** A card number is one as a number too. */
      const walkNumber = (value: number, path: string): unknown => {
        const text = String(value);
        const clean = cleanString(text);
        if (clean === text) return value;
        fields.push(path);
        return clean;
      };
      const cleaned: Record<string, unknown> = { ...event };
      for (const field of freeTextFields) if (field in cleaned) cleaned[field] = walk(cleaned[field], `/${field}`);
      // Same fields, strings replaced by strings: still an event; the store checks it against the schema once more.
      return { clean: cleaned as PromptEventInput, fields };
    },
  };
}
