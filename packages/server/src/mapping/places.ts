/** Where something stands: places in a list, in order. */
export interface Places {
  get(each: string): readonly number[] | undefined;
  /** All that stands somewhere. */
  keys(): Iterable<string>;
}

/** @param had - what each of a list has; what it has twice stands there once */
export function placesOf(had: readonly (readonly string[])[]): Places {
  // Most things stand in one place: to make as many lists would take longer than all that is looked up in them.
  const places = new Map<string, number | number[]>();
  for (let at = 0; at < had.length; at++) {
    const all = had[at] ?? [];
    for (let i = 0; i < all.length; i++) {
      const each = all[i] ?? '';
      const found = places.get(each);
      if (found === undefined) places.set(each, at);
      else if (typeof found === 'object') {
        if (found.at(-1) !== at) found.push(at);
      } else if (found !== at) places.set(each, [found, at]);
    }
  }
  return {
    get(each) {
      const found = places.get(each);
      return typeof found === 'number' ? [found] : found;
    },
    keys: () => places.keys(),
  };
}
