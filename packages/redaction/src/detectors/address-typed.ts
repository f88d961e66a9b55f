// Runs in browsers too. Addresses as people type them in a hurry, without a capital: only where a word before speaks of one, or a postcode stands behind.
import { classAt, UPPER } from '../characters.ts';
import { confidence, type Detector } from '../detector.ts';
import { Keywords, wordSet } from '../keywords.ts';
import type { Scan } from '../scan.ts';

const addressWords = new Keywords(
  'address,adress,house,home,live,lives,living,ship to,send it,deliver,delivery,shipping,billing,my place,' +
    'adresse,anschrift,wohne,wohnt,wohnhaft,lieferung,habite,domicile,livraison,dirección,direccion,domicilio,vivo,vive,envío,envio,indirizzo,abito,morada,endereço,moro,adres,woon,woont',
);

/** What follows a street: a town, a postcode of five or four digits, or a British one. */
const BRITISH = '[a-z]{1,2}\\d[a-z\\d]? \\d[a-z]{2}';
/** A town, and a state before its code. */
const STATES = '(?:a[klrz]|c[aot]|d[ce]|fl|ga|hi|i[adln]|k[sy]|la|m[adeinost]|n[cdehjmvy]|o[hkr]|p[ar]|ri|s[cd]|t[nx]|ut|v[at]|w[aivy])';
const STATE = `(?:,? (?:apt|unit|ste|#) ?[a-z\\d-]{1,5})?,? (?:[\\p{Ll}'’.-]{2,20} ){0,2}[\\p{Ll}'’.-]{2,20},? ${STATES} \\d{5}(?!\\d)`;
const BEHIND = `(?:${STATE}|,? (?:\\d{4,5} [\\p{Ll}'’-]{3,20}|[\\p{Ll}'’-]{3,20}(?:,? [a-z]{2} \\d{5}| \\d{4,5}|(?: \\d{1,2})?,? (?:${BRITISH}|[a-z]\\d[\\dw] [a-z\\d]{4}))?|${BRITISH}))?`;
/** A name of one to three words. */
const NAME = "(?:[\\p{Ll}'’.-]{1,20} ){1,3}";
/** By the word that tells a street: what stands before it, up to its end; or from it on. */
const BEFORE_TYPE = new RegExp(`(?<![\\p{L}\\d.])\\d{1,5}[a-z]? ${NAME}$`, 'u');
const AFTER_TYPE = new RegExp(`^ ${NAME}\\d{1,4}(?!\\d)${BEHIND}`, 'u');
const AFTER_JOINED = new RegExp(`^\\.? \\d{1,4}[a-z]?(?![\\p{L}\\d])${BEHIND}`, 'u');
const TOWN = new RegExp(`^${BEHIND}`, 'u');
const POSTCODE = /\d{5}|\d{4} \p{Ll}|\p{Ll}\d[\p{Ll}\d]? \d\p{Ll}{2}|[a-z]\d[\dw] [a-z\d]{4}/u;

const typesAfter = wordSet('street,road,avenue,lane,drive,court,close,square,terrace,boulevard,grove,gardens,rd,ave,blvd,ln,dr,crescent');
/** What else ends an American street's name, and may end any sentence: only before a town, its state and code. */
const typesCoded = wordSet('st,ct,pl,cir,pkwy,hwy,trl,way,place,circle,trail,loop,ridge,cove,parkway,highway');
const BEFORE_STATE = new RegExp(`^\\.?${STATE}`, 'u');
const typesBefore = wordSet('calle,avenida,plaza,paseo,camino,rue,avenue,boulevard,via,viale,piazza,rua,largo');
const JOINED = /\p{Ll}{3}(?:straße|strasse|str|weg|platz|allee|gasse|ufer|damm|straat|laan|plein|gracht)$/u;
const ends = (list: Iterable<string>): string[] => [...list].map((word) => ` ${word}`.slice(-3));
const LONGEST_BEFORE = 72;
const LONGEST_AFTER = 96;

function look(scan: Scan, start: number, end: number): void {
  const { text } = scan;
  if (start < scan.addressesSeen || (classAt(text, start) & UPPER) !== 0) return;
  const [from, to] = stretch(text, start, end) ?? [0, 0];
  if (to === 0) return;
  const context = scan.contextBefore(from).find(addressWords, 8);
  if (context === undefined && !POSTCODE.test(text.slice(end, to))) return;
  scan.addressesSeen = to;
  scan.report({ start: from, end: to, type: 'ADDRESS', rule: 'address.typed', confidence: confidence.context, context });
}

/** Where an address around a street's word begins and ends, if there is one. */
function stretch(text: string, start: number, end: number): readonly [from: number, to: number] | undefined {
  const isBefore = typesBefore.has(text, start, end);
  const isWhole = typesAfter.has(text, start, end);
  const isCoded = !isWhole && !isBefore && typesCoded.has(text, start, end);
  const isAfter = isWhole || isCoded;
  if (!isBefore && !isAfter && !JOINED.test(text.slice(start, end))) return undefined;
  const after = text.slice(end, end + LONGEST_AFTER);
  if (isCoded && !BEFORE_STATE.test(after)) return undefined;
  const before = isAfter ? BEFORE_TYPE.exec(text.slice(Math.max(0, start - LONGEST_BEFORE), start)) : null;
  if (before !== null) return [start - before[0].length, end + (TOWN.exec(after)?.[0].length ?? 0)];
  if (isAfter && !isBefore) return undefined;
  const match = (isBefore ? AFTER_TYPE : AFTER_JOINED).exec(after);
  return match === null ? undefined : [start, end + match[0].length];
}

export const addressTyped: Detector = {
  rule: 'address.typed',
  type: 'ADDRESS',
  anchors: ['word'],
  lengths: { word: [2, 30] },
  tails: [
    ...new Set(
      ends([
        ...typesAfter,
        ...typesCoded,
        ...typesBefore,
        'straße',
        'strasse',
        'str',
        'weg',
        'platz',
        'allee',
        'ufer',
        'damm',
        'straat',
        'laan',
        'plein',
        'gracht',
      ]),
    ),
  ],
  keywords: addressWords,
  source: 'street words of en, de, nl, fr, es, it, pt',
  examples: [
    { text: 'send it to my house, 221b baker street london please', finds: '221b baker street london' },
    { text: 'meine adresse ist hauptstr. 5, 10827 berlin', finds: 'hauptstr. 5, 10827 berlin' },
    { text: 'vivo en la calle mayor 10, 28013 madrid', finds: 'calle mayor 10, 28013 madrid' },
    { text: 'and 8661 w sycamore st, savannah, ga 31487 thanks', finds: '8661 w sycamore st, savannah, ga 31487' },
    { text: 'i have 5 more st, then on my way, in 20 days, it is 31487 again; 5 game pass, yes, no 12345' },
    { text: 'it is 5 minutes down the road; 3 bugs were on the main street; via port 8080; the weg 5' },
  ],
  look,
};
