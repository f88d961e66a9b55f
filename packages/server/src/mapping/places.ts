/** Where something stands: places in a list, in order. */
export type Places = ReadonlyMap<string, readonly number[]>;

/** @param had - what each of a list has; what it has twice stands there once */
export function placesOf(had: readonly Iterable<string>[]): Places {
  const places = new Map<string, number[]>();
  for (const [at, all] of had.entries())
    for (const each of all) {
      const found = places.get(each);
      if (found === undefined) places.set(each, [at]);
      else if (found.at(-1) !== at) found.push(at);
    }
  return places;
}
