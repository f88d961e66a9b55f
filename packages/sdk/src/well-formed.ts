// Runs in browsers too.

/**
 * The same JSON value with no half of a surrogate pair in it: what a limit on lengths leaves that cuts inside an emoji. It is no text: it has no UTF-8, no hash and
 * no place in a store, so it is replaced by U+FFFD, as writing it in UTF-8 does. What is no JSON stays as it is.
 */
export function wellFormed(of: unknown): unknown {
  if (typeof of === 'string') return of.toWellFormed();
  if (Array.isArray(of)) return of.map(wellFormed);
  if (typeof of !== 'object' || of === null || Object.getPrototypeOf(of) !== Object.prototype) return of;
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key.toWellFormed(), wellFormed(value)]));
}
