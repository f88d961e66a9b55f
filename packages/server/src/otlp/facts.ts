// What a span tells about its call, whichever dialect it speaks.
import { facts, modelCalls, otherOperations } from './dialects.ts';
import { parsed } from './messages.ts';
import type { Attributes, Received, Value } from './spans.ts';

type Fact = keyof typeof facts;

/** Looks up facts over a span, its scope and its resource. */
export class Facts {
  readonly #all: readonly Attributes[];

  constructor({ span, scope, resource }: Received) {
    this.#all = [span.attributes, ...span.events.map(({ attributes }) => attributes), scope.attributes, resource];
  }

  value(fact: Fact): Value | undefined {
    for (const key of facts[fact]) {
      const cut = key.indexOf('#');
      const value = this.#at(cut < 0 ? key : key.slice(0, cut));
      const found = cut < 0 ? value : fieldOf(value, key.slice(cut + 1));
      if (found !== undefined && found !== null && found !== '') return found;
    }
    return undefined;
  }

  text(fact: Fact): string | undefined {
    const value = this.value(fact);
    // MLflow writes every value as JSON.
    const plain = typeof value === 'string' && value.startsWith('"') ? parsed(value) : value;
    return typeof plain === 'string' ? plain : undefined;
  }

  count(fact: Fact): number | null {
    const value = Number(this.value(fact) ?? Number.NaN);
    return Number.isSafeInteger(value) && value >= 0 ? value : null;
  }

  /** One call of a model, and no chain, tool or agent around it. */
  get isModelCall(): boolean {
    const operation = this.text('operation');
    if (operation !== undefined && otherOperations.test(operation)) return false;
    for (const { key, is } of modelCalls) {
      const value = this.#at(key);
      if (typeof value === 'string') return is.test(value);
    }
    return this.#at('gen_ai.request.model') !== undefined || this.#at('request_data') !== undefined;
  }

  #at(key: string): Value | undefined {
    for (const attributes of this.#all) {
      const value = attributes.get(key);
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

function fieldOf(value: Value | undefined, path: string): Value | undefined {
  let found: unknown = parsed(value);
  for (const step of path.split('/')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = Reflect.get(found, step);
  }
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? found : undefined;
}
