// Runs in browsers too. What stands before a name and says that one comes: a title, a key, a greeting, a column's name.
import { classAt, isBeforeCell, LETTER, LOWER, OTHER_LETTER } from '../characters.ts';
import { Keywords, wordSet } from '../keywords.ts';
import { identifierBefore, type Scan } from '../scan.ts';

/** Whoever somebody is to the speaker, in fr, es, it, nl, sv, pt and de. */
const RELATIVES =
  'fils,fille,mari,frère,sœur,hijo,hija,marido,esposa,esposo,hermano,hermana,figlio,figlia,marito,moglie,fratello,sorella,zoon,dochter,maken,makan,dotter,syster,filho,filha,irmão,irmã,sohn,tochter,bruder,schwester';
/** Whose account, file or minutes it is, in de, fr, es, it, pt, nl, sv and pl. */
const HOLDERS =
  'schriftführer,schriftführerin,bearbeiter,bearbeiterin,sachbearbeiter,sachbearbeiterin,betreuer,betreuerin,protokollführer,kontoinhaber,kontoinhaberin,gestionnaire,titulaire,titular,ordenante,beneficiario,beneficiaria,intestatario,intestataria,usuario,usuária,usuário,rekeninghouder,pacjent,pacjenta,pacjentka,klient,klientka,patientin,utente,verdachte,getuige,verhuurder,huurder,anhörig,condomino,condomini';
/** Whose they are at work, at the doctor's and in court, in de, fr, es, it, pt, nl, sv, da, no, pl, cs, hu, ro, tr and fi. */
const ROLES =
  'klassenlehrer,klassenlehrerin,lehrer,lehrerin,anrufer,anruferin,mitarbeiter,mitarbeiterin,arbeitnehmer,arbeitnehmerin,fahrer,fahrerin,versicherungsnehmer,versicherungsnehmerin,hausarzt,hausärztin,gutachter,gutachterin,sachverständiger,schüler,schülerin,antragsteller,antragstellerin,unterzeichner,conducteur,conductrice,mandaté,demandeur,demanderesse,soussigné,soussignée,étudiant,étudiante,médecin,trabajador,trabajadora,alumno,alumna,médico,médica,firmante,tomador,conductor,conductora,solicitante,dipendente,lavoratore,lavoratrice,sottoscritto,sottoscritta,conducente,medico,studente,studentessa,contraente,funcionário,funcionária,trabalhador,aluno,aluna,werknemer,werkneemster,ondergetekende,bestuurder,huisarts,leerling,verzekerde,anställd,läkare,elev,undertecknad,förare,medarbejder,patienten,læge,undertegnede,pasient,ansatt,lege,pracownik,lekarz,kierowca,uczeń,podpisany,podpisana,zaměstnanec,pacient,pacientka,lékař,lékařka,řidič,žák,munkavállaló,páciens,beteg,orvos,angajat,pacientul,pacienta,subsemnatul,subsemnata,medicul,çalışan,öğrenci,potilas,lääkäri,työntekijä,kezelőorvos,ügyfél,címzett,feladó,asiakas,vastaanottaja,saksbehandler,sagsbehandler,handläggare,entraîneur,entraîneuse,entraineur,allenatore,allenatrice,entrenador,entrenadora,treinador,treinadora,trainer,trainerin,kassenwart,kassenwartin,halter,halterin,empfänger,empfängerin,absender,absenderin,destinataire,expéditeur,destinatario,destinataria,remitente,destinatário,destinatária,remetente,mittente,ontvanger,afzender,mottaker,mottagare,avsändare,modtager,afsender,odbiorca,nadawca,příjemce,odesílatel';
/** The same in ru, uk, bg, sr, el, vi, id and ms. */
const SOUTHERN =
  'прізвище,клієнт,пацієнт,отримувач,відправник,име,презиме,фамилия,получател,подател,водитель,водій,автор,подпись,директор,врач,лікар,жена,муж,сын,дочь,мать,отец,брат,сестра,дружина,чоловік,син,донька,ασθενής,ασθενη,όνομα,ονομα,επώνυμο,ονοματεπώνυμο,ιατρός,ιατρος,γιατρός,πελάτης,πελατης,πελάτισσα,παραλήπτης,αποστολέας,υπογραφή,κύριε,κυρία,tên,khách,nhân,sĩ,nhận,gửi,nama,pasien,pelanggan,penerima,pengirim,dokter,pesakit,pelajar,pekerja';
/** What ends a letter, in the shipped languages and next to them: the name stands alone behind it. */
const CLOSINGS =
  'yours,best,thx,groetjes,lg,vg,mfg,danke,merci,bisous,amitiés,gracias,abrazo,besos,grazie,baci,obrigado,obrigada,abs,beijos,bedankt,dank,tack,tak,takk,kram,kiitos,terveisin,dziękuję,dzięki,díky,děkuji,pozdravem,pozdravom,ďakujem,mulțumesc,mulţumesc,multumesc,stimă,drag,teşekkürler,teşekkürederim,saygılar,saygılarımla,saygılarımızla,sevgiler,köszönöm,üdvözlettel,üdv,kösz,hvala,pozdrav,εκτίμηση,χαιρετισμούς,trọng,hormat,salam,maz,уважением,уважение,спасибо,повагою,дякую,благодаря,поздрав';
/** Who is or is not there, in en, de, fr, es, it, pt, nl, sv and pl: a list of names follows. */
const LISTS =
  'attendance,watchers,reviewers,approvers,present,attendees,participants,absent,apologies,invitees,panel,panelists,panellists,anwesend,anwesende,abwesend,entschuldigt,teilnehmer,teilnehmende,läsnä,poissa,jelen,prezenți,prezenţi,přítomni,présent,présents,absents,excusés,asistentes,presentes,ausentes,participantes,asisten,asistieron,comparecen,participaram,participaron,presenti,assenti,partecipanti,aanwezig,afwezig,deelnemers,närvarande,frånvarande,deltagare,obecni,nieobecni,uczestnicy,messieurs,mesdames,mm';
export const titles = wordSet(
  'ssa,avv,geom,mr,mrs,ms,miss,mx,dr,dra,drs,prof,professor,sir,madam,lady,lord,rev,reverend,father,sister,brother,capt,captain,sgt,lt,col,gen,hon,judge,senator,herr,herrn,frau,fräulein,m,mme,mlle,monsieur,madame,mademoiselle,sr,sra,srta,señor,señora,señorita,don,doña,sig,signor,signora,dott,dhr,mevr,heer,mevrouw,mm,messrs,nurse,pc,constable,detective,sergeant,cllr,pan,pani,doktor,docteur,doctor,doctora,ing,uncle,aunt,domnule,domnul,doamna,doamnă,sayın,pane,paní,пане,пані,господин,госпожа,господине,господину,господина,госпоже,госпожу,госпожо,пану,пані,панові,κύριε,κύριο,κύριος,κυρία,κυρίας,κ,κα,κος,auntie,mamie,papi,oma,opa,tante,tía,tío,abuela,abuelo,nonna,nonno,dona,pak,bapak,ibu,bu,anh,chị,ông,bà,fru,fröken,frk,herra,rouva,meneer,maître,ra,sra',
);
/** After these, or after a key of this name, stands a name. */
export const announcers = wordSet(
  'gez,poważaniem,hälsningar,hälsning,saludo,name,names,named,called,dear,hi,hello,hey,hallo,liebe,lieber,bonjour,cher,chère,hola,querido,querida,estimado,estimada,regards,sincerely,cheers,thanks,greetings,grüße,gruß,cordialement,saludos,atentamente,author,signed,patient,requester,customer,client,kunde,kundin,cliente,holder,cardholder,contact,attn,attention,from,to,cc,bcc,sender,recipient,assignee,reporter,owner,employee,manager,user,username,firstname,lastname,surname,forename,fullname,nachname,vorname,nom,prénom,nombre,apellido,apellidos,husband,wife,son,daughter,mother,friend,colleague,tenant,passenger,driver,applicant,beneficiary,payee,payer,student,teacher,doctor,nurse,lawyer,agent,buyer,seller,with,by,label,inhaber,titulaire,titular,firmado,signé,heiße,appelle,llamo,nombrado,editor,reviewer,approver,witness,guest,visitor,member,subscriber,participant,candidate,interviewee,speaker,defendant,plaintiff,claimant,respondent,complainant,petitioner,victim,suspect,insured,policyholder,lessee,lessor,landlord,borrower,lender,guarantor,trustee,heir,attendee,organizer,organiser,instructor,trainee,intern,consultant,counsel,notary,donor,kollege,kollegin,nachbar,nachbarin,ehemann,ehefrau,mieter,vermieter,zeuge,zeugin,kläger,klägerin,beklagter,beklagte,versicherter,versicherte,patientin,ansprechpartner,ansprechpartnerin,témoin,locataire,bailleur,assuré,assurée,salarié,salariée,élève,collègue,testigo,paciente,inquilino,inquilina,demandado,demandante,asegurado,asegurada,empleado,empleada,colega,titolare,paziente,inquilino,interviewer,caller,pat,pac,paz,maintainer,committer,contributor,respondents,adjuster,requestor,pt,family,given,cognome,nome,sobrenome,naam,voornaam,achternaam,namn,förnamn,efternamn,navn,fornavn,etternavn,nimi,etunimi,sukunimi,név,soyad,jméno,příjmení,imię,nazwisko,имя,фамилия,отчество,фио,заявитель,заявительница,клиент,заказчик,пациент,пациентка,оператор,менеджер,получатель,отправитель,сотрудник,господин,госпожа,groet,groeten,hilsen,hälsningar,mvh,saluti,abraços,abraço,atenciosamente,ciao,oi,olá,hej,hei,ahoj,cześć,salut,pozdrawiam,здравствуйте,привет,уважаемый,уважаемая,уважаеми,уважаема,дорогой,дорогая,привіт,шановний,шановна,здравей,драги,драга,поштовани,αγαπητέ,αγαπητή,γεια,gentile,egregio,egregia,geachte,beste,prezado,prezada,kære,kjære,käre,bästa,hoi,merhaba,selam,vážený,vážená,milý,milá,szanowny,szanowna,drogi,droga,stimate,stimată,dragă,kedves,tisztelt,nume,prenume,neve,szia,sziasztok,namaste,selamat,ad,adı,coach,pupil,pupils,spouse,familie,famille,familia,famiglia,rodzina,geborene,geborener,née,soyad,soyadı,isim,' +
    `${RELATIVES},${HOLDERS},${ROLES},${SOUTHERN},${LISTS}`,
);
/** Announcers that name somebody only before a colon, an equals sign or as a JSON key. */
const keysOnly = wordSet(
  'from,to,with,by,user,label,contact,customer,client,owner,agent,name,names,called,named,thanks,doctor,father,sister,brother,manager,driver,member,guest,student,teacher,speaker,cliente,kunde,author,patient,cc,nom,nombre,judge,attention,doctor,mother,friend,son,daughter,wife,husband,nurse,lawyer,employee,m,don,hon,col,gen,ing,defendant,plaintiff,claimant,respondent,complainant,petitioner,victim,suspect,insured,policyholder,lessee,lessor,landlord,borrower,lender,guarantor,trustee,heir,attendee,organizer,organiser,instructor,trainee,intern,consultant,counsel,notary,donor,mieter,vermieter,patientin,locataire,bailleur,assuré,assurée,salarié,salariée,élève,paciente,inquilino,inquilina,demandado,demandante,asegurado,asegurada,empleado,empleada,titolare,paziente,pt,pat,pac,paz,family,given,nome,respondents,ad,isim,coach,pupil,pupils,spouse,' +
    `${RELATIVES},${HOLDERS},${ROLES},${SOUTHERN},${LISTS}`,
);
const closings = wordSet(CLOSINGS);
/** Signed: a name alone, up to the end of the line. */
const SIGNED = /^\p{Lu}[\p{L}'’.-]{1,24}(?: \p{Lu}[\p{L}'’.-]{0,24}){0,3}\s*(?:\n|,|$)/u;
/** Support (Grant) told me. */
const desks = wordSet(
  'support,helpdesk,reception,sales,agent,manager,operator,technician,driver,nurse,doctor,colleague,supervisor,clerk,customer,caller',
);
const BRACKETED = /^\p{Lu}[\p{L}'’-]{1,24}(?: \p{Lu}[\p{L}'’.-]{0,24}){0,2}\)/u;
const lists = wordSet(LISTS);
/** Pat. Müller */
const abbreviated = wordSet('pat,pac,paz,pt,gez,geb');

export interface Announced {
  readonly by: string;
  /** Announced as a key or before a colon, or by a phrase that leaves no doubt. */
  readonly surely: boolean;
  /** By the key or the column of a part of a name: any word there is one. */
  readonly exactly?: boolean;
  /** A given name stands here, even one that is a word besides: [18:32] Grant: hello. */
  readonly given?: boolean;
  /** More names may follow, after a comma or a slash. */
  readonly several?: boolean;
}

/** What is called by these is a person's name or a part of one, and nothing else. */
const NAME_PARTS = wordSet(
  'surname,surnames,fname,lname,forename,lastname,firstname,givenname,familyname,vorname,nachname,prenom,prénom,apellido,apellidos,cognome,sobrenome,achternaam,voornaam,efternamn,förnamn,etternavn,fornavn,imie,imię,nazwisko',
);
/** Of the whole of something. */
const WHOLE = wordSet('completo,completa,complet,complète,completto,pelny,pełny,komplett');

const PHRASES =
  /(?:\b(?:my name(?:'s| is)|name is|under the name|i am|i'm|this is|call me|signed by|written by|your (?:\p{L}{2,9} )?name\?|mein name ist|ich bin|ich heiße|je m'appelle|mon nom est|me llamo|mi nombre es|soy|speaking with|spoke (?:to|with)|met with|sincerely|regards|grüßen|cordialement|saludos|thanks|cheers|dear|hello|hi|hey|hallo|liebe|lieber|bonjour|cher|chère|hola|querid[oa]|estimad[oa]|name on (?:the )?card),?:?[\s>]{0,6}|γεια σου |(?<!\p{L})г-(?:н|жа|жо|жу|ца) |\b(?:best|kind|warm) regards,?[\s>]{0,6})$/iu;

/** Of these, the ones that say that a name comes. */
const NAMES = /name|cheers|thanks|regards|sincerely|nom |nombre|call me|hei|appelle|llamo/iu;

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
const PHRASE_ENDS = wordSet(
  'card,σου,н,жа,жо,жу,ца,s,is,am,m,me,by,ist,bin,heiße,appelle,est,llamo,es,soy,with,to,name,dear,hello,hi,hey,hallo,liebe,lieber,bonjour,cher,chère,hola,querido,querida,estimado,estimada,regards,sincerely,cheers,thanks,grüßen,cordialement,saludos',
);

export function announcedBy(scan: Scan, start: number): Announced | undefined {
  const { text } = scan;
  // "Anna Schmidt and Xiulan Zzyzx": one name announces the next.
  if (
    followsName(scan, start) &&
    /^,? (?:and|und|et|y|e|&|en|og|och|i|a|ve|și|şi|és|ja|or|oder|ou|o|eller|lub|veya|sau) $/.test(text.slice(scan.personsSeen, start))
  )
    return { by: 'and', surely: false };
  if (scan.listing && followsName(scan, start) && /^(?:, |; |\/| & )$/.test(text.slice(scan.personsSeen, start)))
    return { by: 'list', surely: true, several: true };
  if (
    text.charCodeAt(start - 2) === 0x5d &&
    CHAT.test(text.slice(Math.max(0, start - 14), start)) &&
    SPEAKER.test(text.slice(start, start + 60))
  )
    return { by: 'chat', surely: true, given: true };
  return announcedByWord(scan, start) ?? announcedByColumn(scan, start);
}

/** `[18:32] Grozdana: hello` */
const CHAT = /\[\d{1,2}:\d{2}(?::\d{2})?\] $/;
const SPEAKER = /^\p{Lu}[\p{L}'’ .-]{1,50}:/u;
export const speaks = ({ text }: Scan, start: number, end: number): boolean =>
  text.charCodeAt(end) === 0x3a && text.charCodeAt(start - 2) === 0x5d;

/** Titles that nobody takes for another word, in small letters before a full stop. */
const small = wordSet('dr,dra,κ,κα,κος');
/** I, IMOGEN COOK, born …: whose will or statement it is. */
const WILL = /^\p{Lu}[\p{L}'’.-]{1,24}(?: \p{Lu}[\p{L}'’.-]{0,24}){1,3},? (?:born|of|being|residing|aged|hereby|do) /u;
/** Given name(s): */
const SEVERAL = /name\(s\)["']?\s?[:=]\s{0,4}["']?$/i;
/** What a tag of a form or a schema is called is nobody. */
const NAMES_THING =
  /<(?:field|input|param|parameter|meta|option|column|property|attribute|element|var|variable|tool|function|select|button)\s(?:[^<>]{0,40}\s)?name\s?=\s?["']?$/i;

/** The line under a table's header. */
const UNDER_HEADER = /^\|? ?:?-{2,}/;
const isHeader = (text: string, at: number): boolean => {
  const end = text.indexOf('\n', at);
  return end > 0 && UNDER_HEADER.test(text.slice(end + 1, end + 6));
};

function announcedByWord(scan: Scan, start: number): Announced | undefined {
  if (!hasAnnouncer(scan, start)) return undefined;
  const { text } = scan;
  const { word, gap } = wordBefore(text, start);
  const lower = word.toLowerCase();
  const spaced = gap !== '' && /^\.?\s{1,4}$/.test(gap);
  if (
    spaced &&
    titles.has(lower) &&
    (lower !== word || word.length > 2 || (gap.startsWith('.') && small.has(lower))) &&
    (word.length > 1 || gap.startsWith('.'))
  )
    return { by: lower, surely: true, several: lists.has(lower) };
  if (lower === 's' && SEVERAL.test(text.slice(Math.max(0, start - 16), start))) return { by: 'name', surely: true };
  if (PHRASE_ENDS.has(lower) && gap.length < 8) {
    const phrase = PHRASES.exec(text.slice(Math.max(0, start - 40), start));
    if (phrase !== null) return { by: lower, surely: true, given: NAMES.test(phrase[0]) };
  }
  if (closings.has(lower) && /^[,!.:]?\s{1,4}$/.test(gap) && SIGNED.test(text.slice(start, start + 80)))
    return { by: lower, surely: true, given: true };
  if (gap === ' (' && desks.has(lower) && BRACKETED.test(text.slice(start, start + 60))) return { by: lower, surely: true, given: true };
  if (lower === 'i' && gap === ', ' && WILL.test(text.slice(start, start + 70))) return { by: lower, surely: true, given: true };
  if (gap.includes('=') && NAMES_THING.test(text.slice(Math.max(0, start - 60), start))) return undefined;
  const key =
    /[:=|>]\s{0,8}\[?\s{0,4}["'`]?$/.test(gap) && !(gap.includes('|') && isHeader(text, start)) ? identifierBefore(text, start) : '';
  if (key !== '') {
    const parts = key.split(/[^\p{L}]+|(?<=\p{Ll})(?=\p{Lu})/u).flatMap((part) => (part === '' ? [] : [part.toLowerCase()]));
    const whole = parts.length > 1 && WHOLE.has(parts.at(-1) ?? '');
    const last = parts.at(whole ? -2 : -1) ?? '';
    const exactly = namesPart(whole ? parts.slice(0, -1) : parts) || (key === 'given' && QUOTED_KEY.test(gap));
    const namesOther =
      last === 'name' && (parts.some((part) => notNames.has(part)) || PAIR.test(text.slice(start, start + 100)) || isThings(scan, start));
    if ((exactly || announcers.has(last)) && !namesOther) return { by: last, surely: true, exactly, several: lists.has(last) };
  }
  if ((gap.startsWith('.') ? abbreviated : announcers).has(lower) && /^[.,:]?\s{1,4}$/.test(gap))
    return { by: lower, surely: !keysOnly.has(lower), several: lists.has(lower) };
  return undefined;
}

/** {"name": "X-Forwarded-For", "value": …}: what has a value is no person. */
const PAIR = /^[^"'\n]{1,70}["']\s?,\s{0,12}["']value["']\s?:/;
/** The key of the object that begins here. */
const OBJECT_OF = /["']([\p{L}_-]{1,40})["']\s?:\s{0,2}\[?\s{0,2}$/u;
/** No further than what is looked at again when something before it is taken out. */
const LONGEST_OBJECT = 120;
/** Whether a "name" is that of an object which is no person: "priority": {"name": "Highest"}. */
function isThings({ text, judged, at }: Scan, start: number): boolean {
  judged.push(at);
  let open = start - 1;
  for (let depth = 0; open >= start - LONGEST_OBJECT && open >= 0; open--) {
    if (text.charCodeAt(open) === 0x7d) depth++;
    else if (text.charCodeAt(open) === 0x7b && depth-- === 0) break;
  }
  if (text[open] !== '{') return false;
  const key = OBJECT_OF.exec(text.slice(Math.max(0, open - 50), open))?.[1] ?? '';
  const words = key.split(/[_-]|(?<=\p{Ll})(?=\p{Lu})/u).map((word) => word.toLowerCase().replace(/s$/, ''));
  const last = words.at(-1) ?? '';
  return notNames.has(last) || notNames.has(`${last}s`) || otherKeys.has(last);
}
/** "given": ["Grace"], as FHIR has it. */
const QUOTED_KEY = /^["']\s?:\s?\[?\s?["']$/;

/** Small words that begin a family name. */
export const BEGIN_FAMILY = 'de,da,do,dos,das,del,della,di,du,des,van,von,der,den,ter,ten,zu,zum,af,al,el,bin,ibn,ben,la,le,lo,vom';
const LEADS = wordSet(`${BEGIN_FAMILY},t`);
/** Where the particles before a name begin: Frau von der Heide. */
export function leadStart({ text, words }: Scan, start: number): number {
  let from = start;
  if (text.charCodeAt(start - 1) !== 0x20 || (classAt(text, start - 2) & (LOWER | OTHER_LETTER)) === 0) return from;
  let at = words.lastBefore(start);
  for (let seen = 0; seen < 3; seen++, at--) {
    const [first = 0, end = -2] = [words.starts[at], words.ends[at]];
    if (end !== from - 1 || end - first > 5 || !LEADS.has(text, first, end)) break;
    from = text.charCodeAt(first - 1) === 0x27 ? first - 1 : first;
  }
  return from;
}

/** What a column of names may be called and nothing else is. */
const PARTS_OF_NAMES = wordSet('first,last,middle,given,family');
/** Whether a key or a column is called a part of a name: surname, first_name. */
const namesPart = (words: readonly string[]): boolean =>
  NAME_PARTS.has(words.at(-1) ?? '') || (words.length === 2 && words[1] === 'name' && PARTS_OF_NAMES.has(words[0] ?? ''));
/** A cell of a table whose header says so. */
function announcedByColumn(scan: Scan, start: number): Announced | undefined {
  if (!opensCell(scan, start) && !opensFirstCell(scan.text, start)) return undefined;
  const column = scan.contextBefore(start).column;
  const last = column.at(-1) ?? '';
  const exactly = namesPart(column) || (column.length === 1 && PARTS_OF_NAMES.has(last));
  const isName = exactly || announcers.has(last);
  return isName && !column.some((part) => notNames.has(part)) ? { by: last, surely: true, exactly } : undefined;
}

/** Close enough behind a name for an "and" between. */
export const followsName = (scan: Scan, start: number): boolean => scan.personsSeen > scan.floor && start - scan.personsSeen < 7;

/** Whether the word before may announce a name, as the pass knows already. */
export function hasAnnouncer({ text, words }: Scan, start: number): boolean {
  const last = words.lastBefore(start);
  const end = words.ends[last] ?? -13;
  if (start - end > 12 || ((words.lists[last] ?? 0) & announcing.bit) === 0) return false;
  // Letters of a code between are no word, and still stand between.
  for (let at = end; at < start; at++) if ((classAt(text, at) & LETTER) !== 0) return false;
  return true;
}

/** What ends the first cell of a line. Behind a comma of a sentence stands a space. */
const ENDS_FIRST = /[,;|\t\n]/g;
/** A line's first cell may begin here. */
export function opensFirstCell(text: string, start: number): boolean {
  if (text.charCodeAt(text.charCodeAt(start - 1) === 0x22 ? start - 2 : start - 1) !== 0x0a) return false;
  ENDS_FIRST.lastIndex = start;
  const end = ENDS_FIRST.exec(text)?.index ?? text.length;
  return end - start < LONGEST_CELL && end < text.length && text[end] !== '\n' && !(text[end] === ',' && text[end + 1] === ' ');
}
const LONGEST_CELL = 60;

/** A value begins here, or a cell may. */
export function opensCell({ text, floor }: Scan, start: number): boolean {
  if (start === floor) return true;
  let at = start - 1;
  if ((text.charCodeAt(at) === 0x27 || text.charCodeAt(at) === 0x22) && isBeforeCell(text, at - 1)) return true;
  while (at > start - 3 && text.charCodeAt(at) === 0x20) at--;
  return isBeforeCell(text, at);
}
const notNames = wordSet(
  'file,host,table,column,field,class,function,method,product,company,domain,server,service,secret,package,module,app,application,event,tag,branch,repo,repository,image,container,db,database,schema,index,key,node,cluster,bucket,queue,topic,job,task,tool,model,agent,policy,rule,brand,street,city,country,state,org,organisation,organization,project,team,group,role,display name of,file name,bank,device,type,variable,var,env,path,folder,dir,metric,label,color,colour,font,theme,template,attribute,property,element,session,channel,room,issuetype,issue,priority,status,stage,component,version,fixversion,account,category,department,location,venue,plan,campaign,opportunity,deal,course,list,board,workspace,folder,store,shop,milestone,sprint,epic,feature,article,page,section,item,report,dataset,playlist,album,song,movie,film,game,hotel,restaurant,flight,airline,airport,vehicle,building,office,school,university,supplier,merchant,manufacturer,pipeline,dashboard,currency,language,region',
);

const otherKeys = wordSet(
  'city,town,country,state,region,province,county,timezone,company,organisation,organization,product,brand,model,category,currency,language,venue,airport,stadt,land,ort,firma,ville,pays,ciudad,pais,empresa,citta,paese,cidade,empresa',
);
export const isOtherKey = (key: string): boolean => otherKeys.has((/[\p{L}]+$/u.exec(key)?.[0] ?? '').toLowerCase());

export const announcing = new Keywords(
  ['i', ...abbreviated, ...titles, ...announcers, ...NAME_PARTS, ...WHOLE, ...PHRASE_ENDS, ...closings, ...desks].join(','),
);
