import { sha256Hex } from '@ancilla/evidence';
import type { EmbeddedText, EmbeddingProvider } from './provider.ts';

/** Numbers of all vectors kept: 32 MB. */
const MOST_NUMBERS = 8 * 2 ** 20;

/**
 * A provider that is not asked twice for what it said already: by content hash, the least used is let go. Kept apart by owner, so that how long an answer takes tells nobody what
 * others embed. Nothing is kept of a text but its hash.
 */
export function cachedProvider(provider: EmbeddingProvider, mostNumbers = MOST_NUMBERS): EmbeddingProvider {
  const kept = new Map<string, EmbeddedText>();
  let numbers = 0;
  const take = (key: string): EmbeddedText | undefined => {
    const found = kept.get(key);
    if (found === undefined) return undefined;
    // Last in the map: what was asked for longest ago is let go first.
    kept.delete(key);
    kept.set(key, found);
    return found;
  };
  const keep = (key: string, made: EmbeddedText): void => {
    if (!kept.has(key)) numbers += made.vector.length;
    kept.set(key, made);
    for (const [oldest, { vector }] of kept) {
      if (numbers <= mostNumbers) return;
      kept.delete(oldest);
      numbers -= vector.length;
    }
  };
  return {
    get meta() {
      return provider.meta;
    },
    endpoint: provider.endpoint,
    async embed(texts, io, owner) {
      const keys = texts.map((text) => sha256Hex(`${owner}\n${text}`));
      const answers = new Map<string, EmbeddedText>();
      const asked = new Map<string, string>();
      for (const [at, text] of texts.entries()) {
        const key = keys[at] ?? '';
        const known = take(key);
        if (known === undefined) asked.set(key, text);
        else answers.set(key, known);
      }
      const made = asked.size === 0 ? [] : await provider.embed([...asked.values()], io, owner);
      for (const [at, key] of [...asked.keys()].entries()) {
        const answer = made[at];
        if (answer === undefined) continue;
        answers.set(key, answer);
        keep(key, answer);
      }
      // A provider that gave too few is found out by whoever asked.
      return keys.flatMap((key) => answers.get(key) ?? []);
    },
  };
}
