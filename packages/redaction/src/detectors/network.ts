// Runs in browsers too. Addresses of machines.
import { isDigit, isWord } from '../characters.ts';
import { confidence, type Detector } from '../detector.ts';
import { saysPhone } from './phone.ts';
import { Keywords } from '../keywords.ts';
import type { Scan } from '../scan.ts';

const V4 = /^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\d])/;
/** As it is said. */
const SPELT = /^\d{1,3}(?: (?:dot|punkt|punto|point) \d{1,3}){3}(?![\w.])/i;
const PREFIX_LENGTH = /^\/\d{1,3}(?![\d/])/;
const versionWords = new Keywords(
  'версия,версии,версию,версію,версія,έκδοση,έκδοσης,版本,版,バージョン,버전,version,versions,v,ver,release,upgrade,build,bootloader,bios,uefi,figure,section,chapter,firmware,driver,oid',
);

function lookV4(scan: Scan, start: number, runEnd: number): void {
  const { text } = scan;
  const said = text[runEnd] === ' ';
  // Then a word for the dot follows.
  if (said && text[runEnd + 1] !== 'd' && text[runEnd + 1] !== 'p') return;
  const before = text[start - 1] ?? ' ';
  if (before === '.' || before === '-' || before === '_' || (before === ':' && text[start - 2] === ':')) return;
  // A product's version: Chrome/120.0.0.0.
  if (before === '/' && isWord(text, start - 2) && !isDigit(text, start - 2)) return;
  const written = said ? SPELT.exec(text.slice(start, start + 40))?.[0] : text.slice(start, start + 16);
  const match = written === undefined ? null : V4.exec(said ? written.replaceAll(/\D+/g, '.') : written);
  if (match === null) return;
  let to = start + (said ? (written ?? '') : match[0]).length;
  if (isWord(text, to) || ((text[to] === '.' || text[to] === '-') && isWord(text, to + 1))) return;
  const context = scan.contextBefore(start);
  if (context.find(versionWords, 2) !== undefined || saysPhone.has(context.nearest)) return;
  to += PREFIX_LENGTH.exec(text.slice(to, to + 5))?.[0].length ?? 0;
  scan.report({ start, end: to, type: 'IP_ADDRESS', rule: 'ipv4', confidence: confidence.validated, validator: 'octets' });
}

/** A host that is one number: http://3565191719/x, http://0xac146733/. */
const INTEGER = /^(?:0x[0-9a-f]{8}|\d{8,10})(?=[/:?#"'\s]|$)/i;
function lookHost(scan: Scan, start: number): void {
  const [host = ''] = INTEGER.exec(scan.text.slice(start, start + 12)) ?? [];
  if (host === '' || Number(host) > 0xffffffff) return;
  scan.report({
    start,
    end: start + host.length,
    type: 'IP_ADDRESS',
    rule: 'ip.integer',
    confidence: confidence.validated,
    validator: 'octets',
  });
}

function lookV6(scan: Scan, at: number): void {
  const { text } = scan;
  if (text.charCodeAt(at + 1) === 0x2f) return isDigit(text, at + 3) && text[at + 2] === '/' ? lookHost(scan, at + 3) : undefined;
  if (!isHexOrColon(text.charCodeAt(at + 1))) return;
  let start = at;
  while (start > at - 5 && isHex(text.charCodeAt(start - 1))) start--;
  // Seen from its first colon only.
  if (text[start - 1] === ':' || isWord(text, start - 1) || at - start > 4) return;
  let end = at;
  let colons = 0;
  const limit = Math.min(text.length, start + 46);
  for (; end < limit && (isHexOrColon(text.charCodeAt(end)) || text[end] === '.'); end++) if (text[end] === ':') colons++;
  // A time of day has fewer, and no two side by side.
  if (colons < 6 && !text.slice(at, end).includes('::')) return;
  while (end > at && (text[end - 1] === '.' || (text[end - 1] === ':' && text[end - 2] !== ':'))) end--;
  if (isWord(text, end) || !isV6(text.slice(start, end))) return;
  const more = text.slice(end, end + 20);
  end += /^%[A-Za-z0-9]{1,15}/.exec(more)?.[0].length ?? 0;
  end += PREFIX_LENGTH.exec(text.slice(end, end + 5))?.[0].length ?? 0;
  scan.report({
    start,
    end,
    type: 'IP_ADDRESS',
    rule: 'ipv6',
    confidence: confidence.validated,
    validator: 'RFC 4291',
    canonical: text.slice(start, end).toLowerCase(),
  });
}

/** RFC 4291 section 2.2. A pair of colons alone, or between words, is code. */
export function isV6(address: string): boolean {
  const dotted = /^(.*:)((?:\d{1,3}\.){3}\d{1,3})$/.exec(address);
  if (dotted !== null) return V4.test(dotted[2] ?? '') && isV6(`${dotted[1] ?? ''}0:0`);
  const halves = address.split('::');
  if (halves.length > 2 || !/\d/.test(address)) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  if (groups.length === 8 && halves.length === 1 && groups.every((group) => group.length === 2)) return false;
  return halves.length === 2 ? groups.length <= 7 && groups.length > 0 : groups.length === 8;
}

const HEX = '0123456789abcdef'.split('');
const isHex = (code: number): boolean => (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
const isHexOrColon = (code: number): boolean => code === 0x3a || isHex(code);
const MAC =
  /^[0-9a-fA-F]{2}(?:(?::[0-9a-fA-F]{2}){5}(?:(?::[0-9a-fA-F]{2}){2})?|(?:-[0-9a-fA-F]{2}){5}(?:(?:-[0-9a-fA-F]{2}){2})?|(?:\s[0-9a-fA-F]{2}){5})(?![0-9a-fA-F:-])/;
const MAC_DOTTED = /^[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}(?!\.?[0-9a-fA-F])/;
const macWords = new Keywords('mac,hwaddr,ether,ethernet,physical,hardware,bssid,macaddress,mac address');

function lookMac(scan: Scan, start: number, end: number): void {
  const { text } = scan;
  const length = end - start;
  const next = text[end] ?? ' ';
  if (length === 2 ? next === '.' : length !== 12 && (length !== 4 || next !== '.')) return;
  // Another pair follows: what is seen most is a short word or number in a sentence.
  if (length === 2 && !(isHex(text.charCodeAt(end + 1)) && isHex(text.charCodeAt(end + 2)))) return;
  const before = text[start - 1] ?? ' ';
  if (before === ':' && isWord(text, start - 2) && next === ':') return;
  if (before === '-' || before === '.') return;
  const slice = text.slice(start, start + 25);
  const match = length === 2 ? MAC.exec(slice) : length === 4 ? MAC_DOTTED.exec(slice) : /^[0-9a-fA-F]{12}$/.exec(slice.slice(0, 12));
  if (match === null || isWord(text, start + match[0].length)) return;
  if (/^[0:-]+$/.test(match[0])) return;
  const plain = length === 12 || next === ' ';
  const context = plain ? scan.contextBefore(start).find(macWords) : undefined;
  if (plain && context === undefined) return;
  scan.report({
    start,
    end: start + match[0].length,
    type: 'MAC_ADDRESS',
    rule: 'mac',
    confidence: confidence.validated,
    validator: 'EUI-48',
    context,
    canonical: match[0].toLowerCase().replaceAll(/[^0-9a-f]/g, ''),
  });
}

export const ipv4: Detector = {
  rule: 'ipv4',
  type: 'IP_ADDRESS',
  anchors: ['number'],
  lengths: { number: [1, 3] },
  next: '. ',
  keywords: versionWords,
  validator: 'octets',
  source: 'RFC 791',
  examples: [
    { text: 'from 203.0.113.7:443', finds: '203.0.113.7' },
    { text: 'net 10.0.0.0/8.', finds: '10.0.0.0/8' },
    { text: 'and OID 2.5.29.17, bootloader 1.2.3.4, version 1.2.3.4 and 300.1.1.1 and 1.2.3.4.5' },
  ],
  look: lookV4,
};
export const ipv6: Detector = {
  rule: 'ipv6',
  type: 'IP_ADDRESS',
  anchors: [':'],
  validator: 'RFC 4291',
  source: 'RFC 4291 section 2.2',
  examples: [
    { text: 'http://3565191719/x 0xac146733 http://10mail.example a:/5', finds: '3565191719' },
    { text: 'host 2001:db8::1 up', finds: '2001:db8::1' },
    { text: 'ip=2a00:e277:bc9b:f7ad:8e5d:55dc:3bf6:3ad2 x', finds: '2a00:e277:bc9b:f7ad:8e5d:55dc:3bf6:3ad2' },
    { text: 'std::vector at 12:30:45, a::b' },
  ],
  look: (scan, at) => lookV6(scan, at),
};
const macParts = {
  rule: 'mac',
  type: 'MAC_ADDRESS',
  anchors: ['number', 'word', 'mixed'],
  heads: HEX.flatMap((first) => HEX.map((second) => first + second)),
  keywords: macWords,
  validator: 'EUI-48',
  source: 'IEEE 802',
  look: lookMac,
} as const satisfies Partial<Detector>;
export const mac: Detector = {
  ...macParts,
  lengths: { number: [2, 4], word: [2, 4], mixed: [2, 4] },
  next: ':-. ',
  examples: [
    { text: 'mac=65:de:bf:d0:de:6d a', finds: '65:de:bf:d0:de:6d' },
    { text: '33-63-86-9A-F5-EC', finds: '33-63-86-9A-F5-EC' },
    { text: 'laptop adapter f66f.8a44.c96d. Started; f66f.8a44.c96d.0001', finds: 'f66f.8a44.c96d' },
    { text: 'sha 65:de:bf:d0:de:6d:00:11:22 or 00:00:00:00:00:00' },
  ],
};
export const macPlain: Detector = {
  ...macParts,
  lengths: { number: [12, 12], word: [12, 12], mixed: [12, 12] },
  examples: [{ text: 'hwaddr 65debfd0de6d', finds: '65debfd0de6d' }, { text: 'commit 65debfd0de6d' }],
};
