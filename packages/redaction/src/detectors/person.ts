// Runs in browsers too. Names of people: by a word that announces one, by lists of names, and again wherever a known name returns.
import { classAt, isCalled, isGlue, isWord, LETTER, UPPER } from '../characters.ts';
import { confidence, type Detector } from '../detector.ts';
import { wordSet } from '../keywords.ts';
import { eponyms } from '../names/eponyms.ts';
import { aloneNobody, isAny, isEverydayAt } from '../names/lookup.ts';
import { toName } from '../names/name-filter.ts';
import { identifierBefore, type Scan } from '../scan.ts';
import {
  announcedBy,
  announcers,
  announcing,
  followsName,
  hasAnnouncer,
  isOtherKey,
  leadStart,
  opensCell,
  opensFirstCell,
  speaks,
  titles,
  type Announced,
} from './person-announced.ts';
import { decide, withGivenAfter } from './person-decided.ts';
import { particles, type Word, LONGEST_NAME, wordAt, readWord, isInitial, runFrom, articleStart, lowerEnd } from './name-run.ts';
import { glued, reportForm, cited, familyFirst, mayBeInverted, hasGivenBehind, beginsCell, invertedEnd } from './person-forms.ts';

/**
 * Most capitals begin a sentence, a product or a heading: an unlisted word alone that nothing announces. Decided from what the pass knows
 * already, so that only what may be a name is read as one.
 */
function isPlain(scan: Scan, lead: number, start: number, end: number): boolean {
  const { text } = scan;
  let next = text.charCodeAt(end);
  // A part of a longer word, or another word of a name may follow.
  if (next === 0x27 || next === 0x2d || next === 0x2019 || end - start < 2) return false;
  if (next === 0x20) {
    let at = end + 1;
    if (text.charCodeAt(at) === 0x20) at++;
    next = text.charCodeAt(at);
    if ((classAt(text, at) & UPPER) !== 0) return false;
    if ((classAt(text, at) & LETTER) !== 0) {
      const to = lowerEnd(text, at);
      if (to - at < 5 && text.charCodeAt(to) === 0x20 && particles.has(text, at, to)) return false;
    }
  }
  if (next === 0x2c && text.charCodeAt(end + 3) === 0x2e) return false;
  if (speaks(scan, start, end) || followsName(scan, start) || hasAnnouncer(scan, lead) || opensCell(scan, lead)) return false;
  if ((next === 0x2c || next === 0x3b || next === 0x7c || next === 0x09 || next === 0x22) && opensFirstCell(text, lead)) return false;
  for (let at = start; at < end; at++) if (text.charCodeAt(at) >= 0x80) return false;
  // Everyday words alone name nobody, listed or not.
  return ((scan.words.lastLists & aloneNobody.bit) !== 0 && isEverydayAt(text, start, end)) || !isAny(text, start, end);
}

function look(scan: Scan, start: number, runEnd: number): void {
  const { text } = scan;
  if ((classAt(text, start) & UPPER) === 0 || start < scan.personsSeen) return;
  const glue = text.charCodeAt(start - 1);
  const next = text.charCodeAt(runEnd);
  if ((next === 0x5f || next === 0x5e || next === 0x2f) && glued(scan, start)) return;
  const elided = glue === 0x27 || glue === 0x2019;
  const article = glue === 0x2d || elided ? articleStart(text, start) : start;
  const inList = glue === 0x2f && scan.listing && scan.personsSeen === start - 1;
  if (isGlue(text, start - 1) || ((glue === 0x2d || glue === 0x2f) && article === start && !inList && isWord(text, start - 2))) return;
  const lead = article < start ? article : leadStart(scan, start);
  const inverts = mayBeInverted(text, lead, runEnd);
  if (!inverts && isPlain(scan, lead, start, runEnd)) {
    scan.capitalised.push({ start, end: runEnd });
    return;
  }
  const first = readWord(scan.run, start) ?? wordAt(text, start);
  if (first === undefined) return;
  const slash = text.charCodeAt(first.end) === 0x2f && (inList || announcedBy(scan, lead)?.several === true);
  if (
    (isCalled(text, first.end) && !slash) ||
    (text.charCodeAt(first.end) === 0x2e && isWord(text, first.end + 1) && !isInitial(first)) ||
    text.startsWith('::', first.end)
  )
    return;
  if (isAbbreviated(text, first)) return;
  // The pass has looked up the word already.
  const mayAnnounce = (scan.words.lastLists & announcing.bit) !== 0;
  if (mayAnnounce && titles.has(first.name) && !isInitial(first)) return;
  if (interjections.has(first.name) || cited(scan, first) || familyFirst(scan, first)) return;
  const fromLead = lead < start ? announcedBy(scan, lead) : undefined;
  // The small word before the apostrophe may be one of the sentence's.
  const announcedFrom = elided && fromLead?.surely !== true ? undefined : fromLead;
  const announced = announcedFrom ?? announcedBy(scan, start);
  // In data a town or a firm is what its key says.
  if (announced === undefined && (glue === 0x22 || glue === 0x27) && isOtherKey(identifierBefore(text, start))) return;
  // A list ends where the next key is.
  if (announced?.by === 'list' && text.charCodeAt(first.end) === 0x3a) return;
  // An address that ends with a letter and a full stop ends a sentence: 9719 Aarhus C. Ring på …
  const crosses = start < scan.addressesSeen && text[scan.addressesSeen] === '.';
  scan.run = runFrom(text, first, scan.run);
  const run = crosses ? scan.run.filter((word) => word.end <= scan.addressesSeen) : scan.run;
  // What announces a name is none: in "Hi Bob" the name begins with Bob.
  if (run.length > 1 && mayAnnounce && announcers.has(first.name)) return;
  const inverted =
    hasGivenBehind(text, run.at(-1)?.end ?? 0) && (announced !== undefined || beginsCell(text, lead))
      ? invertedEnd(text, lead, first, announced)
      : undefined;
  if (inverted !== undefined) {
    reportForm(scan, lead, inverted, 'person.family_first', confidence.context, toName(text.slice(lead, inverted)));
    return;
  }
  const decided =
    announced === undefined && first.name.length > 1 && !first.listed && run.length < 2 ? undefined : decide(text, run, announced);
  if (decided === undefined || (announced === undefined && isNoun(scan, first))) {
    scan.capitalised.push({ start, end: first.end });
    return;
  }
  const { sure } = decided;
  const take = announced?.several === true ? decided.take : withGivenAfter(text, decided.take);
  const last = take.at(-1) ?? first;
  const end = last.end + (isInitial(last) && text[last.end] === '.' ? 1 : 0);
  const from = announcedFrom === undefined ? (take[0]?.start ?? start) : lead;
  const name = toName(text.slice(from, end));
  scan.personsSeen = end;
  // A part of what is called after somebody is nobody, either.
  if (announced?.surely !== true && eponyms.has(name)) return;
  scan.listing = announced?.several === true;
  scan.report({
    start: from,
    end,
    type: 'PERSON',
    rule: announced === undefined ? 'person.listed' : 'person.announced',
    confidence: sure,
    context: announced?.by,
    canonical: name,
  });
  remember(scan, take, announced);
}

/** M. Noémie Hébrard, D. José Sanz, i. A. Svenja Kramm: what stands for Monsieur, for Don, for whom somebody signs. */
function isAbbreviated(text: string, first: Word): boolean {
  if (!isInitial(first) || text[first.end] !== '.' || text[first.end + 1] !== ' ') return false;
  if (first.name !== 'm' && first.name !== 'd' && !(first.name === 'a' && text.startsWith('i. ', first.start - 3))) return false;
  const given = wordAt(text, first.end + 2);
  return given?.given === true && !given.everyday && text[given.end] === ' ' && (classAt(text, given.end + 1) & UPPER) !== 0;
}

/** What is looked for in the rest of the text: parts of full names and of titled or listed ones, but no everyday words. */
function remember(scan: Scan, take: readonly Word[], announced: Announced | undefined): void {
  const listed = take.some((word) => word.listed);
  if (!listed && (announced === undefined || !titles.has(announced.by))) return;
  if (take.length < 2 && announced === undefined) return;
  for (const word of take) {
    const { name } = word;
    const everyday = word.everyday && (!word.given || name.length < 4 || word.otherwise);
    if (name.length > 2 && !everyday) scan.people.push(name);
  }
}

/** What is said before anything, a name too. */
const interjections = wordSet(
  'okay,ok,yeah,yep,yes,nope,oh,ah,well,sure,alright,lovely,brilliant,sorry,ja,nein,doch,oui,ouais,voilà,sí,vale,bueno,certo,allora,claro,pois,tak,nie,jo',
);
/** Nouns have capitals in German: only a given name tells a name there. */
const isNoun = (scan: Scan, first: Word): boolean => !isInitial(first) && (first.everyday || !first.given) && scan.isGermanAt(first.start);
/** A name that was found once is found wherever a part of it returns. */
function finish(scan: Scan): void {
  const { text, people } = scan;
  if (people.length === 0 || scan.capitalised.length === 0) return;
  // Most are of another length, or begin or end with another letter.
  const begins: number[] = [];
  const ends: number[] = [];
  for (const name of people) {
    begins[name.length] = (begins[name.length] ?? 0) | letterBit(name.charCodeAt(0));
    ends[name.length] = (ends[name.length] ?? 0) | letterBit(name.charCodeAt(name.length - 1));
  }
  let names: ReadonlySet<string> | undefined;
  for (const { start, end } of scan.capitalised) {
    const first = text.charCodeAt(start);
    const last = text.charCodeAt(end - 1);
    if (first < 0x80 && ((begins[end - start] ?? 0) & letterBit(first)) === 0) continue;
    if (last < 0x80 && ((ends[end - start] ?? 0) & letterBit(last)) === 0) continue;
    const name = toName(text.slice(start, end));
    names ??= new Set(people);
    if (names.has(name)) scan.report({ start, end, type: 'PERSON', rule: 'person.again', confidence: confidence.guess, canonical: name });
  }
}
const letterBit = (code: number): number => 1 << (code & 31);

export const person: Detector = {
  rule: 'person',
  type: 'PERSON',
  anchors: ['capital'],
  lengths: { capital: [1, LONGEST_NAME] },
  source: 'lists named in scripts/make-name-filters.ts; announcing words are our own',
  examples: [
    { text: 'The meeting with Anna Schmidt is moved.', finds: 'Anna Schmidt' },
    { text: 'Dear Mr. Okonkwo-Bright, thanks', finds: 'Okonkwo-Bright' },
    { text: '{"first_name": "Xiulan"}', finds: 'Xiulan' },
    { text: 'Ask Miriam Zzyzx. Zzyzx knows.', finds: 'Miriam Zzyzx + Zzyzx' },
    { text: 'id,first,last\n1,Oona,Zzyzx', finds: 'Oona + Zzyzx' },
    { text: "nom;prénom;ville\nZzyzx;Oona;Dijon\nd'Arbigny;Firmin;Lille", finds: "Zzyzx + Oona + d'Arbigny + Firmin" },
    { text: 'Name, please, and seat.\nUpgrade, window, aisle' },
    { text: '{"vorname":"Ute"} <Surname>Price</Surname>', finds: 'Ute + Price' },
    { text: '{"last_name":"String"}, surname: Required, Caller: Yes, Kunde: Guten Tag' },
    { text: 'Schriftführerin: Ortrud Zzyzx; {"nome_completo":"Zzyzx Pacheco"}', finds: 'Ortrud Zzyzx + Zzyzx Pacheco' },
    { text: 'Frau von der Heide kommt', finds: 'von der Heide' },
    { text: '[1] Oyelaran, O. A., and Chukwu, B. (2019)', finds: 'Oyelaran, O. A. + Chukwu, B.' },
    { text: 'PID|1||7^^^X||Whitlock^Dorothea^M||', finds: 'Whitlock^Dorothea^M' },
    { text: 'seat 2 KALAMIZA/ANNA 73C, AND/OR, TCP/IP', finds: 'KALAMIZA/ANNA' },
    { text: 'Itinerary for Zzyzx/Anna K.\nfor Linux/Windows, Client/Server', finds: 'Zzyzx/Anna K.' },
    {
      text: 'Members: Dvořák, Raluca; Zzyzx, Gudrun. Treasurer / Cabin 7: Zzyzx, Åshild',
      finds: 'Dvořák, Raluca + Zzyzx, Gudrun + Zzyzx, Åshild',
    },
    { text: 'Ασθενής: Σπυρίδων Βλάχος, ΑΜΚΑ; κ. Βλάχος', finds: 'Σπυρίδων Βλάχος + Βλάχος' },
    {
      text: 'Встреча с Анной Кузнецовой и Дмитрием Орловым; Зиновьева Ольга Петровна. Звонил И. И. Иванов, сын Глеб',
      finds: 'Анной Кузнецовой + Дмитрием Орловым + Зиновьева Ольга Петровна + И. И. Иванов + Глеб',
    },
    { text: 'Привіт, Тарасе! Зовем се Јелена Петровић, аз съм Димитър Иванов', finds: 'Тарасе + Јелена Петровић + Димитър Иванов' },
    { text: 'Ο Γιώργος Παπαδόπουλος τηλεφώνησε. Γεια σου Μαριλένα', finds: 'Γιώργος Παπαδόπουλος + Μαριλένα' },
    { text: 'Краснодарский Край, Большой Театр, Чёрное Море, Банк Москвы и Новый Год. Если Мир' },
    { text: 'Beteg neve: Zzyzxi Zoltán, dr. Zzyzxi Boglárka', finds: 'Zzyzxi Zoltán + Zzyzxi Boglárka' },
    {
      text: 'Sus hijos Yolanda y Amparo. "given":["Grace"]. Prescriber: Keisha Zzyzx  Ph',
      finds: 'Yolanda + Amparo + Grace + Keisha Zzyzx',
    },
    {
      text: "Hendrika op den Zzyzx and Floris in 't Zzyzx, Kendra FitzGerald",
      finds: "Hendrika op den Zzyzx + Floris in 't Zzyzx + Kendra FitzGerald",
    },
    { text: 'Dear Ueda-san, thanks. Bel Pim Zzyzx. Cheers,\n> Mark', finds: 'Ueda + Pim Zzyzx + Mark' },
    {
      text: '{"priority":{"name":"Highest"},"components":[{"name":"Zzyzx Shop"}],"customer":{"name":"Zzyzx Ooglebee"}}',
      finds: 'Zzyzx Ooglebee',
    },
    { text: 'Patient : M. Noémie Zzyzx, i. A. Svenja Kramm; bei Familie Zzyzx', finds: 'Noémie Zzyzx + Svenja Kramm + Zzyzx' },
    { text: 'Watchers: Bhavna Zzyzx, Callum Ingram\nDear Colleagues,', finds: 'Bhavna Zzyzx + Callum Ingram' },
    { text: 'Tommy Hilfiger, Johns Hopkins and Granny Smith, and Anna Roth', finds: 'Anna Roth' },
    { text: "Last login: Mon Mar  3 09:10; 14 Mar 2014. L'agent est là, a Markov chain, Cohen's d = 0.4" },
    {
      text: 'Asisten: Joaquín Zzyzx y Socorro del Río. José Ortega y Gasset',
      finds: 'Joaquín Zzyzx + Socorro del Río + José Ortega y Gasset',
    },
    { text: '| Attendee | Dietary | Number |\n|:--|--|--:|\nthe Ward List, Nobel Prize, Project Falcon, Caesar salad; Lön: 3 kr' },
    { text: 'Anna Schmidt Report and Keisha Zzyzx Review', finds: 'Anna Schmidt + Keisha Zzyzx' },
    { text: '{"name":"Zzyzx-For","value":"x"}, {"name":"Zzyzx Roe","id":1}', finds: 'Zzyzx Roe' },
    { text: 'Annika Roth och G. af Zzyzx, order to S. Zzyzx (3)', finds: 'Annika Roth + G. af Zzyzx + S. Zzyzx' },
    { text: 'Sakurai-buchou joins. An: OBERHUBER Lennart <o@mail.example>', finds: 'Sakurai + OBERHUBER Lennart' },
    { text: 'I, IMOGEN COOK, born in Kiel. I, ROBOT is a film. Reg to SANDHU, GURPREET, again', finds: 'IMOGEN COOK + SANDHU, GURPREET' },
    {
      text: 'Attendance: Faith Price, Hunter Day. Anna Roth geb. Al Farsi (1971)',
      finds: 'Faith Price + Hunter Day + Anna Roth + Al Farsi',
    },
    { text: 'Klassenlehrerin: von der Heide; Stadtwerke; Ship to:\nDate 18', finds: 'von der Heide' },
    { text: '[18:32] Grozdana: hello', finds: 'Grozdana' },
    { text: 'Anwesend: Tiedemann, Zzyzx, Kühn; Panel: Zzyzx/Underhill', finds: 'Tiedemann + Zzyzx + Kühn + Zzyzx + Underhill' },
    { text: 'Pat.: Zzyzx, Detlef, geb. | 7 | ZZYZX, Bronwyn |', finds: 'Zzyzx, Detlef + ZZYZX, Bronwyn' },
    {
      text: 'Patient zu Zzyzx, Annegret, geb. 1979 | bin Zzyzx, Amara |\n"Hobbs, Hunter T." <a@b.example>',
      finds: 'zu Zzyzx, Annegret + bin Zzyzx, Amara + Hobbs, Hunter T.',
    },
    { text: 'Tilburg, NB 5038\nDebden, England, 4 June 1943\nGordon Zzyzx, PhD', finds: 'Gordon Zzyzx' },
    { text: 'Mr Zzyzx Park, and Mrs Hall, by Dr Zzyzx en Tjitske van ’t Hof', finds: 'Zzyzx Park + Hall + Zzyzx + Tjitske van ’t Hof' },
    { text: '[09:55] Grant: hi\nSupport (Faith), my name is Opal. Groetjes, Zzyzx', finds: 'Grant + Faith + Opal + Zzyzx' },
    { text: 'Patient is well. Best, we go. The Mrs Group; Thanks, we see' },
    { text: "Nume: Smaranda Zzyzx\nje soussigné Zoé Zzyzx et Sean O'Dowd", finds: "Smaranda Zzyzx + Zoé Zzyzx + Sean O'Dowd" },
    { text: 'Dear Mr al-Zzyzx, Afonso Braga e Ana Ruiz, Keisha St. Clair', finds: 'al-Zzyzx + Afonso Braga + Ana Ruiz + Keisha St. Clair' },
    { text: 'Caller: Yeah, and Agent: Lovely, Närvarande: Zzyzx Berg', finds: 'Zzyzx Berg' },
    { text: 'by Yusuf al-Rashidi, and my name’s Zsolt', finds: 'Yusuf al-Rashidi + Zsolt' },
    { text: '<field name="Quaternion Thing">12</field> the Cold Harbour' },
    { text: 'scan_Torsten_Kleinschmidt_2.pdf', finds: 'Torsten_Kleinschmidt' },
    { text: "Crohn's disease, Lake Louise, hurricane Katrina, the Nash equilibrium, a Marcus 40-inch shelf, „Billy“ in white" },
    { text: 'Rose gold prices will rise in May; the bill passed the House and the Mark held.' },
    { text: '{"city": "Tacoma", "name": "Joan Price"}', finds: 'Joan Price' },
    { text: 'Under 17 U.S.C. the Steuer-Nr. and the AHV-Nummer, Preis 3,99: Menge 2' },
    { text: 'class HttpServer extends Base { File_Name }' },
    { text: 'Der Lehrer nimmt das Buch vom Tisch und legt es in den Schrank, wo auch Korn und Salz sind.' },
    { text: 'Das Buch ist von Anna Schneider und nicht für den Koch.', finds: 'Anna Schneider' },
  ],
  look,
  finish,
};
