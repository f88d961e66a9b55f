/** Values shorter than this are too common to say anything: `NL` stands in every file. */
const TELLING_LENGTH = 5;

/** Whether any of many values stands in some bytes. One pass, however many values there are: they are found by how they begin. */
export function openSearch(values: Iterable<string>): (bytes: Buffer) => boolean {
  const byBeginning = new Map<string, Set<string>>();
  for (const value of values) {
    const utf8 = Buffer.from(value).toString('latin1');
    if (utf8.length < TELLING_LENGTH) continue;
    const beginning = utf8.slice(0, TELLING_LENGTH);
    const known = byBeginning.get(beginning);
    if (known === undefined) byBeginning.set(beginning, new Set([utf8]));
    else known.add(utf8);
  }
  return (bytes) => {
    if (byBeginning.size === 0) return false;
    const text = bytes.toString('latin1');
    for (let at = 0; at + TELLING_LENGTH <= text.length; at++) {
      // Blanked: on to where something stands.
      if (bytes[at] === 0) continue;
      for (const value of byBeginning.get(text.slice(at, at + TELLING_LENGTH)) ?? []) if (text.startsWith(value, at)) return true;
    }
    return false;
  };
}
