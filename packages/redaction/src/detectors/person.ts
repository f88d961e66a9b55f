// Runs in browsers too. Names of people: by a word that announces one, by lists of names, and again wherever a known name returns.
import { classAt, isWord, LETTER, LOWER, OTHER_LETTER, UPPER } from '../characters.ts';
import { confidence, type Confidence, type Detector } from '../detector.ts';
import { everydayWords } from '../names/everyday-words.ts';
import { anyNames, givenNames } from '../names/filters.ts';
import { openNameFilter, toName } from '../names/name-filter.ts';
import { Keywords } from '../keywords.ts';
import { identifierBefore, type Scan } from '../scan.ts';

const isGiven = openNameFilter(givenNames);
const isAny = openNameFilter(anyNames);

const words = (list: string): ReadonlySet<string> => new Set(list.split(','));
const titles = words(
  'ssa,mr,mrs,ms,miss,mx,dr,prof,professor,sir,madam,lady,lord,rev,reverend,father,sister,brother,capt,captain,sgt,lt,col,gen,hon,judge,senator,herr,herrn,frau,fräulein,m,mme,mlle,monsieur,madame,mademoiselle,sr,sra,srta,señor,señora,señorita,don,doña,sig,signor,signora,dott,dhr,mevr,doktor,docteur,doctor,doctora,ing,uncle,aunt',
);
/** After these, or after a key of this name, stands a name. */
const announcers = words(
  'name,names,named,called,dear,hi,hello,hey,hallo,liebe,lieber,bonjour,cher,chère,hola,querido,querida,estimado,estimada,regards,sincerely,cheers,thanks,greetings,grüße,gruß,cordialement,saludos,atentamente,author,signed,patient,requester,customer,client,kunde,kundin,cliente,holder,cardholder,contact,attn,attention,from,to,cc,bcc,sender,recipient,assignee,reporter,owner,employee,manager,user,username,firstname,lastname,surname,forename,fullname,nachname,vorname,nom,prénom,nombre,apellido,apellidos,husband,wife,son,daughter,mother,friend,colleague,tenant,passenger,driver,applicant,beneficiary,payee,payer,student,teacher,doctor,nurse,lawyer,agent,buyer,seller,with,by,label,inhaber,titulaire,titular,firmado,signé,heiße,appelle,llamo,nombrado,editor,reviewer,approver,witness,guest,visitor,member,subscriber,participant,candidate,interviewee,speaker,defendant,plaintiff,claimant,respondent,complainant,petitioner,victim,suspect,insured,policyholder,lessee,lessor,landlord,borrower,lender,guarantor,trustee,heir,attendee,organizer,organiser,instructor,trainee,intern,consultant,counsel,notary,donor,kollege,kollegin,nachbar,nachbarin,ehemann,ehefrau,mieter,vermieter,zeuge,zeugin,kläger,klägerin,beklagter,beklagte,versicherter,versicherte,patientin,ansprechpartner,ansprechpartnerin,témoin,locataire,bailleur,assuré,assurée,salarié,salariée,élève,collègue,testigo,paciente,inquilino,inquilina,demandado,demandante,asegurado,asegurada,empleado,empleada,colega,titolare,paziente,inquilino,interviewer,caller,maintainer,committer,contributor,respondents,adjuster,requestor,pt,family,given,cognome,nome,sobrenome,naam,voornaam,achternaam,namn,förnamn,efternamn,navn,fornavn,etternavn,nimi,etunimi,sukunimi,név,soyad,jméno,příjmení,imię,nazwisko,имя,фамилия,отчество,фио,заявитель,заявительница,клиент,заказчик,пациент,пациентка,оператор,менеджер,получатель,отправитель,сотрудник,господин,госпожа,groet,groeten,hilsen,hälsningar,mvh,saluti,abraços,abraço,atenciosamente,ciao,oi,olá,hej,hei,ahoj,cześć,salut,pozdrawiam,здравствуйте,привет,fils,fille,mari,frère,sœur,hijo,hija,marido,esposa,esposo,hermano,hermana,figlio,figlia,marito,moglie,fratello,sorella,zoon,dochter,maken,makan,dotter,syster,filho,filha,irmão,irmã,sohn,tochter,bruder,schwester',
);
/** Announcers that name somebody only before a colon, an equals sign or as a JSON key. */
const keysOnly = words(
  'from,to,with,by,user,label,contact,customer,client,owner,agent,name,names,called,named,thanks,doctor,father,sister,brother,manager,driver,member,guest,student,teacher,speaker,cliente,kunde,author,patient,cc,nom,nombre,judge,attention,doctor,mother,friend,son,daughter,wife,husband,nurse,lawyer,employee,m,don,hon,col,gen,ing,defendant,plaintiff,claimant,respondent,complainant,petitioner,victim,suspect,insured,policyholder,lessee,lessor,landlord,borrower,lender,guarantor,trustee,heir,attendee,organizer,organiser,instructor,trainee,intern,consultant,counsel,notary,donor,mieter,vermieter,patientin,locataire,bailleur,assuré,assurée,salarié,salariée,élève,paciente,inquilino,inquilina,demandado,demandante,asegurado,asegurada,empleado,empleada,titolare,paziente,pt,family,given,nome,respondents,fils,fille,mari,frère,sœur,hijo,hija,marido,esposa,esposo,hermano,hermana,figlio,figlia,marito,moglie,fratello,sorella,zoon,dochter,maken,makan,dotter,syster,filho,filha,irmão,irmã,sohn,tochter,bruder,schwester',
);
const particles = words(
  'de,da,do,dos,das,del,della,di,du,des,van,von,der,den,ter,ten,zu,zum,af,al,el,bin,binti,bint,ibn,ben,la,le,lo,y,e,st,mc,o,d,l,dit,vom,und zu',
);
/** A run with one of these words names an organisation, a place or a thing. */
const notPeople = words(
  'my,your,our,his,her,their,its,this,that,these,those,mein,meine,meiner,ihr,ihre,unser,unsere,dein,deine,mon,mes,votre,vos,notre,nos,leur,leurs,mis,sus,nuestro,nuestra,id,nummer,número,numéro,customer,client,team,everyone,everybody,sons,sir,madam,kunde,kundin,damen,herren,inc,ltd,llc,gmbh,corp,corporation,company,co,ag,plc,sa,sl,group,university,college,school,institute,hospital,church,museum,street,avenue,road,lane,drive,court,boulevard,square,park,bridge,river,lake,mountain,island,city,county,state,district,airport,station,stadium,league,cup,championship,festival,records,band,album,party,committee,council,department,ministry,association,society,foundation,union,bank,press,times,news,magazine,journal,award,awards,war,battle,act,law,street,building,tower,center,centre,hall,house,hotel,club,team,united,states,kingdom,republic,army,navy,force,airlines,line,lines,railway,railroad,highway,island,islands,bay,sea,ocean,valley,hills,forest,world,series,show,game,games,film,movie,song,studio,studios,entertainment,pictures,theatre,theater,orchestra,symphony,academy,services,systems,technologies,software,solutions,partners,holdings,international,national,global,american,british,european,january,february,march,april,may,june,july,august,september,october,november,december,monday,tuesday,wednesday,thursday,friday,saturday,sunday,straße,strasse,platz,weg,allee,gasse,rue,avenue,place,calle,avenida,plaza,paseo,north,south,east,west,northern,southern,eastern,western,new,great,old,lower,upper,mount,fort,port,san,santa,los,las,saint,cape,the,of,and,for,route,version,error,order,number,code,test,data,server,service,client,request,response,api,http,json,select,insert,update,delete,create,table,values,where,get,post,put,call,email,phone,address,card,account,street,apartment,suite,apt,room,floor,level,chapter,figure,section,page,volume,model,class,type,bitcoin,iban,visa,mastercard,invoice,rechnung,gold,geb,kimlik,having,count,salad,harbour,harbor,bloody,car,hat,nhs,cidadão,pizza,cheese,soap,shirt,shoes,bike,mouse,keyboard,chair,gloves,towels,benedict,support,noreply',
);

/** A capitalised word; what the lists say of it is asked once. */
class Word {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  #listed: boolean | undefined;
  #given: boolean | undefined;
  #marks: number | undefined;

  constructor(start: number, end: number, name: string) {
    this.start = start;
    this.end = end;
    this.name = name;
  }

  get listed(): boolean {
    return (this.#listed ??= isListed(this.name));
  }
  get given(): boolean {
    return (this.#given ??= isListedGiven(this.name));
  }
  /** It makes the run an organisation's name, or a place's. */
  get otherwise(): boolean {
    return ((this.#marks ??= marksOf(this.name)) & OTHERWISE) !== 0;
  }
  get everyday(): boolean {
    return (this.#marks ??= marksOf(this.name)) !== 0;
  }
}

/** A capitalised word: Anna, O'Neil, Jean-Luc, McKay, J., or ANNA. */
function wordAt(text: string, start: number): Word | undefined {
  if ((classAt(text, start) & UPPER) === 0) return undefined;
  let end = start + 1;
  const limit = Math.min(text.length, start + 40);
  for (; end < limit; end++) {
    if ((classAt(text, end) & LETTER) !== 0) continue;
    const code = text[end];
    if (
      (code === "'" || code === '’' || code === '-') &&
      (classAt(text, end + 1) & LETTER) !== 0 &&
      !(code !== '-' && text[end + 1] === 's' && !isWord(text, end + 2))
    )
      continue;
    break;
  }
  if (isWord(text, end)) return undefined;
  const raw = text.slice(start, end);
  // The trailing letters of camelCase are code.
  if (
    isCamelCase(text, start, end) &&
    raw !== 'GmbH' &&
    !/^(?:Mc|Mac|De|Di|Le|La|Van|Von|Du|O)[A-Z]/.test(raw) &&
    !raw.includes('-') &&
    !raw.includes("'")
  )
    return undefined;
  return new Word(start, end, toName(raw));
}

/** A capital, small letters, a capital. */
function isCamelCase(text: string, start: number, end: number): boolean {
  let at = start + 1;
  while (at < end && classAt(text, at) === LOWER) at++;
  return at > start + 1 && at < end && classAt(text, at) === UPPER && classAt(text, start) === UPPER;
}

const isInitial = ({ start, end }: Word): boolean => end - start === 1;
/** Endings that only family names have, without accents. */
const FAMILY =
  /.{3}(?:oglu|ovic|evic|ewicz|owicz|czyk|czak|owski|ewski|owska|ewska|inski|inska|enko|chuk|shvili|adze|poulos|opoulou|akis|idis|sson|sdottir|inen|escu|[kr]ova)$/;
const isListed = (name: string): boolean =>
  name.length > 1 &&
  (isAny(name) ||
    FAMILY.test(name) ||
    (name.includes('-') && name.split('-').some((part) => part.length > 3 && isAny(part) && !everydayWords.has(part))));
const isListedGiven = (name: string): boolean =>
  name.length > 1 && (isGiven(name) || (name.includes('-') && isGiven(name.split('-')[0] ?? '')));
/** Bits of a word's marks. */
const COMMON = 1;
const OTHERWISE = 2;
const marks = new Map<string, number>([...everydayWords].map((word) => [word, COMMON]));
for (const word of notPeople) marks.set(word, (marks.get(word) ?? 0) | OTHERWISE);
const marksOf = (name: string): number => marks.get(name) ?? (/['’]/.test(name) && CONTRACTED.test(name) ? COMMON : 0);
const isEveryday = (name: string): boolean => marksOf(name) !== 0;
const CONTRACTED = /^(?:i|it|we|you|he|she|they|let|don|can|that|there|what|who)['’]/;

const MOST_WORDS = 5;

/** The run of capitalised words from here, with particles and initials between, on one line. */
function runFrom(text: string, first: Word): readonly Word[] {
  const run: Word[] = [first];
  for (let last = first; run.length < MOST_WORDS;) {
    let at = last.end;
    if (isInitial(last) && text[at] === '.') at++;
    if (text[at] !== ' ' && !(isInitial(last) && (classAt(text, at) & UPPER) !== 0)) break;
    while (text[at] === ' ' && at - last.end < 3) at++;
    // Lower-case particles belong to what follows them.
    let from = at;
    for (let seen = 0; seen < 2; seen++) {
      const end = lowerEnd(text, from);
      if (end === from || text[end] !== ' ' || !particles.has(text.slice(from, end))) break;
      from = end + 1;
    }
    if (text.startsWith("'t ", from)) from += 3;
    else if (ARTICLE.test(text.slice(from, from + 5))) from = text.indexOf('-', from) + 1;
    const next = wordAt(text, from);
    if (next === undefined) break;
    // A title in the middle begins another name.
    run.push(next);
    last = next;
  }
  return run;
}

/** al-Rashidi, ash-Shami */
const ARTICLE = /^(?:a[ldnrst]|el|ash)-\p{Lu}/u;

const lowerEnd = (text: string, at: number): number => {
  let end = at;
  while (end < at + 6 && (classAt(text, end) & (LOWER | OTHER_LETTER)) !== 0) end++;
  return end;
};

interface Announced {
  readonly by: string;
  /** Announced as a key or before a colon, or by a phrase that leaves no doubt. */
  readonly surely: boolean;
}

const PHRASES =
  /(?:\b(?:my name(?:'s| is)|name is|under the name|i am|i'm|this is|call me|signed by|written by|your (?:\p{L}{2,9} )?name\?|mein name ist|ich bin|ich heiße|je m'appelle|mon nom est|me llamo|mi nombre es|soy|speaking with|spoke (?:to|with)|met with|sincerely|regards|grüßen|cordialement|saludos|thanks|cheers|dear|hello|hi|hey|hallo|liebe|lieber|bonjour|cher|chère|hola|querid[oa]|estimad[oa]),?:?\s{0,4}|\b(?:best|kind|warm) regards,?\s{0,4})$/iu;

/** The word before an offset and what stands between, a few characters at most. */
function wordBefore(text: string, start: number): { readonly word: string; readonly gap: string } {
  let end = start;
  const limit = Math.max(0, start - 12);
  while (end > limit && (classAt(text, end - 1) & LETTER) === 0) end--;
  let from = end;
  const first = Math.max(0, end - 24);
  while (from > first && (classAt(text, from - 1) & LETTER) !== 0) from--;
  return { word: text.slice(from, end), gap: text.slice(end, start) };
}
const PHRASE_ENDS = words(
  's,is,am,m,me,by,ist,bin,heiße,appelle,est,llamo,es,soy,with,to,name,dear,hello,hi,hey,hallo,liebe,lieber,bonjour,cher,chère,hola,querido,querida,estimado,estimada,regards,sincerely,cheers,thanks,grüßen,cordialement,saludos',
);

function announcedBy(scan: Scan, start: number): Announced | undefined {
  const { text } = scan;
  // "Anna Schmidt and Xiulan Zzyzx": one name announces the next.
  if (followsName(scan, start) && /^,? (?:and|und|et|y|e|&|or|oder|ou|o) $/.test(text.slice(scan.personsSeen, start)))
    return { by: 'and', surely: false };
  if (
    text.charCodeAt(start - 2) === 0x5d &&
    CHAT.test(text.slice(Math.max(0, start - 14), start)) &&
    SPEAKER.test(text.slice(start, start + 60))
  )
    return { by: 'chat', surely: true };
  return announcedByWord(scan, start) ?? announcedByColumn(scan, start);
}

/** `[18:32] Grozdana: hello` */
const CHAT = /\[\d{1,2}:\d{2}(?::\d{2})?\] $/;
const SPEAKER = /^\p{Lu}[\p{L}'’ .-]{1,50}:/u;
const speaks = ({ text }: Scan, start: number, end: number): boolean =>
  text.charCodeAt(end) === 0x3a && text.charCodeAt(start - 2) === 0x5d;

/** Given name(s): */
const SEVERAL = /name\(s\)["']?\s?[:=]\s{0,4}["']?$/i;
/** What a tag of a form or a schema is called is nobody. */
const NAMES_THING =
  /<(?:field|input|param|parameter|meta|option|column|property|attribute|element|var|variable|tool|function|select|button)\s(?:[^<>]{0,40}\s)?name\s?=\s?["']?$/i;

function announcedByWord(scan: Scan, start: number): Announced | undefined {
  if (!hasAnnouncer(scan, start)) return undefined;
  const { text } = scan;
  const { word, gap } = wordBefore(text, start);
  const lower = word.toLowerCase();
  const spaced = gap !== '' && /^\.?\s{1,4}$/.test(gap);
  if (spaced && titles.has(lower) && (lower !== word || word.length > 2) && (word.length > 1 || gap.startsWith('.')))
    return { by: lower, surely: true };
  if (lower === 's' && SEVERAL.test(text.slice(Math.max(0, start - 16), start))) return { by: 'name', surely: true };
  if (PHRASE_ENDS.has(lower) && gap.length < 5) {
    const phrase = PHRASES.exec(text.slice(Math.max(0, start - 40), start));
    if (phrase !== null) return { by: lower, surely: true };
  }
  if (gap.includes('=') && NAMES_THING.test(text.slice(Math.max(0, start - 60), start))) return undefined;
  const key = /[:=|>]\s{0,8}["'`]?$/.test(gap) ? identifierBefore(text, start) : '';
  if (key !== '') {
    const parts = key.split(/[^\p{L}]+|(?<=\p{Ll})(?=\p{Lu})/u).map((part) => part.toLowerCase());
    const last = parts.at(-1) ?? '';
    if (announcers.has(last) && !(last === 'name' && parts.some((part) => notNames.has(part)))) return { by: last, surely: true };
  }
  if (announcers.has(lower) && /^[,:]?\s{1,4}$/.test(gap)) return { by: lower, surely: !keysOnly.has(lower) };
  return undefined;
}

/** Small words that begin a family name. */
const LEADS = words('de,da,do,dos,das,del,della,di,du,des,van,von,der,den,ter,ten,zu,zum,af,al,el,bin,ibn,ben,la,le,lo,vom,t');
/** Where the particles before a name begin: Frau von der Heide. */
function leadStart({ text, words: { starts, ends } }: Scan, start: number): number {
  let from = start;
  if (text.charCodeAt(start - 1) !== 0x20 || (classAt(text, start - 2) & (LOWER | OTHER_LETTER)) === 0) return from;
  let at = ends.length - 1;
  while (at >= 0 && (ends[at] ?? 0) > start) at--;
  for (let seen = 0; seen < 3; seen++, at--) {
    const [first = 0, end = -2] = [starts[at], ends[at]];
    if (end !== from - 1 || end - first > 5 || !LEADS.has(text.slice(first, end))) break;
    from = text.charCodeAt(first - 1) === 0x27 ? first - 1 : first;
  }
  return from;
}

/** What a column of names may be called and nothing else is. */
const PARTS_OF_NAMES = words('first,last,middle,given,family');
/** A cell of a table whose header says so. */
function announcedByColumn(scan: Scan, start: number): Announced | undefined {
  if (!opensCell(scan, start)) return undefined;
  const column = scan.contextBefore(start).column;
  const last = column.at(-1) ?? '';
  const isName = announcers.has(last) || (column.length === 1 && PARTS_OF_NAMES.has(last));
  return isName && !column.some((part) => notNames.has(part)) ? { by: last, surely: true } : undefined;
}

/** Close enough behind a name for an "and" between. */
const followsName = (scan: Scan, start: number): boolean => scan.personsSeen > scan.floor && start - scan.personsSeen < 7;

/** Whether the word before may announce a name, as the pass knows already. */
function hasAnnouncer({ text, words: { ends, lists } }: Scan, start: number): boolean {
  let last = ends.length - 1;
  while (last >= 0 && (ends[last] ?? 0) > start) last--;
  const end = ends[last] ?? -13;
  if (start - end > 12 || ((lists[last] ?? 0) & announcing.bit) === 0) return false;
  // Letters of a code between are no word, and still stand between.
  for (let at = end; at < start; at++) if ((classAt(text, at) & LETTER) !== 0) return false;
  return true;
}

/** A value begins here, or a cell may. */
function opensCell({ text, floor }: Scan, start: number): boolean {
  if (start === floor) return true;
  let at = start - 1;
  if (text.charCodeAt(at) === 0x27 && OPENS_CELL.has(text.charCodeAt(at - 1))) return true;
  while (at > start - 3 && text.charCodeAt(at) === 0x20) at--;
  return OPENS_CELL.has(text.charCodeAt(at));
}
const notNames = words(
  'file,host,table,column,field,class,function,method,product,company,domain,server,service,secret,package,module,app,application,event,tag,branch,repo,repository,image,container,db,database,schema,index,key,node,cluster,bucket,queue,topic,job,task,tool,model,agent,policy,rule,brand,street,city,country,state,org,organisation,organization,project,team,group,role,display name of,file name,bank,device,type,variable,var,env,path,folder,dir,metric,label,color,colour,font,theme,template,attribute,property,element,session,channel,room',
);

const otherKeys = words(
  'city,town,country,state,region,province,county,timezone,company,organisation,organization,product,brand,model,category,currency,language,venue,airport,stadt,land,ort,firma,ville,pays,ciudad,pais,empresa,citta,paese,cidade,empresa',
);
const isOtherKey = (key: string): boolean => otherKeys.has((/[\p{L}]+$/u.exec(key)?.[0] ?? '').toLowerCase());

const announcing = new Keywords([...titles, ...announcers, ...PHRASE_ENDS].join(','));
const codesOf = (characters: readonly string[]): ReadonlySet<number> => new Set(characters.map((character) => character.charCodeAt(0)));
const OPENS_CELL = codesOf([',', ';', '|', '\t', "'", '(']);

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
      if (to - at < 5 && text.charCodeAt(to) === 0x20 && particles.has(text.slice(at, to))) return false;
    }
  }
  if (next === 0x2c && text.charCodeAt(end + 3) === 0x2e) return false;
  if (speaks(scan, start, end) || followsName(scan, start) || hasAnnouncer(scan, lead) || opensCell(scan, lead)) return false;
  for (let at = start; at < end; at++) if (text.charCodeAt(at) >= 0x80) return false;
  // Everyday words alone name nobody, listed or not.
  return !isAny(text, start, end) || ((scan.words.lastLists & aloneNobody.bit) !== 0 && isEveryday(text.slice(start, end).toLowerCase()));
}
const aloneNobody = new Keywords([...everydayWords, ...notPeople].join(','));

const GLUE = codesOf(['_', '.', '$', '\\', '@', '#']);

function look(scan: Scan, start: number, runEnd: number): void {
  const { text } = scan;
  if ((classAt(text, start) & UPPER) === 0 || start < scan.personsSeen) return;
  const glue = text.charCodeAt(start - 1);
  const next = text.charCodeAt(runEnd);
  if ((next === 0x5f || next === 0x5e || next === 0x2f) && glued(scan, start)) return;
  if (GLUE.has(glue) || ((glue === 0x2d || glue === 0x2f) && isWord(text, start - 2))) return;
  const lead = leadStart(scan, start);
  if (isPlain(scan, lead, start, runEnd)) {
    scan.capitalised.push({ start, end: runEnd });
    return;
  }
  const first = wordAt(text, start);
  if (first === undefined) return;
  const after = text[first.end] ?? ' ';
  if (
    after === '_' ||
    after === '(' ||
    after === '=' ||
    after === '/' ||
    (after === '.' && isWord(text, first.end + 1) && !isInitial(first)) ||
    after === '@' ||
    (after === ':' && text[first.end + 1] === ':')
  )
    return;
  // The pass has looked up the word already.
  const mayAnnounce = (scan.words.lastLists & announcing.bit) !== 0;
  if (mayAnnounce && titles.has(first.name) && !isInitial(first)) return;
  if (cited(scan, first)) return;
  const announcedFrom = lead < start ? announcedBy(scan, lead) : undefined;
  const announced = announcedFrom ?? announcedBy(scan, start);
  // In data a town or a firm is what its key says.
  if (announced === undefined && (glue === 0x22 || glue === 0x27) && isOtherKey(identifierBefore(text, start))) return;
  const run = runFrom(text, first);
  // What announces a name is none: in "Hi Bob" the name begins with Bob.
  if (run.length > 1 && mayAnnounce && announcers.has(first.name)) return;
  const decided =
    announced === undefined && first.name.length > 1 && !first.listed && run.length < 2 ? undefined : decide(scan, run, announced);
  if (decided === undefined) {
    scan.capitalised.push({ start, end: first.end });
    return;
  }
  const { sure } = decided;
  const take = withGivenAfter(text, decided.take, announced?.surely);
  const last = take.at(-1) ?? first;
  const end = last.end + (isInitial(last) && text[last.end] === '.' ? 1 : 0);
  const from = announcedFrom === undefined ? start : lead;
  scan.personsSeen = end;
  scan.report({
    start: from,
    end,
    type: 'PERSON',
    rule: announced === undefined ? 'person.listed' : 'person.announced',
    confidence: sure,
    context: announced?.by,
    canonical: toName(text.slice(from, end)),
  });
  remember(scan, take, announced);
}

/** Whitlock^Dorothea^M in HL7, Torsten_Kleinschmidt in a file's name, ROTH/ANNA on a list of passengers. */
const GLUED =
  /^(\p{Lu}\p{Ll}['’\p{L}-]{0,24}|[\p{Lu}-]{3,30}(?=\/))([_^/])(\p{Lu}\p{Ll}['’\p{L}-]{0,24}|(?<=\/)[\p{Lu}-]{3,30})(?:\^[\p{L}.]{0,24}){0,2}(?![\p{L}\d])/u;
function glued(scan: Scan, start: number): boolean {
  const [whole = '', one = '', mark = '', other = ''] = GLUED.exec(scan.text.slice(start, start + 90)) ?? [];
  if (one === '') return false;
  const names = [toName(one), toName(other)];
  if (!names.some((name) => isListedGiven(name) && !isEveryday(name))) return false;
  // With an underscore it may as well be a constant's name, and AND/OR is none.
  if (mark === '/' && (!one.endsWith(one.toUpperCase()) || names.some(isEveryday))) return false;
  if (mark === '_' && !names.every((name) => isListed(name) && !isEveryday(name))) return false;
  scan.personsSeen = start + whole.length;
  scan.report({
    start,
    end: start + whole.length,
    type: 'PERSON',
    rule: 'person.glued',
    confidence: confidence.shape,
    canonical: names.join(' '),
  });
  return true;
}

/** Who wrote it, in a list of what was written: Oyelaran, O. A., and Chukwu, B. (2019). No bracket closes it: a name that was redacted reads as one. */
const INITIALS = /^, (?:\p{Lu}\.[ -]?){1,3}(?=[,;&(]|and |und |et |y |$)/u;
function cited(scan: Scan, first: Word): boolean {
  const { text } = scan;
  if (text.charCodeAt(first.end) !== 0x2c || first.everyday) return false;
  const initials = INITIALS.exec(text.slice(first.end, first.end + 18))?.[0].trimEnd();
  if (initials === undefined) return false;
  const end = first.end + initials.length;
  scan.personsSeen = end;
  scan.report({
    start: first.start,
    end,
    type: 'PERSON',
    rule: 'person.cited',
    confidence: confidence.guess,
    canonical: toName(text.slice(first.start, end)),
  });
  return true;
}

/** "Hansen, Lucie" and "Cano Pacheco, Anita —": the family name first. */
function withGivenAfter(text: string, take: readonly Word[], keyed = false): readonly Word[] {
  const [first] = take;
  const last = take.at(-1);
  if (first === undefined || last === undefined || take.length > 2 || text[last.end] !== ',' || text[last.end + 1] !== ' ') return take;
  const given = wordAt(text, last.end + 2);
  if (given === undefined || given.everyday) return take;
  const after = text.slice(given.end, given.end + 3);
  const opens = text[first.start - 1] ?? '\n';
  const lineBegins = keyed || opens === '\n' || opens === '"' || text[first.start - 2] === ';';
  const closed = after === '' || after.startsWith('\n') || after.startsWith(';') || after.startsWith('"') || /^ [—–-]/.test(after);
  if (lineBegins && closed) return [...take, given];
  return !first.given && given.given && !/^,| \p{Lu}| (?:an|un|et|y )/u.test(after) ? [...take, given] : take;
}

/** What is looked for in the rest of the text: parts of full names and of titled or listed ones, but no everyday words. */
function remember(scan: Scan, take: readonly Word[], announced: Announced | undefined): void {
  const listed = take.some((word) => word.listed);
  if (!listed && (announced === undefined || !titles.has(announced.by))) return;
  if (take.length < 2 && announced === undefined) return;
  for (const word of take) {
    const { name } = word;
    const everyday = word.everyday && (!word.given || name.length < 4 || word.otherwise);
    if (name.length > 2 && !everyday) (scan.people ??= new Set()).add(name);
  }
}

const greetings = words('dear,hi,hello,hey,hallo,liebe,lieber,bonjour,cher,chère,hola,querido,querida,estimado,estimada');
/** What people do and things seldom do: an unknown name before such a word is somebody's. */
const DOES =
  /^ (?:said|says|told|tells|asked|asks|replied|explained|explains|wrote|writes|thinks|thought|believes|wants|wanted|lives|lived|works|worked|was born|is married|married|called me|told me|has given|had given|sagt|sagte|wohnt|arbeitet|dit|habite|dijo|dice|vive|trabaja)\b/;
/** Of one or two such words another name may be the second; of more it is a heading. */
const MOST_UNKNOWN = 3;

/** A run of unlisted capitals that does what people do, or owns something as two words. */
function acts(text: string, kept: readonly Word[], last: Word): boolean {
  if (kept.length > MOST_UNKNOWN || kept.some((word) => word.everyday || (word.end - word.start < 3 && !isInitial(word)))) return false;
  if (DOES.test(text.slice(last.end, last.end + 14))) return true;
  return kept.length === 2 && /^['’]s /.test(text.slice(last.end, last.end + 3));
}

function isCapitals(text: string, start: number, end: number): boolean {
  if (classAt(text, start + 1) === LOWER) return false;
  const word = text.slice(start, end);
  return word === word.toUpperCase();
}

/** AHV-Nummer, Steuer-ID, Smith-style: parts of a name make other words too. */
const NUMBERED = /-(?:\p{L}*nummer|nr|no|id|code|karte|style|type|like|based)$/u;
/** How much of a run is a name, and how sure that is. */
function decide(
  scan: Scan,
  run: readonly Word[],
  announced: Announced | undefined,
): { readonly take: readonly Word[]; readonly sure: Confidence } | undefined {
  const { text } = scan;
  const cut = run.findIndex(({ otherwise, name, end }) => otherwise || (name === 'i' && text[end] !== '.'));
  const kept = cut < 0 ? run : run.slice(0, cut);
  // Something follows that makes the whole an organisation, a street, a title of a work.
  const followed =
    cut > 0 &&
    run.length > kept.length &&
    !/^(?:the|and|of|for|order|error|call|phone|email|account|card|iban|bitcoin|get|post)$/.test(run[cut]?.name ?? '');
  const [first, second] = kept;
  if (first === undefined || kept.every(isInitial) || kept.some(({ name }) => name.includes('-') && NUMBERED.test(name))) return undefined;
  // Nouns have capitals there: only a given name tells a name.
  if (announced === undefined && !isInitial(first) && (first.everyday || !first.given) && scan.isGermanAt(first.start)) return undefined;
  const capitals = kept.every(({ start, end }) => end - start > 1 && isCapitals(text, start, end));
  const listed = kept.filter((word) => word.listed && !word.everyday).length;
  if (announced?.surely === true && !followed) {
    if (!capitals || listed > 0 || kept.length > 1) {
      if (first.everyday && listed === 0 && kept.length < 2)
        return first.listed &&
          !first.otherwise &&
          (titles.has(announced.by) || (greetings.has(announced.by) && first.given && ',!.\n'.includes(text[first.end] ?? '\n')))
          ? { take: kept, sure: confidence.context }
          : undefined;
      // A list of names stops where the sentence goes on.
      return listed > 0 || kept.length > 1 || titles.has(announced.by) || !first.everyday
        ? { take: kept.slice(0, 4), sure: confidence.context }
        : undefined;
    }
  }
  if (announced !== undefined && !followed && kept.length >= 2 && !capitals && !kept.some((word) => word.everyday) && !isInitial(first))
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
  if (!firstListed || first.everyday || (announced === undefined && namesThing(text, first))) return undefined;
  return first.given || withGivenAfter(text, [first]).length > 1 || announced !== undefined || !beginsSentence(text, first.start)
    ? { take: [first], sure: confidence.guess }
    : undefined;
}

/** What is called after somebody: Crohn's disease, the Nash equilibrium, a shelf „Billy“, the Marcus 40-inch. */
const THING =
  /^(?:['’]s)?[ -](?:\d+(?:\.\d|-[a-z])|(?:disease|syndrome|thyroiditis|lymphoma|palsy|functions?|equilibrium|process|identity|theorem|law|equations?|algorithm|distribution|index|scale|effect|constant|numbers?|principle|transform|reaction|solver|motor|curve|filter|kernel|tree|protocol|award|prize|medal|collection|shelf|bookshelf|sofa|lamp|chair|kit|engine|server|cluster|database|pipeline|plugin)\b)/i;
const namesThing = (text: string, { start, end }: Word): boolean =>
  ('„“«‘'.includes(text[start - 1] ?? ' ') && '“”»’'.includes(text[end] ?? ' ')) || THING.test(text.slice(end, end + 18));

/** At the start of a sentence any word has a capital. */
const beginsSentence = (text: string, start: number): boolean =>
  start === 0 || /(?:^|[.!?:\n"“(*#>-])\s*$/.test(text.slice(Math.max(0, start - 4), start));

/** `my name is lena andersson`: typed without capitals, so only where the words before leave no doubt and a list knows the name. */
/** Who speaks, said so or in passing; whom the speaker knows or greets. */
const CUE =
  /\b(?:(?<self>name(?:['’]s| is)|call me|mein name ist|ich heiße|je m'appelle|mon nom est|me llamo|mi nombre es)|(?<passing>this is|it['’]?s|i am|i['’]?m)|hi|hey|hello|dear|my (?:wife|husband|son|daughter|sister|brother|mom|mum|dad|boss|friend)|thanks|thx|cheers|regards)$/i;
/** How cues end. */
const CUE_ENDS =
  'is,am,im,its,me,ist,heiße,appelle,est,llamo,es,hi,hey,hello,dear,wife,husband,son,daughter,sister,brother,mom,mum,dad,boss,friend,thanks,thx,cheers,regards'.split(
    ',',
  );
const SMALL_NAME = /^(,? |,?\n)(\p{Ll}{3,24})(?: (\p{Ll}{2,24}(?:-\p{Ll}{2,24})?))?(?![\p{L}\d@_-])/u;
/** Behind a name that was said, and not behind a word of the sentence. */
const SAID = /^(?:[,.!?\n]|$| (?:calling|here|from|again)\b)/;
/** Keys before a name in scripts without capitals: zh, ja, ko, hi. */
const EASTERN_KEYS = words('姓名,客户姓名,客户,氏名,お客様氏名,名前,お名前,担当,担当者,收件人,联系人,고객명,성명,이름,담당자,नाम,ग्राहक');
const EASTERN_NAME = /^ ?: ?["']?([\p{Lo}\p{M}]{2,12}(?:[ ・·](?!様|さん|님)[\p{Lo}\p{M}]{1,12}){0,2})/u;

export const personSmall: Detector = {
  rule: 'person.small',
  type: 'PERSON',
  anchors: ['word', 'capital'],
  lengths: { word: [1, 7], capital: [1, 7] },
  heads: ['s ', 'm ', ...CUE_ENDS, ...EASTERN_KEYS].map((word) => word.slice(0, 3)),
  tails: ["e's", "t's", "i'm", ...CUE_ENDS.map((word) => ` ${word}`), ...EASTERN_KEYS].map((word) => word.slice(-3)),
  next: ' ,\n:',
  source: 'lists named in scripts/make-name-filters.ts',
  examples: [
    { text: 'hi, my name is lena andersson.', finds: 'lena andersson' },
    { text: 'its grady calloway, thx, trevor', finds: 'grady calloway + trevor' },
    { text: '氏名: 松本 由紀子 様', finds: '松本 由紀子' },
    { text: 'the name is important, the file name is server; this is fine, its value is set; thanks, see you' },
  ],
  look(scan, start, end) {
    const { text } = scan;
    if (text.charCodeAt(start) >= 0x0900) return lookEastern(scan, start, end);
    const cue = CUE.exec(text.slice(Math.max(0, end - 20), end));
    if (cue === null) return;
    const passing = cue.groups?.['passing'] !== undefined;
    const self = passing || cue.groups?.['self'] !== undefined;
    const [, gap = '', first = '', second = ''] = SMALL_NAME.exec(text.slice(end, end + 54)) ?? [];
    if (first === '' || (self && gap !== ' ') || !isListedGiven(toName(first)) || isEveryday(toName(first))) return;
    const both = first.length + 1 + second.length;
    const isSaid = (length: number): boolean => SAID.test(text.slice(end + gap.length + length, end + gap.length + length + 9));
    const isFamily = second !== '' && !isEveryday(toName(second)) && (isListed(toName(second)) || (self && isSaid(both)));
    // What follows these may be anything: I'm glad.
    if (passing && !isFamily && !isSaid(first.length)) return;
    reportSmall(scan, end + gap.length, isFamily ? both : first.length);
  },
};

function lookEastern(scan: Scan, start: number, end: number): void {
  const { text } = scan;
  if (!EASTERN_KEYS.has(text.slice(start, end))) return;
  const [whole = '', name = ''] = EASTERN_NAME.exec(text.slice(end, end + 48)) ?? [];
  if (name !== '') reportSmall(scan, end + whole.length - name.length, name.length);
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

/** `RT @name:` says whose words follow: on social networks the handle is the name. */
const RETWEETED = /^\s?@ ?([A-Za-z][A-Za-z0-9_]{2,29})(?=:|\s)/;
export const personQuoted: Detector = {
  rule: 'person.handle',
  type: 'PERSON',
  anchors: ['capital'],
  lengths: { capital: [2, 2] },
  heads: ['rt'],
  source: 'how messages are passed on in social networks',
  examples: [{ text: 'RT @annroe_42: nice', finds: 'annroe_42' }, { text: 'the RT of a call is 12 ms @home: no' }],
  look(scan, start, end) {
    if (scan.text[start] !== 'R' || scan.text[end - 1] !== 'T') return;
    const [whole = '', handle = ''] = RETWEETED.exec(scan.text.slice(end, end + 36)) ?? [];
    if (handle === '') return;
    const from = end + whole.length - handle.length;
    scan.report({
      start: from,
      end: from + handle.length,
      type: 'PERSON',
      rule: 'person.handle',
      confidence: confidence.guess,
      context: 'rt',
      canonical: handle.toLowerCase(),
    });
  },
};

/** `user=maria.kowalska`: a login made of a given and a family name. */
const LOGIN = /^["']?\s?[=:]\s?["']?([a-z]{2,20})[._-]([a-z]{2,24})(?![\w@-]|\.\w)/;
const LOGIN_KEYS = words('user,username,login,uid,author,owner,assignee,reviewer,committer,member,by,for,approver,reporter,requester');
/** The last part of a profile's address is its owner's name. */
const PROFILE = /^\/([\p{L}\d%_-]{3,100})/u;
export const personLogin: Detector = {
  rule: 'person.login',
  type: 'PERSON',
  anchors: ['word'],
  lengths: { word: [2, 9] },
  tails: ['ser', 'ame', 'gin', '/in', 'uid', 'hor', 'ner', 'nee', 'wer', 'ter', 'ber', 'by', 'for', 'ver'],
  next: '="\': /\t\n\r',
  source: 'lists named in scripts/make-name-filters.ts',
  examples: [
    { text: 'login ok user=maria.kowalska ip=-', finds: 'maria.kowalska' },
    { text: 'see linkedin.com/in/gretchen-voss-4a1b2c', finds: 'gretchen-voss-4a1b2c' },
    { text: 'user=build.agent owner: data-platform author=maria.kowalska@example' },
  ],
  look(scan, start, end) {
    const { text } = scan;
    const next = text.slice(end, end + 110);
    const isProfile = text.slice(Math.max(0, start - 13), end) === 'linkedin.com/in';
    const [whole = '', first = '', second = ''] = (isProfile ? PROFILE : LOGIN).exec(next) ?? [];
    if (first === '') return;
    if (!isProfile) {
      if (!LOGIN_KEYS.has(text.slice(start, end).toLowerCase())) return;
      if (!isListedGiven(first) || isEveryday(first) || !isListed(second) || isEveryday(second)) return;
    }
    const length = isProfile ? first.length : first.length + 1 + second.length;
    const from = end + whole.length - length;
    scan.report({
      start: from,
      end: from + length,
      type: 'PERSON',
      rule: 'person.login',
      confidence: confidence.guess,
      canonical: text.slice(from, from + length).toLowerCase(),
    });
  },
};

/** A name that was found once is found wherever a part of it returns. */
function finish(scan: Scan): void {
  const { people } = scan;
  if (people === undefined) return;
  const { text } = scan;
  // Most are of another length or begin with another letter.
  const likely = new Set([...people].map((name) => name.length * 128 + name.charCodeAt(0)));
  for (const { start, end } of scan.capitalised) {
    const first = text.charCodeAt(start) | 0x20;
    if (first < 0x80 && !likely.has((end - start) * 128 + first)) continue;
    const name = toName(text.slice(start, end));
    if (people.has(name)) scan.report({ start, end, type: 'PERSON', rule: 'person.again', confidence: confidence.guess, canonical: name });
  }
}

export const person: Detector = {
  rule: 'person',
  type: 'PERSON',
  anchors: ['capital'],
  lengths: { capital: [1, 40] },
  source: 'lists named in scripts/make-name-filters.ts; announcing words are our own',
  examples: [
    { text: 'The meeting with Anna Schmidt is moved.', finds: 'Anna Schmidt' },
    { text: 'Dear Mr. Okonkwo-Bright, thanks', finds: 'Okonkwo-Bright' },
    { text: '{"first_name": "Xiulan"}', finds: 'Xiulan' },
    { text: 'Ask Miriam Zzyzx. Zzyzx knows.', finds: 'Miriam Zzyzx + Zzyzx' },
    { text: 'id,first,last\n1,Oona,Zzyzx', finds: 'Oona + Zzyzx' },
    { text: 'Frau von der Heide kommt', finds: 'von der Heide' },
    { text: '[1] Oyelaran, O. A., and Chukwu, B. (2019)', finds: 'Oyelaran, O. A. + Chukwu, B.' },
    { text: 'PID|1||7^^^X||Whitlock^Dorothea^M||', finds: 'Whitlock^Dorothea^M' },
    { text: 'seat 2 KALAMIZA/ANNA 73C, AND/OR, TCP/IP', finds: 'KALAMIZA/ANNA' },
    { text: '[18:32] Grozdana: hello', finds: 'Grozdana' },
    { text: 'by Yusuf al-Rashidi, and my name’s Zsolt', finds: 'Yusuf al-Rashidi + Zsolt' },
    { text: '<field name="Quaternion Thing">12</field> the Cold Harbour' },
    { text: 'scan_Torsten_Kleinschmidt_2.pdf', finds: 'Torsten_Kleinschmidt' },
    { text: "Crohn's disease, the Nash equilibrium, a Marcus 40-inch shelf, „Billy“ in white" },
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
