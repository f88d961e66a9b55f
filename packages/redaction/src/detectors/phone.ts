// Runs in browsers too.
import { classAt, DIGIT, isWord, LETTER } from '../characters.ts';
import type { Context } from '../context.ts';
import { confidence, type Detector } from '../detector.ts';
import { toInternational, toNational } from '../phone-plan.ts';
import { Keywords, wordSet } from '../keywords.ts';
import { digitsOf, separatorEnd, type Scan } from '../scan.ts';

const phoneKeywords = new Keywords(
  'tél port,tel port,answering,zap,me liga,liga no,direct line,office,座机,कॉल,my number,new number,your number,work number,mi numero,mi número,meine nummer,mon numéro,mio numero,meu número,mijn nummer,phone,phones,telephone,tel,mobile,mob,cell,cellphone,cellular,fax,call,calls,called,calling,dial,ring,text me,sms,whatsapp,whats app,signal,viber,telegram,contact,reach,hotline,callback,landline,pager,voicemail,ph,' +
    'telefon,telefonnummer,tel nr,handy,handynummer,mobil,mobilnummer,festnetz,rufnummer,rückruf,anruf,anrufen,erreichbar,telefax,durchwahl,rufen,rufe,ruf,erreichen,telefonisch,tel nummer,gsm,' +
    'téléphone,portable,mobile,appeler,appelez,rappeler,rappeller,rappelez,rappellez,rappelle,joignable,tél,tfn,tfno,tlfno,tlf,telf,fixe,numéro de téléphone,télécopie,joindre,' +
    'teléfono,móvil,movil,telemovel,celular,chiama,hubungi,wala number,llamadme,llamarme,llama,ligue,chiamami,chiami,bel,ringa,soita,zadzwoń,zadzwon,zavolejte,дзвоніть,phone number,telefonszám,telefonní,telefónne,telefonas,telefons,טלפון,נייד,โทร,โทรศัพท์,điện thoại,telepon,llamar,llame,llámame,llámeme,contacto,telefone,telemóvel,ligar,telefono,cellulare,chiamare,telefoon,bellen,mobiel,puhelin,telefonnr,telefoni,номер телефона,телефон,тел,звоните,моб,电话,手机,手机号,手机号码,电话号码,電話,電話番号,携帯,携帯番号,전화,전화번호,휴대폰,هاتف,جوال,टेलीफोन,फोन,msisdn,caller,callee,recipient phone,mobilnr,handynr,mobiltelefon,fon,swish,telefonu,telefonicznie,komórka,komórkę,komórkowy,mobilszám,telefonszáma,telefón,mobilní,cep tel,cep telefonu,puh,matkapuhelin,recapito,cell numero,fono,contato,celulares,sdt,sđt,no hp,nomor hp,nomor telepon,κινητό,τηλ,τηλέφωνο,мобильный,сотовый,телефону,мобільний,联系电话,联系方式,聯絡電話,手機,電話號碼,携帯電話,연락처,핸드폰,휴대전화,رقم الهاتف,موبايل',
);
/** Right behind one of these, four groups with dots are no address of a machine. */
export const saysPhone = wordSet(
  'phone,tel,telephone,telefon,téléphone,teléfono,telefono,telefone,mobile,mobil,móvil,handy,gsm,fax,telefax,cell,celular',
);
/** Words after which digits are something else, whatever they look like. */
const notPhone = new Keywords(
  'customer,client,member,account,claim,contract,policy,case,file,booking,reservation,confirmation,registration,meter'
    .split(',')
    .flatMap((what) => ['number', 'no', 'nr'].map((number) => `${what} ${number},`))
    .join('') +
    'parcel,package,bestellung,auftrag,objednávka,rendelés,tilaus,ordre,colis,sendung,paquete,pacco,pakket,encomenda,przesyłka,claim,contract,policy,vertrag,contrat,contrato,contratto,sinistre,siniestro,sinistro,póliza,poliza,polizza,umowa,szkoda,order,invoice,tracking,ticket,ref,reference,serial,isbn,issn,version,build,part,parts,sku,commit,port,line,id,zip,postcode,lot,batch,case,row,rows,grid,coordinates,det,matrix,size,bytes,page,extensions,rechnung,rechnungsnr,facture,factura,fattura,faktura,fatura,kundennr,siren,folio,expediente,pratica,protocolo,protocollo,aktenzeichen,dossier,pedido,ordine,commande,zamówienie,bestelling,albarán,albaran,guia,guía,lieferschein,lieferscheinnr,lieferscheinnummer,livraison,bolla,ddt,waybill,awb,consignment,paczka,kolli,fraktsedel,følgeseddel,pakbon',
);

/** A compound that ends so numbers something: Vertragsnummer, kundenNr, Claim-No. But for those of phones. */
const NUMBERS = /([\p{L}-]{2,24}?)[-_.]{0,2}(?:[Nn]umm?er|[Nn]r|(?:N|(?<=[-_.])n)o|(?<=[-_.a-z])Num|nro)["']?\.?\s?[:=]?\s{0,2}["']?$/u;
const OF_PHONES =
  /tel|fon|phon|fax|handy|mob|gsm|cell|ruf|line|[ck]onta[ck]t|servi[cz]|not|emerg|priv|work|home|büro|dienst|netz|wahl|app|sms|dire[ck]t/i;
function numbersOther(text: string, start: number, { column }: Context): boolean {
  const label = column.length > 0 ? column.join('-') : text.slice(Math.max(0, start - 40), start);
  if (column.at(-1) === 'id') return true;
  const numbered = NUMBERS.exec(label)?.[1];
  return numbered !== undefined && !OF_PHONES.test(numbered);
}
/** Whether what stands nearer than a word for phones says what a number is: call us, your case number is 20238796. */
function isNamedOther(text: string, start: number, keyword: string, context: Context): boolean {
  if (context.find(phoneKeywords, 1) !== undefined) return false;
  if (context.find(notPhone, 1) !== undefined || numbersOther(text, start, context)) return true;
  return isFar(keyword, context) && context.find(notPhone, 3) !== undefined;
}
const isFar = (keyword: string, context: Context): boolean =>
  context.find(phoneKeywords, 3) === undefined && context.find(phoneKeywords) === keyword;

/** Another key's value: {"phone":"93 248 98 97","history":2455572}. But for keys that say nothing of their own. */
const KEYED = /["']\s?:\s{0,2}["']?$/;
const saysNothing = wordSet('value,values,number,no,nr,num,text,raw,data,primary,secondary,home,work,main,default,first,last,other');
const hasOtherKey = (text: string, start: number, context: Context): boolean =>
  KEYED.test(text.slice(Math.max(0, start - 6), start)) &&
  !saysNothing.has(context.nearest) &&
  context.find(phoneKeywords, 1) === undefined;

/** Weaker words before a colon: what follows is a phone's number where it is written as one. */
const ASKS =
  /(?:[ck]onta[ck]to?|informa\p{L}{4,6}|info|infos|auskunft|rückfragen|fragen|questions?|vragen|dúvidas|dudas|spørgsmål|frågor|dotazy|pytania|bilgi için|informații) ?: $/iu;
/** Of a number that stands beside a mailbox, or beside a name in a column that is called so. */
const BESIDE_MAIL = /@[\w.-]{1,60}\.\p{L}{2,12}["'>)]?,?(?: (?:or|oder|ou|o|of|lub|eller|veya|sau|nebo)| ?[·|,•/])\s$/u;
/** M. Roux (0666848025) */
const BRACKETED = /^\(0(?:\d{8,10}|\d{1,4}(?:[ .-]\d{2,4}){2,4})\)$/;
/** How what stands between ends. */
const BEHIND_MAIL = 'ruoftab·|,•/:';
const MAIL_BEHIND = /^ ?[·|•] [\w.+-]{1,60}@/;
function besides(scan: Scan, start: number, end: number, context: Context): string | undefined {
  const { text } = scan;
  if (text.charCodeAt(start - 1) !== 0x20) return undefined;
  const named = start - scan.personsSeen < 4;
  if (named && text[start] === '(' && BRACKETED.test(text.slice(start, end + 1))) return 'name';
  const may =
    named || BEHIND_MAIL.includes(text[start - 2] ?? '.') || '·|•'.includes(text[end + 1] ?? '.') || '·|•'.includes(text[end] ?? '.');
  if (!may || !WRITTEN.test(text.slice(start, end))) return undefined;
  if (text[start - 2] === ':') return ASKS.exec(text.slice(Math.max(0, start - 24), start)) === null ? undefined : 'contact';
  if (
    (BEHIND_MAIL.includes(text[start - 2] ?? '.') && BESIDE_MAIL.test(text.slice(Math.max(0, start - 90), start))) ||
    MAIL_BEHIND.test(text.slice(end, end + 66))
  )
    return 'mail';
  return named && context.column.length === 1 && context.column[0] === 'number' ? 'number' : undefined;
}

/** A number may be named after it stands there: 22 498317 office. */
const AFTER = /^[ -]{1,2}\(?(office|fax|mobile|cell|home|work|phone|tel|desk|direct)\b/i;
const BEGIN_AFTER = ' -(ofmchwptdOFMCHWPTD';
function namedAfter(text: string, end: number): string | undefined {
  const opens = (text[end] === ' ' || text[end] === '-') && BEGIN_AFTER.includes(text[end + 1] ?? '.');
  return opens ? AFTER.exec(text.slice(end, end + 14))?.[1]?.toLowerCase() : undefined;
}

/** A line of a log of calls: 10:02 out 01223165039 00:04:11. */
const CALLED_BEFORE = /\b(?:in|out|incoming|outgoing|inbound|outbound|missed|answered)\s{1,3}$/i;
const LASTED = /^\s{1,3}(?:\([^()\n]{1,30}\)\s{1,3})?\d{2}:\d{2}:\d{2}(?!\d)/;
const logged = (text: string, start: number, end: number): string | undefined =>
  LASTED.test(text.slice(end, end + 48)) && CALLED_BEFORE.test(text.slice(Math.max(0, start - 12), start)) ? 'call' : undefined;

/** As a card or a signature has it: T (11) 95664-3295, Port. : 06 35 42 41 46. */
const lettered = (text: string, start: number): string | undefined =>
  text.charCodeAt(start - 1) !== 0x20 || !'TMFP:.'.includes(text[start - 2] ?? ' ')
    ? undefined
    : /(?:^|\n|[|·•] )([TMFP]|Port(?=\.))[:.]?(?: ?:)? $/.exec(text.slice(Math.max(0, start - 10), start))?.[1]?.toLowerCase();

/** In scripts without spaces the word for it ends in whatever joins it to the number: 我的手机号是138…. */
const NAMED_EASTERN = /(手机|手機|电话|電話|携帯|携帶|전화|휴대폰|โทร)[^\s\d]{0,6}[ :]?$/;
const namedEastern = (text: string, start: number): string | undefined =>
  text.charCodeAt(start - 2) > 0xe00 ? NAMED_EASTERN.exec(text.slice(Math.max(0, start - 12), start))?.[1] : undefined;

const isLetter = (text: string, at: number): boolean => (classAt(text, at) & LETTER) !== 0;

const SHORTEST = 7;
const LONGEST = 15;
const MOST_GROUPS = 8;

function look(scan: Scan, from: number, runEnd: number): void {
  const { text } = scan;
  if (runEnd - from < SHORTEST && separatorEnd(text, runEnd) < 0) return;
  let start = from;
  const before = text[start - 1] ?? ' ';
  const linked = before === '/' && text.startsWith('wa.me/', start - 6);
  const plus = before === '+' || (before === '(' && text[start - 2] === '+') || linked;
  if (plus && !linked) start -= before === '+' ? 1 : 2;
  else if (before === '(') start--;
  // Glued to something else, it is part of that.
  const glue = linked ? ' ' : (text[start - 1] ?? ' ');
  if (
    isWord(text, start - 1) ||
    // A file's name may have one: call_+442079460000.wav.
    ((glue === '.' || glue === '-' || glue === '/' || glue === '_' || glue === '#') &&
      isWord(text, start - 2) &&
      !(plus && isLetter(text, start - 2))) ||
    glue === '$' ||
    glue === '€' ||
    glue === '£'
  )
    return;
  // The later groups of a longer number, or of a code with letters, are no number of their own.
  if (!plus && (glue === ' ' || glue === '\u00a0') && (classAt(text, start - 2) & DIGIT) !== 0) return;
  const { starts, ends, digits: total } = scan.cluster(from);
  if (total < SHORTEST) return;
  const context = scan.contextBefore(start);
  const keyword = context.find(phoneKeywords) ?? namedEastern(text, start);
  const isOther = keyword !== undefined && !plus && isNamedOther(text, start, keyword, context);

  // The longest reading first: a number's last groups belong to it.
  let left = total;
  for (let last = starts.length - 1; last >= 0; last--) {
    const end = ends[last] ?? 0;
    const count = left;
    left -= end - (starts[last] ?? 0);
    if (last >= MOST_GROUPS || count > LONGEST + 3 || count < SHORTEST) continue;
    const digits = digitsOf(text, start, end);
    const after = text[end] ?? ' ';
    if (isWord(text, end) && !/^(?:x\d|[\u3040-\u9fff])/i.test(text.slice(end, end + 2))) continue;
    if ((after === '-' || after === '.' || after === '/' || after === ':') && isWord(text, end + 1) && !(plus && isLetter(text, end + 1)))
      continue;
    const shape = text.slice(start, end);
    // A line break inside is somebody's wrap only where the number was announced: by a plus, or by its name, and no line has a whole number.
    if (shape.includes('\n') && !plus && !isBroken(scan, digits, starts, ends, last, context)) continue;
    const call = keyword === undefined ? logged(text, start, end) : undefined;
    if (!plus && keyword === undefined && call === undefined && text[end] === ' ' && last + 1 < starts.length) continue;
    const letter = lettered(text, start);
    const said =
      letter ??
      keyword ??
      namedAfter(text, end) ??
      logged(text, start, end) ??
      (count > 8 && count < 13 ? besides(scan, start, end, context) : undefined);
    const read = readNumber(scan, start, shape, digits, plus, said, context, letter === undefined && isOther);
    if (read === undefined) continue;
    scan.report({
      start,
      end: extensionEnd(text, end),
      type: 'PHONE',
      rule: read.rule,
      confidence: read.rule === 'phone.international' ? confidence.validated : said === undefined ? confidence.shape : confidence.context,
      validator: 'numbering plan',
      context: said,
      canonical: read.canonical,
    });
    return;
  }
}

/** Whether groups on several lines are one number, as the word before says and a plan allows. */
const isBroken = (
  scan: Scan,
  digits: string,
  starts: readonly number[],
  ends: readonly number[],
  last: number,
  { nearest }: Context,
): boolean =>
  phoneKeywords.has(nearest) &&
  starts.every((start, group) => group > last || (ends[group] ?? 0) - start < SHORTEST) &&
  toNational(digits, scan.regions) !== undefined;

/** As nobody writes another number that stands where a phone's may: in groups, or with its trunk zero. */
const WRITTEN = /^(?=(?:\D{0,2}\d){9,12}$)(?:\(?\d{2,5}\)?(?:[ ./-]\d{2,8}){1,5}|0\d{9,10})$/;
const NORTH_AMERICAN = /^(?:1[ .-]?)?\(?[2-9]\d{2}\)?[ .-]?[2-9]\d{2}[ .-]\d{4}$/;
/** With its trunk zero and in groups: nobody writes an order number like that. */
const TRUNK_GROUPS = /^\(?0\d{1,5}\)?(?:[ ./-]\d{2,8}){1,5}$/;
/** Forms in which one country alone writes numbers, whatever regions a policy names; how many digits stand before the number for calls inside. */
const DISTINCT: readonly (readonly [shape: RegExp, country: string, trunk: number])[] = [
  [/^\([1-9]\d\) ?9?\d{4}-\d{4}$/, '55', 0],
  [/^8[ -]?\(?9\d{2}\)?[ -]\d{3}-\d{2}-\d{2}$/, '7', 1],
];
const SPANISH_GROUPS = /^[6789]\d{2}(?:[ .-]\d{2}){3}$|^9\d \d{3}(?: \d{2}){2}$|^[6789]\d{2}(?:[ .-]\d{3}){2}$/;

function readNumber(
  scan: Scan,
  start: number,
  shape: string,
  digits: string,
  plus: boolean,
  keyword: string | undefined,
  context: Context,
  isOther: boolean,
): { readonly rule: string; readonly canonical: string } | undefined {
  if (plus) {
    const international = toInternational(digits);
    if (international !== undefined) return { rule: 'phone.international', canonical: `+${international}` };
    return keyword !== undefined && digits.length >= 8 && digits.length <= LONGEST
      ? { rule: 'phone.labelled', canonical: `+${digits}` }
      : undefined;
  }
  const prefix = digits.startsWith('00') ? 2 : digits.startsWith('011') ? 3 : 0;
  if (prefix > 0) {
    const international = toInternational(digits.slice(prefix));
    if (international !== undefined && (keyword !== undefined || /\D/.test(shape)))
      return { rule: 'phone.international', canonical: `+${international}` };
  }
  const grouped = shape.length > digits.length;
  if (grouped && /^\d{5}-\d{4}$|^\d{4}-\d{2}-\d{2}|^\(?\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\)?$/.test(shape)) return undefined;
  if (grouped && /^\d{1,3}(?:\.\d{1,3}){3}$/.test(shape) && !saysPhone.has(context.nearest)) return undefined;
  const national = toNational(digits, scan.regions);
  if (keyword !== undefined && digits.length <= LONGEST) {
    if (isOther) return undefined;
    if (!grouped && national === undefined && hasOtherKey(scan.text, start, context)) return undefined;
    return { rule: 'phone.labelled', canonical: national === undefined ? toAnyway(digits) : `+${national}` };
  }
  const distinct = national === undefined ? DISTINCT.find(([form]) => form.test(shape)) : undefined;
  if (national === undefined && distinct === undefined) return undefined;
  if ((context.findInColumn(notPhone) ?? context.find(notPhone, 3)) !== undefined) return undefined;
  if (NORTH_AMERICAN.test(shape) || TRUNK_GROUPS.test(shape) || SPANISH_GROUPS.test(shape))
    return { rule: 'phone.national', canonical: `+${national}` };
  return distinct === undefined ? undefined : { rule: 'phone.national', canonical: `+${distinct[1]}${digits.slice(distinct[2])}` };
}

/** With or without its country code, the same digits stay the same token where a plan tells. */
const toAnyway = (digits: string): string => {
  const international = digits.length >= 10 ? toInternational(digits) : undefined;
  return international === undefined ? digits : `+${international}`;
};

/** Past " ext. 12", "x12", " Durchwahl 12". */
function extensionEnd(text: string, end: number): number {
  const match = /^[ ,;]{0,2}(?:x|ext[.=]?|extension|durchwahl|poste|anexo)[ .:]{0,2}\d{1,6}(?![0-9A-Za-z])/i.exec(
    text.slice(end, end + 24),
  );
  return end + (match?.[0].length ?? 0);
}

export const phone: Detector = {
  rule: 'phone',
  type: 'PHONE',
  anchors: ['number'],
  lengths: { number: [1, 18] },
  keywords: phoneKeywords,
  validator: 'numbering plan',
  source: 'libphonenumber metadata (Apache-2.0), ITU-T E.164',
  examples: [
    { text: 'reach me at +49 30 12540645.', finds: '+49 30 12540645' },
    { text: '(201) 555-0123', finds: '(201) 555-0123' },
    { text: 'hola, mi número es 612345678', finds: '612345678' },
    { text: 'Yuri\nT (11) 95664-3295\nwa.me/447911204538', finds: '(11) 95664-3295 + 447911204538' },
    { text: 'pouvez-vous me rappeller au 0668165806, tfno. 651565819', finds: '0668165806 + 651565819' },
    { text: 'mobilnr 0738263555, nr telefonu: 609123456, τηλ. 2101234567', finds: '0738263555 + 609123456 + 2101234567' },
    { text: 'T +44 20 7946 0000 · M 09856687156', finds: '+44 20 7946 0000 + 09856687156' },
    { text: 'Tel. 644645635, Albarán 98827838', finds: '644645635' },
    { text: '我的手机号是13800138000请打', finds: '13800138000' },
    { text: 'call_+442079460000.wav, x_2079460000.wav', finds: '+442079460000' },
    { text: 'call us, your case number is 20238796' },
    { text: '手机号 138 0013 8000', finds: '138 0013 8000' },
    { text: 'tel.: 70.135.14.25; bitte rufen Sie 01234851471 an', finds: '70.135.14.25 + 01234851471' },
    { text: 'extensions 2000-2999, order 2015550123 shipped' },
    { text: 'phone\n212\n555\n0148\nthanks', finds: '212\n555\n0148' },
    { text: 'phones\n2125550148\n2125550149', finds: '2125550148 + 2125550149' },
    { text: 'on 2024-01-01 at 10; mobil, Vertragsnummer: 709401648, sms, parcel 164366430879; phone (08/10/1965)' },
    { text: '{"telefon":"0351 8353198","kundenNr":"6676274","historia":2455572}', finds: '0351 8353198' },
    { text: '2024-06-09 10:02 out 01223165039 00:04:11\n10:09 in  2126243031 (Ann mob) 00:00:47', finds: '01223165039 + 2126243031' },
    { text: '10:02 sent 01223165039 00:04:11, out 01223165039 bytes' },
    { text: 'il corriere chiama il 392 128 2320', finds: '392 128 2320' },
    { text: 'Hotline-Nr. 633288988', finds: '633288988' },
    { text: 'Łódź. Kontakt: 513 404 120', finds: '513 404 120' },
    { text: 'Tél. : 01.46.50.52.15 | Port. : 07 35 42 41 46', finds: '01.46.50.52.15 + 07 35 42 41 46' },
    { text: 'me liga no (31) 3129-4735, ann@mail.example or 09865633907', finds: '(31) 3129-4735 + 09865633907' },
    { text: 'Port 0735424146, open questions: 12; Kontakt: 2026' },
  ],
  look,
};
