// Entry of a redaction thread: a redactor for each recipe it has seen of late.
import { parentPort } from 'node:worker_threads';
import { isAncillaError } from '@ancilla/contracts/errors';
import { LRUCache } from 'lru-cache';
import { redactorOf, stretches, type Redact } from './gate.ts';
import { READY, type Answer, type Question, type Recipe } from './redaction-thread.ts';

if (!parentPort) throw new TypeError('started as a worker only');
const port = parentPort;

/** Each keeps answers to long texts. */
const MOST_REDACTORS = 16;
const redactors = new LRUCache<number, Redact>({ max: MOST_REDACTORS });

function redactorFor(recipe: Recipe): Redact {
  const redact = redactors.get(recipe.id) ?? redactorOf(recipe);
  redactors.set(recipe.id, redact);
  return redact;
}

function answer({ recipe, value, isTaking }: Question[number]): Answer[number] {
  try {
    const { value: clean, receipt, spans } = redactorFor(recipe)(value);
    const done = { value: clean, receipt };
    return { done: isTaking && typeof value === 'string' ? { ...done, removed: stretches(value, spans) } : done };
  } catch (error) {
    return isAncillaError(error)
      ? { code: error.code, detail: error.message }
      : { code: 'redaction.failed', detail: 'redaction failed for a reason of its own' };
  }
}

port.on('message', (question: Question) => port.postMessage(question.map(answer)));
port.postMessage(READY);
