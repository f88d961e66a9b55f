/** Longer records are looked at by the parser, which counts bytes. */
const LONGEST = 64 * 1024;

/**
 * Records of CSV as nearly every file is: lines that all end alike, quotes around whole cells only, as many cells in each line. Takes a fifth of what the parser does.
 * @returns undefined for anything else, which the parser judges
 */
export function plainRecords(text: string): string[][] | undefined {
  const lineBreak = text.charAt(text.indexOf('\n') - 1) === '\r' ? '\r\n' : '\n';
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    if (text.startsWith(lineBreak, at)) {
      at += lineBreak.length;
      continue;
    }
    const start = at;
    const record: string[] = [];
    for (let more = true; more;) {
      const end = text.charAt(at) === '"' ? endOfQuoted(text, at) : endOfBare(text, at);
      if (end === undefined) return undefined;
      record.push(text.charAt(at) === '"' ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end));
      more = text.charAt(end) === ',';
      at = more ? end + 1 : end;
    }
    if (at < text.length && !text.startsWith(lineBreak, at)) return undefined;
    if (at - start > LONGEST || record.length !== (records[0] ?? record).length) return undefined;
    at += lineBreak.length;
    records.push(record);
  }
  return records;
}

/** Behind the closing quote; undefined where there is none. */
function endOfQuoted(text: string, start: number): number | undefined {
  let close = text.indexOf('"', start + 1);
  while (close >= 0 && text.charAt(close + 1) === '"') close = text.indexOf('"', close + 2);
  return close < 0 ? undefined : close + 1;
}

/** Where a cell without quotes ends; undefined where there is one within. */
function endOfBare(text: string, start: number): number | undefined {
  const bare = /[^,\r\n"]*/y;
  bare.lastIndex = start;
  bare.test(text);
  return text.charAt(bare.lastIndex) === '"' ? undefined : bare.lastIndex;
}
