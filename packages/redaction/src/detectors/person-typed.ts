// Runs in browsers too. Names typed without capitals: only where the words before leave no doubt.
import { classAt, LOWER, OTHER_LETTER } from '../characters.ts';
import { confidence, type Detector } from '../detector.ts';
import { wordSet } from '../keywords.ts';
import { isEveryday, isGiven, isListed, isListedGiven } from '../names/lookup.ts';
import { toName } from '../names/name-filter.ts';
import type { Scan } from '../scan.ts';

/** Who speaks, said so or in passing; whom the speaker knows, greets, or is to turn to. */
const CUE =
  /\b(?:(?<self>name(?:['’]s| is| on (?:the )?card)|call me|mein name ist|ich heiße|je m'appelle|mon nom est|me llamo|mi nombre es|mi chiamo|me chamo|meu nome é|mijn naam is|mera naam|jag heter|jeg heter|nazywam się)|(?<passing>this is|it['’]?s|i am|i['’]?m)|(?<weak>hier is|hier ist|ich bin|ik ben|c['’]est|c|je suis|soy|sono|sn|sou|met|tu|jestem|hallo|hej|hei|hoi|bjr|bonjour|salut|hola+|ciao|oi|olá|cześć|czesc|ring|call|text|ping|de parte de|(?:talked|spoke|spoken) to|(?:the )?(?:customer|client|patient|caller|kund(?:e|in)|cliente|paciente|klant))|hi|hey|hello|dear|aunt|auntie|uncle|grandma|grandpa|mi (?:marido|mujer|esposa|esposo|hijo|hija|hermano|hermana)|m(?:on|a) (?:mari|femme|fils|fille|frère|sœur)|meine? (?:frau|mann|sohn|tochter|bruder|schwester)|my (?:wife|husband|son|daughter|sister|brother|mom|mum|dad|boss|friend)|thanks|thx|merci|danke|gracias|grazie|obrigad[oa]|oye|cheers|regards|ask|tell)$/iu;
/** Keys of names that people type in lists and notes. */
const SMALL_KEYS = wordSet(
  'name,holder,customer,client,owner,caller,patient,contact,user,sender,recipient,author,kunde,kundin,inhaber,cliente,titular,titulaire,nom,nombre,nome,naam,klant,namn,kund',
);
/** Behind a key: a colon, or an equals sign. */
const KEY_ENDS = /^(?::| ?=)/;
/** How cues end. */
const CUE_ENDS =
  'naam,merci,danke,gracias,grazie,obrigado,obrigada,oye,card,is,am,im,its,me,ist,heiße,appelle,est,llamo,es,hi,hey,hello,dear,wife,husband,son,daughter,sister,brother,mom,mum,dad,boss,friend,thanks,thx,cheers,regards,chiamo,chamo,é,heter,się,bin,ben,suis,soy,sono,sn,sou,met,tu,jestem,hallo,hej,hei,hoi,bjr,bonjour,salut,hola,holaa,ciao,oi,olá,cześć,czesc,ring,call,text,ping,ask,tell,de,customer,client,patient,caller,kunde,kundin,cliente,paciente,klant,to,aunt,auntie,uncle,grandma,grandpa,marido,mujer,esposa,esposo,hijo,hija,hermano,hermana,mari,femme,fils,fille,frère,sœur,frau,mann,sohn,tochter,bruder,schwester'.split(
    ',',
  );
const SMALL_NAME = /^(,? |! |,?\n)(\p{Ll}{3,24}(?:-\p{Ll}{2,24})?)(?![\p{L}\d@_-])/u;
/** The next word of a name, with what is small in every name: van den berg, do nascimento. */
const NEXT_NAME =
  /^(?: (?:de|da|do|dos|das|del|della|di|du|des|van|von|der|den|ter|la|le|el|al|bin|ibn|ben|y|e|af|zu)){0,2} (\p{Ll}{2,24}(?:-\p{Ll}{2,24})?)(?![\p{L}\d@_-])/u;
const MOST_SMALL = 4;
/** Behind a name that was said, and not behind a word of the sentence. */
const SAID =
  /^(?:[,.!?\n]|$| (?:and|et|und|y|e|och|en|og) (?:i|my|mon|ma|je|ich|mein|mi|yo|il|mio|o meu|jag|ik|mijn|jeg)(?!\p{L})| (?:calling|here|speaking|from|again|hier|här|her|ici|aqu[ií]|qui|tutaj)(?!\p{L}))/u;
export const personSmall: Detector = {
  rule: 'person.small',
  type: 'PERSON',
  anchors: ['word', 'capital'],
  lengths: { word: [1, 9], capital: [1, 9] },
  heads: ['s ', 'm ', ...CUE_ENDS, ...SMALL_KEYS].map((word) => word.slice(0, 3)),
  tails: ["e's", "t's", "i'm", ...[...CUE_ENDS, ...SMALL_KEYS].map((word) => ` ${word}`)].map((word) => word.slice(-3)),
  next: ' ,\n:!=',
  source: 'lists named in scripts/make-name-filters.ts',
  examples: [
    { text: 'hi, my name is lena andersson.', finds: 'lena andersson' },
    { text: 'exp 04/28 name on card salma haddad order 5; on card reader', finds: 'salma haddad' },
    { text: 'its grady calloway, thx, trevor', finds: 'grady calloway + trevor' },
    {
      text: 'hej! lennart bergqvist här, hoi met daan van den berg, ciao sn gianluca rossi nn',
      finds: 'lennart bergqvist + daan van den berg + gianluca rossi',
    },
    {
      text: 'le llamo de parte de ramiro fuentes, customer beatrix jessop wrote; cliente de madrid',
      finds: 'ramiro fuentes + beatrix jessop',
    },
    {
      text: 'so i talked to zeno santangelo, and aunt sheila; es mi marido nicanor salvatierra. she went to paris',
      finds: 'zeno santangelo + sheila + nicanor salvatierra',
    },
    { text: 'ask oliver about it, ring maisie cooper', finds: 'oliver + maisie cooper' },
    { text: 'merci loïc, mera naam devansh venkataraman hai; merci de rappeler', finds: 'loïc + devansh venkataraman' },
    { text: 'Full name = fergus blackwood', finds: 'fergus blackwood' },
    { text: 'account holder: salma hamdan, from now; name: server one, owner: data platform', finds: 'salma hamdan' },
    { text: 'the name is important, the file name is server; this is fine, its value is set; thanks, see you' },
  ],
  look(scan, start, end) {
    const { text } = scan;
    const colon = KEY_ENDS.exec(text.slice(end, end + 3))?.[0].length ?? 0;
    if (colon > 0) return SMALL_KEYS.has(text, start, end) ? lookKeyed(scan, end + colon - 1) : undefined;
    // Most cards are no cue.
    if (end - start === 4 && text.startsWith('card', start) && !text.startsWith('on ', start - 3) && !text.startsWith('the ', start - 4))
      return;
    if ((end - start === 2 && !mayCue(text, start)) || !mayBeGiven(text, end)) return;
    const cue = CUE.exec(text.slice(Math.max(0, end - 20), end));
    if (cue === null) return;
    const { self, passing, weak } = cue.groups ?? {};
    const speaks = self !== undefined || passing !== undefined;
    const given = givenBehind(text, end);
    if (given === undefined || (speaks && text.charCodeAt(end) !== 0x20)) return;
    const to = familyEnd(text, given.end, speaks || weak !== undefined);
    const isFamily = to > given.end;
    // What follows these may be anything: I'm glad.
    if ((weak !== undefined && !isFamily) || (passing !== undefined && !isFamily && !isSaid(text, to))) return;
    reportSmall(scan, given.start, to - given.start);
  },
};

/** Small words that end a cue stand in every line: who was talked to, on whose part somebody calls. */
const mayCue = (text: string, start: number): boolean =>
  text.startsWith('de', start)
    ? text.startsWith('parte ', start - 6)
    : !text.startsWith('to', start) || /(?:talked|spoken?) $/.test(text.slice(Math.max(0, start - 7), start));

/** Whether a given name may stand behind a cue: no word is cut out for what most are, a word of the sentence. */
function mayBeGiven(text: string, end: number): boolean {
  let from = end;
  while (from < end + 2 && GAP.includes(text[from] ?? '-')) from++;
  let to = from;
  while (classAt(text, to) === LOWER) to++;
  return text[to] === '-' || (classAt(text, to) & OTHER_LETTER) !== 0 || (to - from > 2 && isGiven(text, from, to));
}
const GAP = ' ,!\n';

/** A given name typed small behind a cue or a key. */
function givenBehind(text: string, end: number): { readonly start: number; readonly end: number } | undefined {
  const [, gap = '', name = ''] = SMALL_NAME.exec(text.slice(end, end + 54)) ?? [];
  if (name === '' || !isListedGiven(toName(name)) || isEveryday(toName(name))) return undefined;
  return { start: end + gap.length, end: end + gap.length + name.length };
}

const isSaid = (text: string, end: number): boolean => SAID.test(text.slice(end, end + 9));

/** Where a name ends that is typed small, behind a given name; the first family name may be any word where somebody says who speaks. */
function familyEnd(text: string, given: number, speaks: boolean): number {
  let to = given;
  for (let count = 1; count < MOST_SMALL; count++) {
    const [whole = '', word = ''] = NEXT_NAME.exec(text.slice(to, to + 64)) ?? [];
    if (word === '') break;
    const next = to + whole.length;
    // Behind "van den" it is one, whatever word.
    const isName =
      whole.length > word.length + 1 ||
      (!isEveryday(toName(word)) && (isListed(toName(word)) || (speaks && count === 1 && isSaid(text, next))));
    if (!isName) break;
    to = next;
  }
  return to;
}

/** "holder: salma hamdan" */
function lookKeyed(scan: Scan, end: number): void {
  const { text } = scan;
  const given = givenBehind(text, end + 1);
  if (given === undefined || text.charCodeAt(end + 1) !== 0x20) return;
  const to = familyEnd(text, given.end, false);
  if (to > given.end) reportSmall(scan, given.start, to - given.start);
}

function reportSmall(scan: Scan, start: number, length: number): void {
  scan.report({
    start,
    end: start + length,
    type: 'PERSON',
    rule: 'person.small',
    confidence: confidence.guess,
    context: 'name',
    canonical: toName(scan.text.slice(start, start + length)),
  });
}
