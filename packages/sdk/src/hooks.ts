// Runs in browsers too. The hooks that come with the SDK. Pre-hooks see variables and inputs, post-hooks what the model answered.

export interface Candidate {
  readonly id: string;
  readonly confidence: number;
}

/** A sentence ends at . ! ? or an ideographic full stop before space or end, or at an empty line. An abbreviation's dot before a lower-case word ends none. */
const SENTENCE_END = /[.!?…。！？]+["'”’)\]]*(?=\s+[^\s\p{Ll}]|\s*$)|\n\s*\n/gu;

/** The first `max` sentences of a text, unchanged: extractive, so nothing is invented. */
export function firstSentences(text: string, max: number): string {
  if (max <= 0) return '';
  let count = 0;
  for (const end of text.matchAll(SENTENCE_END)) {
    count++;
    if (count === max) return text.slice(0, end.index + end[0].trimEnd().length);
  }
  return text;
}

/** Cuts every string in inputs, at any depth, to its first sentences. */
export function summarize(value: unknown, maxSentences: number): unknown {
  if (typeof value === 'string') return firstSentences(value, maxSentences);
  if (Array.isArray(value)) return value.map((item) => summarize(item, maxSentences));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, summarize(item, maxSentences)]));
  return value;
}

/** The first JSON value of a model's answer, also out of a fenced block or a sentence around it; undefined when there is none. */
export function firstJson(answer: string): unknown {
  for (let start = answer.search(/[[{]/); start >= 0 && start < answer.length;) {
    const end = closing(answer, start);
    if (end === undefined) return undefined;
    try {
      return JSON.parse(answer.slice(start, end + 1)) as unknown;
    } catch {
      const next = answer.slice(start + 1).search(/[[{]/);
      if (next < 0) return undefined;
      start += 1 + next;
    }
  }
  return undefined;
}

/** Index of the bracket that closes the one at `start`, strings skipped. */
function closing(text: string, start: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === '\\') at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) return at;
  }
  return undefined;
}

const ID_FIELDS = ['id', 'semantic_id', 'label', 'name', 'candidate'] as const;
const CONFIDENCE_FIELDS = ['confidence', 'score', 'probability', 'similarity'] as const;

/** Candidates in a model's answer: a list of `{id, confidence}`, under any usual names and also inside an object; undefined when it holds none. */
export function extractCandidates(output: unknown): readonly Candidate[] | undefined {
  const value = typeof output === 'string' ? firstJson(output) : output;
  const list = Array.isArray(value) ? value : findList(value);
  if (list === undefined) return undefined;
  const found = list.flatMap((item: unknown): Candidate[] => {
    if (typeof item !== 'object' || item === null) return [];
    const id = ID_FIELDS.map((field): unknown => Reflect.get(item, field)).find((each) => typeof each === 'string');
    const confidence = CONFIDENCE_FIELDS.map((field): unknown => Reflect.get(item, field)).find((each) => typeof each === 'number');
    return id === undefined ? [] : [{ id, confidence: confidence ?? 0 }];
  });
  return found.length > 0 || list.length === 0 ? found : undefined;
}

function findList(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.values(value).find(
    (each): each is readonly unknown[] => Array.isArray(each) && each.every((item) => typeof item === 'object'),
  );
}

/** Confidences as probabilities, best first: percentages are scaled, what is no number or below zero counts as 0, a sum above 1 is divided out. */
export function normalizeConfidences(candidates: readonly Candidate[]): readonly Candidate[] {
  const clean = candidates.map(({ id, confidence }) => ({
    id,
    confidence: Number.isFinite(confidence) && confidence > 0 ? confidence : 0,
  }));
  const percent = clean.some(({ confidence }) => confidence > 1) && clean.every(({ confidence }) => confidence <= 100);
  const scaled = clean.map(({ id, confidence }) => ({ id, confidence: percent ? confidence / 100 : confidence }));
  const sum = scaled.reduce((total, { confidence }) => total + confidence, 0);
  return scaled
    .map(({ id, confidence }) => ({ id, confidence: sum > 1 ? confidence / sum : confidence }))
    .toSorted((a, b) => b.confidence - a.confidence);
}
