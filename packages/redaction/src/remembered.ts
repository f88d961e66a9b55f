// Runs in browsers too. What was made of long texts: agents send the same instructions with every call, and a conversation again with every turn.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { LRUCache } from 'lru-cache';
import type { Span } from './pieces.ts';

/** A text after redaction. */
export interface Clean {
  readonly text: string;
  readonly spans: readonly Span[];
}

/** Reading a shorter text again costs no more than looking it up. */
const SHORTEST = 512;

/** Of the code units, since in UTF-8 all lone surrogates are one; a byte each where that is enough, which takes half as long. */
function hashOf(text: string): string {
  const units = new Uint16Array(text.length);
  let widest = 0;
  for (let at = 0; at < units.length; at++) widest |= units[at] = text.charCodeAt(at);
  const narrow = widest < 0x100;
  return `${narrow ? 'narrow' : 'wide'} ${bytesToHex(sha256(narrow ? new Uint8Array(units) : new Uint8Array(units.buffer)))}`;
}

/** Answers by the hash of the question, the least used let go: nothing raw is kept, and another redactor, with another policy or key, knows nothing of it. */
export class Remembered {
  readonly #most: number;
  readonly #kept: LRUCache<string, Clean>;

  /** @param most - characters of the answers kept, together */
  constructor(most: number) {
    this.#most = most;
    this.#kept = new LRUCache({ maxSize: Math.max(1, most), sizeCalculation: ({ text }) => Math.max(1, text.length) });
  }

  /** @param key - what names the text: context for its detectors */
  of(text: string, key: string, make: () => Clean): Clean {
    if (text.length < SHORTEST || text.length > this.#most) return make();
    const name = hashOf(`${key.length} ${key}${text}`);
    const known = this.#kept.get(name);
    if (known !== undefined) return known;
    const made = make();
    this.#kept.set(name, made);
    return made;
  }
}
