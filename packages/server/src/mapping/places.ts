/** Where something stands: places in a list, in order. */
export type Places = ReadonlyMap<string, readonly number[]>;

/** @param sets - what each of a list has, each once */
export function placesOf(sets: readonly Iterable<string>[]): Places {
  const places = new Map<string, number[]>();
  for (const [at, set] of sets.entries())
    for (const each of set) {
      const found = places.get(each);
      if (found === undefined) places.set(each, [at]);
      else found.push(at);
    }
  return places;
}
