import { sha256Hex } from '@ancilla/evidence';
import { LRUCache } from 'lru-cache';
import type { EmbeddedText, EmbeddingProvider, EmbeddedTexts } from './provider.ts';

/** Numbers of all vectors kept: 32 MB. */
const MOST_NUMBERS = 8 * 2 ** 20;

/**
 * A provider that is not asked twice for what it said already: by content hash, the least used is let go. Kept apart by owner, so that how long an answer takes tells nobody what
 * others embed. Nothing is kept of a text but its hash.
 */
export function cachedProvider(provider: EmbeddingProvider, mostNumbers = MOST_NUMBERS): EmbeddingProvider {
  const kept = new LRUCache<string, EmbeddedText>({ maxSize: mostNumbers, sizeCalculation: ({ vector }) => Math.max(1, vector.length) });
  let meta: EmbeddedTexts['meta'] | undefined;
  return {
    model: provider.model,
    endpoint: provider.endpoint,
    async embed(texts, io, owner) {
      const keys = texts.map((text) => sha256Hex(`${owner}\n${text}`));
      const answers = new Map<string, EmbeddedText>();
      const asked = new Map<string, string>();
      for (const [at, text] of texts.entries()) {
        const key = keys[at] ?? '';
        const known = kept.get(key);
        if (known === undefined) asked.set(key, text);
        else answers.set(key, known);
      }
      if (meta === undefined || asked.size > 0) {
        const made = await provider.embed([...asked.values()], io, owner);
        // A provider's vectors are all of one space.
        meta = made.meta;
        for (const [at, key] of [...asked.keys()].entries()) {
          const answer = made.texts[at];
          if (answer === undefined) continue;
          answers.set(key, answer);
          kept.set(key, answer);
        }
      }
      // A provider that gave too few is found out by whoever asked.
      return { meta, texts: keys.flatMap((key) => answers.get(key) ?? []) };
    },
  };
}
