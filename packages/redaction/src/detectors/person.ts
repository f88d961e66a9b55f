// Runs in browsers too. Names of people: by a word that announces one, by lists of names, and again wherever a known name returns.
import { classAt, isCalled, isGlue, isWord, LETTER, UPPER } from '../characters.ts';
import { confidence, type Confidence, type Detector } from '../detector.ts';
import { wordSet } from '../keywords.ts';
import { eponyms } from '../names/eponyms.ts';
import { aloneNobody, headings, isAny, isEverydayAt } from '../names/lookup.ts';
import { toName } from '../names/name-filter.ts';
import { isAdjective, isFamilyForm, isOtherScript } from '../names/other-scripts.ts';
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
import {
  particles,
  type Word,
  LONGEST_NAME,
  wordAt,
  readWord,
  isInitial,
  runFrom,
  articleStart,
  lowerEnd,
  isCapitals,
} from './name-run.ts';
import {
  greetings,
  glued,
  reportForm,
  cited,
  familyFirst,
  mayBeInverted,
  hasGivenBehind,
  beginsCell,
  invertedEnd,
} from './person-forms.ts';

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

/** "Ask Hansen, Lucie.": the family name first, in a sentence. */
function withGivenAfter(text: string, take: readonly Word[]): readonly Word[] {
  const [first] = take;
  const last = take.at(-1);
  if (first === undefined || last === undefined || take.length > 2 || text[last.end] !== ',' || text[last.end + 1] !== ' ') return take;
  const given = wordAt(text, last.end + 2);
  if (given === undefined || given.everyday) return take;
  return !first.given &&
    given.given &&
    (BORN.test(text.slice(given.end, given.end + 12)) || !/^,| \p{Lu}| (?:an|un|et|y )/u.test(text.slice(given.end, given.end + 3)))
    ? [...take, given]
    : take;
}

/** What follows a name in a file about somebody: Olazábal, Baldomero, *12.3.1980. */
const BORN = /^, ?(?:\*|†|geb\b|born\b|DOB\b|née?\b|nat[oa]\b|F\. ?nac|nac\b|\d{1,2}[./-])/;
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

/** Titles of persons alone: there is a Lady Bridge, but no Mrs Bridge. */
const honorifics = wordSet(
  'mr,mrs,ms,miss,mx,herr,herrn,frau,mme,mlle,monsieur,madame,señor,señora,sr,sra,srta,sig,signor,signora,dhr,mevr,mevrouw',
);
/** What is said before anything, a name too. */
const interjections = wordSet(
  'okay,ok,yeah,yep,yes,nope,oh,ah,well,sure,alright,lovely,brilliant,sorry,ja,nein,doch,oui,ouais,voilà,sí,vale,bueno,certo,allora,claro,pois,tak,nie,jo',
);
/** What people do and things seldom do: an unknown name before such a word is somebody's. */
const DOES =
  /^ (?:said|says|told|tells|asked|asks|replied|explained|explains|wrote|writes|thinks|thought|believes|wants|wanted|lives|lived|works|worked|was born|is married|married|called me|told me|has given|had given|desu|sagt|sagte|wohnt|arbeitet|dit|habite|dijo|dice|vive|trabaja)\b/;
/** Of one or two such words another name may be the second; of more it is a heading. */
const MOST_UNKNOWN = 3;

/** A run of unlisted capitals that does what people do, or owns something as two words. */
function acts(text: string, kept: readonly Word[], last: Word): boolean {
  if (kept.length > MOST_UNKNOWN || kept.some((word) => word.everyday || (word.end - word.start < 3 && !isInitial(word)))) return false;
  if (DOES.test(text.slice(last.end, last.end + 14))) return true;
  return kept.length === 2 && /^['’]s /.test(text.slice(last.end, last.end + 3));
}

/** AHV-Nummer, Steuer-ID, Smith-style: parts of a name make other words too. */
const NUMBERED = /-(?:\p{L}*nummer|nr|no|id|code|karte|style|type|like|based)$/u;
/** Nouns have capitals in German: only a given name tells a name there. */
const isNoun = (scan: Scan, first: Word): boolean => !isInitial(first) && (first.everyday || !first.given) && scan.isGermanAt(first.start);
/** What ends a value of data. */
const ENDS_VALUE = /^(?:["'<,;|\t\r\n&)}\]]|$)/;
/** What stands where a name is not known, or in a schema. */
const NO_NAME = wordSet(
  'unknown,none,null,nil,n,na,nan,string,text,varchar,char,value,required,optional,name,first,last,middle,given,family,surname,yes,no,true,false,test,default,empty,missing,type,label,field,column,example,sample,total,sum,date,email,phone,anonymous,redacted,masked,undefined,number,required,nullable,any,tbd,todo',
);
/** The run ends here, or goes on with a name. */
const isPart = (run: readonly Word[], at: number): boolean => at >= run.length || (run[at]?.listed === true && !run[at].otherwise);
/** How much of a run is a name, and how sure that is. */
function decide(
  text: string,
  run: readonly Word[],
  announced: Announced | undefined,
): { readonly take: readonly Word[]; readonly sure: Confidence } | undefined {
  // Mr Park: what makes an organisation's name ends a family's too.
  const titled = announced !== undefined && honorifics.has(announced.by);
  const cut = run.findIndex(
    ({ otherwise, listed, name, end }, at) =>
      (otherwise && !(titled && listed && isPart(run, at + 1))) || (name === 'i' && text[end] !== '.'),
  );
  // Most words with a capital end here.
  if (cut === 0 && announced?.exactly !== true) return undefined;
  const kept = cut < 0 ? run : run.slice(0, cut);
  // Something follows that makes the whole an organisation, a street, a title of a work.
  const followed =
    cut > 0 &&
    run.length > kept.length &&
    !/^(?:the|and|of|for|order|error|call|phone|email|account|card|iban|bitcoin|get|post)$/.test(run[cut]?.name ?? '') &&
    !(kept.length > 1 && headings.has(run[cut]?.name ?? ''));
  if (announced?.exactly === true) {
    // Whatever word it is; a value that is none ends otherwise.
    const last = run.at(-1);
    if (
      last !== undefined &&
      run.length < 4 &&
      ENDS_VALUE.test(text.slice(last.end, last.end + 1)) &&
      !run.some(({ name }) => NO_NAME.has(name))
    )
      return { take: run, sure: confidence.context };
  }
  const [first, second] = kept;
  if (first === undefined || kept.every(isInitial) || kept.some(({ name }) => name.includes('-') && NUMBERED.test(name))) return undefined;
  if (announced === undefined && isOtherScript(first.name)) return wholeName(text, kept);
  const capitals = kept.every(({ start, end }) => end - start > 1 && isCapitals(text, start, end));
  const listed = kept.filter((word) => word.listed && !word.everyday).length;
  if (announced?.surely === true && !followed) {
    if (!capitals || listed > 0 || kept.length > 1) {
      if (first.everyday && listed === 0 && kept.length < 2)
        return first.listed &&
          (!first.otherwise || titled) &&
          (titles.has(announced.by) ||
            (first.given && (announced.given === true || greetings.has(announced.by)) && ',!.:)\n'.includes(text[first.end] ?? '\n')))
          ? { take: kept, sure: confidence.context }
          : undefined;
      // A list of names stops where the sentence goes on.
      const several = kept.length > 1 && (first.given || !kept.every(({ everyday }) => everyday));
      return listed > 0 || several || titles.has(announced.by) || !first.everyday
        ? { take: kept.slice(0, 4), sure: confidence.context }
        : undefined;
    }
  }
  if (
    announced !== undefined &&
    !followed &&
    kept.length >= 2 &&
    !capitals &&
    !kept.some((word) => word.everyday && !word.joined) &&
    !isInitial(first)
  )
    return { take: kept.slice(0, 4), sure: confidence.shape };
  if (!capitals && kept.length === run.length && kept.length > 0 && acts(text, kept, kept.at(-1) ?? first))
    return { take: kept, sure: confidence.guess };
  const isCapitalName = listed >= 2 || (kept.length === 2 && first.given && !kept.some((word) => word.everyday || word.name.length < 4));
  if (capitals) return kept.length >= 2 && isCapitalName && !followed ? { take: kept.slice(0, 4), sure: confidence.shape } : undefined;
  if (followed && kept.length < 3) return undefined;
  const firstListed = isInitial(first) ? false : first.listed;
  if (second !== undefined) {
    if (isInitial(first))
      return text[first.end] === '.' && (second.listed || kept.length > 2) && !second.everyday
        ? { take: kept, sure: confidence.shape }
        : undefined;
    const given = first.given;
    if (firstListed && !first.everyday) {
      if (!second.everyday || second.listed) return { take: kept, sure: confidence.shape };
      return { take: [first], sure: confidence.guess };
    }
    if (listed > 0 && firstListed && !first.otherwise && (given || !beginsSentence(text, first.start)))
      return { take: kept, sure: confidence.shape };
    // An unlisted first word before a listed family name, in a run that begins no sentence.
    if (!firstListed && listed > 0 && kept.length <= 3 && !beginsSentence(text, first.start) && !first.everyday)
      return { take: kept, sure: confidence.guess };
    return undefined;
  }
  if (!firstListed || first.everyday || (announced?.surely !== true && namesThing(text, first))) return undefined;
  return first.given || withGivenAfter(text, [first]).length > 1 || announced !== undefined || !beginsSentence(text, first.start)
    ? { take: [first], sure: confidence.guess }
    : undefined;
}

/**
 * In Cyrillic and Greek, where places and titles of two capitals are many: a given name, and another name or what only families are called;
 * a family's with initials. What begins the sentence is none of it.
 */
function wholeName(text: string, run: readonly Word[]): { readonly take: readonly Word[]; readonly sure: Confidence } | undefined {
  const isName = (word: Word): boolean => isFamilyForm(word.name) || (word.listed && !isAdjective(word.name));
  const from = run.findIndex((word) => (isInitial(word) && !word.everyday) || isName(word));
  const take = from < 0 ? [] : run.slice(from);
  const names = take.filter((word) => !isInitial(word) && isName(word)).length;
  const [first, second] = take;
  // A given name where no sentence begins, alone or with a family's that no list has.
  const isGiven = first?.given === true && !isAdjective(first.name) && first.name.length > 3 && !beginsSentence(text, run[0]?.start ?? 0);
  if (isGiven && take.length < 3 && (second === undefined || !isAdjective(second.name))) return { take, sure: confidence.guess };
  const isWhole = take.length > names ? names > 0 && take.some(isInitial) : names > 1 && take.some(({ given }) => given);
  return isWhole ? { take, sure: confidence.shape } : undefined;
}

/** What is called after somebody: Crohn's disease, the Nash equilibrium, a shelf „Billy“, the Marcus 40-inch. */
const THING =
  /^(?:['’]s)?[ -](?:\d+(?:\.\d|-[a-z])|(?:chain|formation|dressing|correction|[drz](?= [=<>])|alpha|disease|or \p{Lu}\p{Ll}+['’]s disease|syndrome|thyroiditis|lymphoma|palsy|functions?|equilibrium|process|identity|theorem|lemma|conjecture|inequality|law|equations?|algorithm|distribution|index|initiali[sz]ation|momentum|optimi[sz]er|regression|sampling|cipher|coding|diagram|paradox|treaty|pizza|salad|soup|sauce|cake|tea|scale|effect|constant|numbers?|principle|transform|reaction|solver|motor|curve|filter|kernel|tree|protocol|award|prize|medal|collection|shelf|bookshelf|sofa|lamp|chair|kit|engine|server|cluster|database|pipeline|plugin)(?![\p{L}\d]))/iu;
/** What places, storms and saints have before their names. */
const PLACE =
  /\b(?:lake|mount|mt\.?|port|cape|fort|san|santa|santo|são|saint|sankt|project|projekt|projet|proyecto|progetto|projeto|operation|codename|bloody|hurricane|storm|cyclone|typhoon) $/i;
/** Planets, herbs and virtues: more often what they say than whom. */
const things = wordSet('venus,saturn,jupiter,neptune,mercury,basil,rosemary,peace');
/** Written so in dates. */
const months = wordSet('jan,mar,apr,avr,may,mai,jun,jul,abr,ago,august,june,julio');
const namesThing = (text: string, { start, end, name }: Word): boolean =>
  things.has(name) ||
  (months.has(name) && (/^\.? {1,2}\d/.test(text.slice(end, end + 4)) || /\d\.? $/.test(text.slice(Math.max(0, start - 3), start)))) ||
  ('„“«‘'.includes(text[start - 1] ?? ' ') && '“”»’'.includes(text[end] ?? ' ')) ||
  THING.test(text.slice(end, end + 24)) ||
  PLACE.test(text.slice(Math.max(0, start - 10), start)) ||
  (/\bSt\.? $/.test(text.slice(Math.max(0, start - 5), start)) && /^['’]s/.test(text.slice(end, end + 2)));

/** At the start of a sentence any word has a capital. */
const beginsSentence = (text: string, start: number): boolean =>
  start === 0 || /(?:^|[.!?:\n"“(*#>-])\s*$/.test(text.slice(Math.max(0, start - 4), start));

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
