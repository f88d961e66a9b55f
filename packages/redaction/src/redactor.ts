// Runs in browsers too. Redaction of a JSON value or a text under a policy: all of it, or an error and nothing.
import { confidence, type Found } from './detector.ts';
import { holdsText } from './decode.ts';
import { detectors } from './detectors/index.ts';
import { detect, ENCODED, ENGINE_VERSION, settle, toEngine } from './engine.ts';
import { entityTypes } from './entity-types.ts';
import { RedactionError } from './errors.ts';
import { defaultLimits, type JsonValue, type Limits } from './json.ts';
import { marksEnd, toOriginal, toRead, toView } from './normalise.ts';
import { ownRules, type OwnRules } from './own-rules.ts';
import { IMITATION, merge, replaced, toLookAgain, withoutOverlap, type Piece, type Span } from './pieces.ts';
import { actions, type Action, type Policy } from './policy.ts';
import { Remembered, type Clean } from './remembered.ts';
import { openTokens, TOKEN, type TokenKey, type Tokens } from './tokens.ts';

/** What was done, for the event: recomputable from the raw value, the policy and the key. */
export interface Receipt {
  readonly policy_id: string;
  readonly policy_version: string;
  readonly engine_version: string;
  readonly token_key_version: number | null;
  readonly counts: Readonly<Record<string, number>>;
  /** UTF-8; of a value that is not a text, its JSON. */
  readonly bytes_in: number;
  readonly bytes_out: number;
}

export interface Redacted {
  readonly value: JsonValue;
  /** For a text; empty for any other value, whose strings have offsets of their own. */
  readonly spans: readonly Span[];
  readonly receipt: Receipt;
}

export interface Redactor {
  /** @throws {RedactionError} and then nothing may be sent or stored */
  redact(value: unknown): Redacted;
}

export interface RedactorParts {
  readonly policy: Policy;
  readonly tokenKey?: TokenKey | undefined;
  readonly limits?: Limits;
  /** Characters of answers to long texts that are kept, by hash: what comes again is not read again. */
  readonly remember?: number;
}

/** 4 MB. */
const REMEMBERED = 2 ** 21;
const engine = toEngine(detectors);

/**
 * @throws {RedactionError} `redaction.policy` for an action nobody knows, `redaction.failed` when the policy asks for tokens and there is no key
 */
export function redactor({ policy, tokenKey, limits = defaultLimits, remember = REMEMBERED }: RedactorParts): Redactor {
  // Callers in JavaScript can hand over anything; guessing would let text through.
  if (typeof policy !== 'object' || policy === null || typeof policy.policy_id !== 'string')
    throw new RedactionError('redaction.policy', 'there is no policy');
  const asked = [policy.default_action, ...Object.values(policy.entities)];
  for (const action of asked)
    if (!actions.includes(action)) throw new RedactionError('redaction.policy', 'the policy names an unknown action');
  if (tokenKey === undefined && asked.includes('token'))
    throw new RedactionError('redaction.failed', 'the policy asks for tokens and there is no token key');
  const tokens = tokenKey === undefined ? undefined : openTokens(tokenKey);
  const own = ownRules(policy);
  const allowed = new Set(policy.allow.map((value) => value.toLowerCase()));
  const remembered = new Remembered(remember);

  return {
    redact(value) {
      const run = new Run({ policy, tokens, own, allowed, limits, remembered });
      try {
        const clean = run.value(value, '', 0);
        return {
          value: clean,
          spans: typeof value === 'string' ? run.spans : [],
          receipt: {
            policy_id: policy.policy_id,
            policy_version: policy.version,
            engine_version: ENGINE_VERSION,
            token_key_version: tokenKey?.version ?? null,
            counts: Object.fromEntries([...run.counts].toSorted((one, other) => (one[0] < other[0] ? -1 : 1))),
            bytes_in: byteLength(value),
            bytes_out: byteLength(clean),
          },
        };
      } catch (error) {
        if (error instanceof RedactionError) throw error;
        throw new RedactionError('redaction.failed', 'the engine failed on this input');
      }
    },
  };
}

interface RunParts {
  readonly policy: Policy;
  readonly tokens: Tokens | undefined;
  readonly own: OwnRules;
  readonly allowed: ReadonlySet<string>;
  readonly limits: Limits;
  readonly remembered: Remembered;
}

/** One call: its counts and budgets. */
class Run {
  readonly #parts: RunParts;
  counts = new Map<string, number>();
  spans: readonly Span[] = [];
  #nodes = 0;
  #characters = 0;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  /** @param key - what names the value: context for its detectors */
  value(value: unknown, key: string, depth: number): JsonValue {
    const { limits } = this.#parts;
    if (++this.#nodes > limits.nodes) throw new RedactionError('redaction.refused', `more than ${limits.nodes} values`);
    if (depth > limits.depth) throw new RedactionError('redaction.refused', `deeper than ${limits.depth} levels`);
    if (typeof value === 'string') return this.#string(value, key, depth);
    if (typeof value === 'number') return this.#number(value, key);
    if (typeof value === 'boolean' || value === null) return value;
    if (Array.isArray(value)) return this.#bytes(value, key) ?? value.map((item) => this.value(item, key, depth + 1));
    if (typeof value === 'object' && isPlain(value)) return this.#object(value, key, depth);
    throw new RedactionError('redaction.refused', `not a JSON value: ${typeof value}`);
  }

  /** A buffer that somebody wrote as a list of bytes is read as the text that it holds, and is that text where something was found in it. */
  #bytes(value: readonly unknown[], key: string): string | undefined {
    if (!holdsText(value)) return undefined;
    const before = new Map(this.counts);
    const { text, spans } = this.#text(value.join(', '), key);
    if (spans.some(({ rule }) => rule.startsWith(ENCODED))) return text;
    this.counts = before;
    return undefined;
  }

  #object(value: object, outer: string, depth: number): JsonValue {
    const clean = new Map<string, JsonValue>();
    for (const [key, item] of Object.entries(value)) {
      const safe = this.#text(key, '').text;
      // Two keys that became one would lose a value.
      let name = safe;
      for (let copy = 2; clean.has(name); copy++) name = `${safe}#${copy}`;
      clean.set(name, this.value(item, names(outer, key), depth + 1));
    }
    return Object.fromEntries(clean);
  }

  #number(value: number, key: string): JsonValue {
    if (!Number.isFinite(value)) throw new RedactionError('redaction.refused', 'not a JSON value: a number that is not finite');
    const written = String(value);
    const { text } = this.#text(written, key);
    return text === written ? value : text;
  }

  #string(value: string, key: string, depth: number): JsonValue {
    const before = new Map(this.counts);
    const { text, spans } = this.#text(value, key);
    if (depth === 0) this.spans = spans;
    if (spans.length === 0 || !/^\s*[[{]/.test(value) || isJson(text)) return text;
    // A number inside JSON inside a string became a token: as text that would no longer be JSON, so it is redacted as the value it is.
    const inner = parseJson(value);
    if (inner === undefined) return text;
    this.counts = before;
    return JSON.stringify(this.value(inner, key, depth + 1));
  }

  #text(value: string, key: string): Clean {
    this.#characters += value.length;
    const { limits, remembered } = this.#parts;
    if (this.#characters > limits.characters) throw new RedactionError('redaction.refused', `more than ${limits.characters} characters`);
    const clean = remembered.of(value, key, () => this.#read(value, key));
    for (const { type } of clean.spans) this.counts.set(type, (this.counts.get(type) ?? 0) + 1);
    return clean;
  }

  /** Redacted until nothing more is found: what a replacement leaves may read differently, and redacting twice must change nothing. */
  #read(value: string, key: string): Clean {
    let text = value;
    let done: readonly Piece[] = [];
    let only: readonly number[] | undefined;
    for (let round = 0; ; round++) {
      const { pieces, judged, announced, stretch } = this.#pieces(text, key, only);
      if (pieces.length === 0) break;
      if (round === MOST_ROUNDS) throw new RedactionError('redaction.failed', 'the text does not come to rest');
      text = replaced(text, pieces);
      // Seldom does a second look find anything; when it does, all is looked at again.
      only = round === 0 ? toLookAgain(pieces, judged, announced, stretch) : undefined;
      done = merge(done, pieces);
    }
    const spans: Span[] = [];
    for (const { start, end, type, action, rule, confidence: sure, validator, context } of done)
      if (rule !== IMITATION) spans.push({ start, end, type, action, rule, confidence: sure, validator, context });
    return { text, spans };
  }

  /** What is replaced in a text and by what, in order. */
  #pieces(
    value: string,
    key: string,
    only: readonly number[] | undefined,
  ): {
    readonly pieces: readonly Piece[];
    readonly judged: readonly number[];
    readonly announced: readonly number[];
    readonly stretch: number;
  } {
    const { policy, own, allowed, tokens } = this.#parts;
    const { kept, escaped, rest } = this.#givenTokens(value);
    const lead = key === '' ? '' : `${key}: `;
    const view = toView(rest);
    const scan = detect(engine, {
      text: lead + view.text,
      floor: lead.length,
      regions: policy.locales,
      only: only?.map((offset) => toRead(view, offset) + lead.length),
      given: kept.filter(({ type }) => type === 'NATIONAL_ID' || type === 'BANK_ACCOUNT').map(({ end }) => toRead(view, end) + lead.length),
    });
    const found: Found[] = [];
    for (const each of [...scan.found, ...own(scan.text, lead.length)]) {
      const [start, last] = toOriginal(view, each.start - lead.length, each.end - lead.length);
      const end = view.changes.length === 0 ? last : marksEnd(rest, last);
      found.push({
        start,
        end,
        type: each.type,
        rule: each.rule,
        confidence: each.confidence,
        validator: each.validator,
        context: each.context,
        // Only a token is made from it.
        canonical: tokens && (each.canonical ?? scan.text.slice(each.start, each.end).trim()),
      });
    }
    if (found.length === 0 && escaped.length === 0) return NOTHING;
    const written = (at: number): number =>
      view.changes.length === 0 ? at - lead.length : toOriginal(view, at - lead.length, at - lead.length + 1)[0];
    const pieces: Piece[] = [...escaped];
    for (const each of settle([...found, ...kept])) {
      if (each.rule === KEPT) continue;
      const action = policy.entities[each.type] ?? policy.default_action;
      const { start, end, type, rule, validator, context } = each;
      const raw = value.slice(start, end);
      if (action === 'allow' || (allowed.size > 0 && allowed.has(raw.toLowerCase()))) continue;
      pieces.push({
        start,
        end,
        type,
        action,
        rule,
        confidence: each.confidence,
        validator,
        context,
        as: this.#replacement(action, type, each.canonical ?? raw),
      });
    }
    return {
      pieces: escaped.length === 0 ? pieces : withoutOverlap(pieces),
      judged: scan.judged.map(written),
      announced: scan.announced.map(written),
      stretch: view.changes.reduce((most, { length, from, to }) => Math.max(most, length === 0 ? to - from + 1 : to - from), 1),
    };
  }

  #replacement(action: Action, type: string, canonical: string): string {
    switch (action) {
      case 'mask':
        return `[${type}]`;
      case 'drop':
        return '';
      case 'token': {
        const { tokens } = this.#parts;
        if (tokens === undefined) throw new RedactionError('redaction.failed', 'the policy asks for tokens and there is no token key');
        return tokens.mint(type, canonical);
      }
      default:
        throw new RedactionError('redaction.policy', 'the policy names an unknown action');
    }
  }

  /**
   * Tokens and masks that already stand in a text: real ones are kept out of everything's way, imitations lose their brackets.
   * `rest` is the text as detectors read it: a stand-in says nothing about what stands next to it.
   */
  #givenTokens(value: string): { readonly kept: readonly Found[]; readonly escaped: readonly Piece[]; readonly rest: string } {
    const kept: Found[] = [];
    const escaped: Piece[] = [];
    const unread: { readonly start: number; readonly end: number; readonly as: string }[] = [];
    if (!value.includes('<') && !value.includes('[')) return { kept, escaped, rest: value };
    STAND_IN.lastIndex = 0;
    for (let match = STAND_IN.exec(value); match !== null; match = STAND_IN.exec(value)) {
      const [whole, token, body = '', mask] = match;
      const start = match.index;
      const end = start + whole.length;
      if (token === undefined || this.#parts.tokens?.minted(token, body) === true) {
        kept.push({ start, end, type: token ?? mask ?? '', rule: KEPT, confidence: confidence.kept });
        unread.push({ start, end, as: ')'.repeat(whole.length) });
      } else
        escaped.push({
          start,
          end,
          type: token,
          action: 'mask',
          rule: IMITATION,
          confidence: confidence.certain,
          as: `‹${token}_${body}›`,
        });
    }
    return { kept, escaped, rest: kept.length === 0 ? value : replaced(value, unread) };
  }
}

/** A replacement can uncover a find, which can uncover another; no text is known that needs more than three. */
const MOST_ROUNDS = 8;
/** A token's form, or a mask's. */
const STAND_IN = new RegExp(`${TOKEN.source}|\\[(${entityTypes.join('|')})\\]`, 'g');

const KEPT = 'token';
const NOTHING = { pieces: [], judged: [], announced: [], stretch: 1 };

/** Keys that say nothing of their own: then the key above names the value too. */
const SAYS_NOTHING =
  /^(?:value|values|number|no|nr|num|text|raw|data|content|primary|secondary|home|work|main|default|first|last|full|id|code|v|list|items|entries|all|other|\d{1,3})$/i;
/** Whose name it is, or what's: {"priority": {"name": "Highest"}}. */
const NAME = /^name$/i;
const names = (outer: string, key: string): string =>
  (outer === '' ? key : SAYS_NOTHING.test(key) ? `${outer} ${key}` : NAME.test(key) ? `${outer}.${key}` : key).slice(-80);

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON: a text like any other.
  }
}
const isJson = (text: string): boolean => parseJson(text) !== undefined;

const encoder = new TextEncoder();
/** In UTF-8, where a surrogate alone is written as U+FFFD. */
function byteLength(value: unknown): number {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return NOT_ASCII.test(text) ? encoder.encode(text).length : text.length;
}
const NOT_ASCII = /[^\0-\x7f]/;
