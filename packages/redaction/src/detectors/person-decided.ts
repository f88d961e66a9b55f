// Runs in browsers too. Whether capitalised words in a row are a name: by what announces them, by lists, by what stands around.
import { confidence, type Confidence } from '../detector.ts';
import { wordSet } from '../keywords.ts';
import { headings } from '../names/lookup.ts';
import { isAdjective, isFamilyForm, isOtherScript } from '../names/other-scripts.ts';
import { titles, type Announced } from './person-announced.ts';
import { greetings } from './person-forms.ts';
import { HONOURED, isCapitals, isInitial, wordAt, type Word } from './name-run.ts';

/** The words of a run that are a name. */
export interface Decided {
  readonly take: readonly Word[];
  readonly sure: Confidence;
}

/** Titles of persons alone: there is a Lady Bridge, but no Mrs Bridge. */
const honorifics = wordSet(
  'mr,mrs,ms,miss,mx,herr,herrn,frau,mme,mlle,monsieur,madame,señor,señora,sr,sra,srta,sig,signor,signora,dhr,mevr,mevrouw',
);
/** The run ends here, or goes on with a name. */
const isPart = (run: readonly Word[], at: number): boolean => at >= run.length || (run[at]?.listed === true && !run[at].otherwise);

/** How much of a run of capitalised words is a name, and how sure that is; undefined where none of it is. */
export function decide(text: string, run: readonly Word[], announced: Announced | undefined): Decided | undefined {
  // Mr Park: what makes an organisation's name ends a family's too.
  const titled = announced !== undefined && honorifics.has(announced.by);
  const cut = run.findIndex(
    ({ otherwise, listed, name, end }, at) =>
      (otherwise && !(titled && listed && isPart(run, at + 1))) || (name === 'i' && text[end] !== '.'),
  );
  const exactly = announced?.exactly === true;
  // Most words with a capital end here.
  if (cut === 0 && !exactly) return undefined;
  if (exactly && isValue(text, run)) return { take: run, sure: confidence.context };
  if (run.length > 1 && isMailbox(text, run)) return { take: run, sure: confidence.context };
  const kept = cut < 0 ? run : run.slice(0, cut);
  const [first] = kept;
  if (first === undefined || kept.every(isInitial) || kept.some(({ name }) => name.includes('-') && NUMBERED.test(name))) return undefined;
  if (announced === undefined && isOtherScript(first.name)) return wholeName(text, kept);
  const followed = isFollowed(kept, run[cut]?.name);
  const capitals = kept.every(({ start, end }) => end - start > 1 && isCapitals(text, start, end));
  const listed = kept.filter((word) => word.listed && !word.everyday).length;
  if (announced?.surely === true && !followed && (!capitals || listed > 0 || kept.length > 1))
    return isAnnounced(text, kept, { announced, titled, listed }) ? { take: kept.slice(0, LONGEST), sure: confidence.context } : undefined;
  if (capitals) return !followed && isInCapitals(kept, listed) ? { take: kept.slice(0, LONGEST), sure: confidence.shape } : undefined;
  const isPlainlyTwo = kept.length >= 2 && !kept.some((word) => word.everyday && !word.joined) && !isInitial(first);
  if (announced !== undefined && !followed && isPlainlyTwo) return { take: kept.slice(0, LONGEST), sure: confidence.shape };
  if (kept.length === run.length && acts(text, kept)) return { take: kept, sure: confidence.guess };
  if (followed && kept.length < 3) return undefined;
  return kept.length > 1 ? ofSeveral(text, kept, listed, announced !== undefined) : ofOne(text, first, announced);
}
/** Words of a name, at most. */
const LONGEST = 4;

/** Whether something follows that makes the whole an organisation, a street, a title of a work. */
function isFollowed(kept: readonly Word[], next: string | undefined): boolean {
  if (kept.length === 0 || next === undefined || goesOn.has(next)) return false;
  return !(kept.length > 1 && headings.has(next));
}
const goesOn = wordSet('the,and,of,for,order,error,call,phone,email,account,card,iban,bitcoin,get,post');

/** What ends a value of data. */
const ENDS_VALUE = /^(?:["'<,;|\t\r\n&)}\]]|$)/;
/** What stands where a name is not known, or in a schema. */
const NO_NAME = wordSet(
  'unknown,none,null,nil,n,na,nan,string,text,varchar,char,value,required,optional,name,first,last,middle,given,family,surname,yes,no,true,false,test,default,empty,missing,type,label,field,column,example,sample,total,sum,date,email,phone,anonymous,redacted,masked,undefined,number,required,nullable,any,tbd,todo',
);
/** A value of data that is said to be a name is one, whatever words it has; a value that is none ends otherwise. */
function isValue(text: string, run: readonly Word[]): boolean {
  const last = run.at(-1);
  return (
    last !== undefined &&
    run.length < 4 &&
    ENDS_VALUE.test(text.slice(last.end, last.end + 1)) &&
    !run.some(({ name }) => NO_NAME.has(name))
  );
}

/** OBERHUBER Lennart <lennart@mail.example>: whoever a mailbox belongs to, where one word is listed and none says that it is a firm's. */
const MAILBOX = /^["']? ?<[\w.+-]{1,64}@/;
const isMailbox = (text: string, run: readonly Word[]): boolean => {
  const end = run.at(-1)?.end ?? 0;
  return MAILBOX.test(text.slice(end, end + 68)) && run.some(({ listed }) => listed) && !run.some(({ everyday }) => everyday);
};

/** What is announced as a name, but for everyday words. */
function isAnnounced(
  text: string,
  kept: readonly Word[],
  { announced, titled, listed }: { readonly announced: Announced; readonly titled: boolean; readonly listed: number },
): boolean {
  const [first] = kept;
  if (first === undefined) return false;
  const byTitle = titles.has(announced.by);
  if (first.everyday && listed === 0 && kept.length < 2) {
    const greeted = first.given && (announced.given === true || greetings.has(announced.by)) && ',!.:)\n'.includes(text[first.end] ?? '\n');
    return first.listed && (!first.otherwise || titled) && (byTitle || greeted);
  }
  // A list of names stops where the sentence goes on.
  const several = kept.length > 1 && (first.given || !kept.every(({ everyday }) => everyday));
  return listed > 0 || several || byTitle || !first.everyday;
}

/** In capitals headings are written, too. */
function isInCapitals(kept: readonly Word[], listed: number): boolean {
  const isGivenAndAnother = kept.length === 2 && kept[0]?.given === true && !kept.some((word) => word.everyday || word.name.length < 4);
  return kept.length >= 2 && (listed >= 2 || isGivenAndAnother);
}

/** Two words and more that are not surely announced: a listed given or family name among them, or initials. */
function ofSeveral(text: string, kept: readonly Word[], listed: number, isSaid: boolean): Decided | undefined {
  const [first, second] = kept;
  if (first === undefined || second === undefined) return undefined;
  if (isInitial(first))
    return text[first.end] === '.' && (second.listed || kept.length > 2 || isSaid) && !second.everyday
      ? { take: kept, sure: confidence.shape }
      : undefined;
  if (first.listed && !first.everyday)
    return !second.everyday || second.listed ? { take: kept, sure: confidence.shape } : { take: [first], sure: confidence.guess };
  const opens = beginsSentence(text, first.start);
  if (listed > 0 && first.listed && !first.otherwise && (first.given || !opens)) return { take: kept, sure: confidence.shape };
  // An unlisted first word before a listed family name, in a run that begins no sentence.
  if (!first.listed && listed > 0 && kept.length <= 3 && !opens && !first.everyday) return { take: kept, sure: confidence.guess };
  return undefined;
}

/** A listed name alone, where no sentence begins. */
function ofOne(text: string, first: Word, announced: Announced | undefined): Decided | undefined {
  if (isInitial(first) || !first.listed || first.everyday || (announced?.surely !== true && namesThing(text, first))) return undefined;
  return first.given ||
    withGivenAfter(text, [first]).length > 1 ||
    announced !== undefined ||
    HONOURED.test(text.slice(first.end, first.end + 10)) ||
    !beginsSentence(text, first.start)
    ? { take: [first], sure: confidence.guess }
    : undefined;
}

/** What people do and things seldom do: an unknown name before such a word is somebody's. */
const DOES =
  /^ (?:said|says|told|tells|asked|asks|replied|explained|explains|wrote|writes|thinks|thought|believes|wants|wanted|lives|lived|works|worked|was born|is married|married|called me|told me|has given|had given|desu|sagt|sagte|wohnt|arbeitet|dit|habite|dijo|dice|vive|trabaja)\b/;
/** Of one or two such words another name may be the second; of more it is a heading. */
const MOST_UNKNOWN = 3;

/** A run of unlisted capitals that does what people do, or owns something as two words. */
function acts(text: string, kept: readonly Word[]): boolean {
  const last = kept.at(-1);
  if (
    last === undefined ||
    kept.length > MOST_UNKNOWN ||
    kept.some((word) => word.everyday || (word.end - word.start < 3 && !isInitial(word)))
  )
    return false;
  if (DOES.test(text.slice(last.end, last.end + 14))) return true;
  return kept.length === 2 && /^['’]s /.test(text.slice(last.end, last.end + 3));
}

/** AHV-Nummer, Steuer-ID, Smith-style: parts of a name make other words too. */
const NUMBERED = /-(?:\p{L}*nummer|nr|no|id|code|karte|style|type|like|based)$/u;
/**
 * In Cyrillic and Greek, where places and titles of two capitals are many: a given name, and another name or what only families are called;
 * a family's with initials. What begins the sentence is none of it.
 */
function wholeName(text: string, run: readonly Word[]): Decided | undefined {
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

/** "Ask Hansen, Lucie.": the family name first, in a sentence. */
export function withGivenAfter(text: string, take: readonly Word[]): readonly Word[] {
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

/** What is called after somebody: Crohn's disease, the Nash equilibrium, a shelf „Billy“, the Marcus 40-inch. */
const THING =
  /^(?:['’]s)?[ -](?:\d+(?:\.\d|-[a-z])|(?:chain|formation|dressing|correction|[drz](?= [=<>])|alpha|disease|or \p{Lu}\p{Ll}+['’]s disease|syndrome|thyroiditis|lymphoma|palsy|functions?|equilibrium|process|identity|theorem|lemma|conjecture|inequality|law|equations?|algorithm|distribution|index|initiali[sz]ation|momentum|optimi[sz]er|regression|sampling|cipher|coding|diagram|paradox|treaty|pizza|salad|soup|sauce|cake|tea|scale|effect|constant|numbers?|principle|transform|reaction|solver|motor|curve|filter|kernel|tree|protocol|temple|valley|turbine|jars?|award|prize|medal|collection|shelf|bookshelf|sofa|lamp|chair|kit|engine|server|cluster|database|pipeline|plugin)(?![\p{L}\d]))/iu;
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
