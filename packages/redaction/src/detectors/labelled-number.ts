// Runs in browsers too. Identity and account numbers: dozens of shapes that only a word nearby tells from an order number.
import { classAt, DIGIT, isUpper, isWord, LOWER, UPPER, WORD } from '../characters.ts';
import { confidence, type Confidence, type Detector } from '../detector.ts';
import type { Context } from '../context.ts';
import type { EntityType } from '../entity-types.ts';
import { Keywords, wordSet } from '../keywords.ts';
import type { Scan } from '../scan.ts';
import { findAlone, findCalled, LONGEST_COMPACT, mayStandAlone, type Shape } from './national-ids.ts';

const nationalWords = new Keywords(
  'nas,nn,registre national,rijksregister,assurance sociale,pnr,id code,travel document,national id,national identity,national identity number,national insurance,national insurance number,identity card,identity number,identity code,identity no,id number,id card,id no,personal id,personal number,personal code,personal identity,citizen id,citizen number,citizenship,' +
    'tax id,tax number,tax no,tax identification,taxpayer,tin,vat id,passport,passport no,passport number,passport num,passnummer,pass nr,passnr,pass no,reisepass,reisepassnummer,pasaporte,passeport,passaporto,driver license,drivers license,driving licence,driving license,driver licence,driver s license,driver s licence,dln,licence number,license number,dl,führerschein,permis de conduire,permiso de conducir,' +
    'medicare,medicaid,health insurance,health number,health card,nhs,nhs number,mrn,medical record,patient id,patient no,patient number,patientennummer,insurance number,insurance no,member id,' +
    'steuer id,steuer,steueridentifikationsnummer,steuernummer,idnr,sozialversicherungsnummer,svnr,versicherungsnummer,krankenversicherungsnummer,personalausweis,personalausweisnummer,ausweis,ausweisnummer,ausweisnr,steuernr,ahv,ahv nummer,ahvnummer,rentenversicherungsnummer,' +
    'numéro national,sécurité sociale,securite sociale,numéro de sécurité,nir,insee,numéro fiscal,carte d identité,carte nationale,nss,' +
    'dni,nie,nif,cif,número de identidad,seguridad social,nº ss,no ss,núm ss,cédula,cedula,curp,rfc,rut,run,cuit,cuil,nit,documento,número de identificación,identificación,ine,' +
    'cpf,cnpj,rg,nis,cc,cartão de cidadão,cidadão,contribuinte,codice fiscale,fiscal code,partita iva,carta d identità,cf,' +
    'bsn,burgerservicenummer,sofinummer,rijksregisternummer,personnummer,personnr,samordningsnummer,fødselsnummer,fodselsnummer,d nummer,cpr,cpr nummer,cprnr,henkilötunnus,hetu,kennitala,isikukood,asmens kodas,personas kods,' +
    'pesel,nip,dowód,rodné číslo,rodné,rc,egn,егн,emšo,emso,matični broj,matična številka,oib,jmbg,cnp,cui,personal numeric code,adóazonosító,taj,amka,afm,αφμ,αμκα,tc kimlik,kimlik,tckn,tc no,инн,снилс,паспорт,rntrc,ipn,іпн,' +
    'sin,social insurance,tfn,medicare number,ird,aadhaar,aadhar,uidai,pan number,pan card,pan,voter id,cnic,nic,nric,fin,mykad,hkid,rrn,resident registration,resident identity,resident id,resident identity card,natid,tckimlik,ric,teudat zehut,my number,mynumber,emirates id,iqama,nino,utr,pps,pps number,ppsn,ssn number,ssn,id,identification number,identification no,身份证,身分證,住民登録,주민등록번호,' +
    // What the issuing offices call them, by continent; OECD's pages on tax identification numbers name most.
    'tax file,taxpayer reference,medicaid id,medicare id,insurance id,passport id,license id,licence id,ni no,ni number,chi number,visa no,visa number,alien registration,alien number,green card,uscis,residence permit,work permit,permanent resident,voter registration,mbi,medicare beneficiary,medicare beneficiary id,birth number,national register number,national register,cadastro de pessoas físicas,personal public service number,inland revenue number,id nommer,香港身份證號碼,beneficiary id,npi,dea,dea number,dea no,ramq,green card number,state id,government id,' +
    'sv nummer,sv nr,sozialversicherungs nr,krankenkassennummer,versicherungsnr,vsnr,rvnr,kvnr,kv nr,versichertennummer,krankenversichertennummer,identifikationsnummer,führerscheinnummer,aufenthaltstitel,sécu,spi,titre de séjour,permis de séjour,carte de séjour,carte vitale,identité,identità,insz,niss,nrn,paspoort,paspoortnummer,rijbewijs,rijbewijsnummer,identiteitskaart,' +
    'cod fisc,c f,patente,patente di guida,tessera sanitaria,permesso di soggiorno,identidad,identidade,rol único tributario,rol unico tributario,matrícula consular,licencia de conducir,carnet de conducir,tarjeta sanitaria,afiliación,imss,clave de elector,r f c,d n i,n i e,n i f,c p f,c n p,b s n,n i t,r u t,c i,ruc,rif,nuip,título de eleitor,titulo de eleitor,cnh,carteira de motorista,habilitação,cartão nacional de saúde,pis,pasep,carta de condução,utente,' +
    'person nr,persnr,fnr,fødselsnr,kt,asm kodas,p k,dowodu,dowód osobisty,paszport,paszportu,rč,r č,číslo op,občanský průkaz,občanského průkazu,občiansky preukaz,občianskeho preukazu,személyi szám,személyi igazolvány,codul numeric,codul numeric personal,cod numeric,cod numeric personal,cod personal,idnp,identifikacijski broj,osobna iskaznica,lična karta,osebna izkaznica,davčna številka,јмбг,лнч,lnch,ln ch,лична карта,ταυτότητα,αδτ,διαβατήριο,' +
    'паспорта,паспорту,полис,водительское удостоверение,рнокпп,ідентифікаційний код,посвідчення,иин,kimlik no,kimlik numarası,pasaport,vergi no,תעודת זהות,מספר זהות,ת ז,דרכון,الرقم القومي,رقم الهوية,الهوية الوطنية,بطاقة الهوية,رقم الإقامة,جواز السفر,' +
    '身份证号,身份证号码,居民身份证,居民身份证号,居民身份证号码,公民身份号码,身份證,身份證號碼,身分證字號,香港身份證,香港身份证,運転免許証,免許証番号,护照号,护照号码,護照號碼,マイナンバー,個人番号,パスポート番号,旅券番号,運転免許証番号,주민번호,외국인등록번호,여권번호,운전면허번호,เลขประจำตัวประชาชน,เลขบัตรประชาชน,หมายเลขบัตรประชาชน,आधार,पैन,' +
    'nik,ktp,npwp,kad pengenalan,ic no,ic number,sss number,sss no,philhealth,phil health,philsys,cccd,cmnd,căn cước,căn cước công dân,chứng minh nhân dân,hộ chiếu,mã số thuế,nic number,nic no,nid,epic,epic no,voter card,bvn,nin,ghana card,kra pin,rsa id,sa id,omang,' +
    // "Kenyan ID": what is told by whose it is.
    'albanian,algerian,american,argentine,australian,austrian,belgian,brazilian,british,bulgarian,canadian,chilean,chinese,colombian,croatian,cypriot,czech,danish,dutch,ecuadorian,egyptian,estonian,filipino,finnish,french,german,ghanaian,greek,hungarian,indian,indonesian,iranian,iraqi,irish,israeli,italian,japanese,jordanian,kazakh,kenyan,korean,kuwaiti,latvian,lebanese,lithuanian,malaysian,maltese,mauritian,mexican,moroccan,nepali,nigerian,norwegian,pakistani,peruvian,philippine,polish,portuguese,qatari,romanian,russian,saudi,serbian,singapore,slovak,slovenian,south african,spanish,swedish,swiss,taiwan,taiwanese,tanzanian,thai,tunisian,turkish,ugandan,ukrainian,uruguayan,venezuelan,vietnamese,zambian,zimbabwean'
      .split(',')
      .map((whose) => `${whose} id`)
      .join(','),
);
const accountWords = new Keywords(
  'tài khoản,số tài khoản,acc,dda,nomor rekening,no rekening,norek,acc no,acc number,acc nr,s c,口座番号,口座,银行账号,银行帐号,账号,계좌번호,számlaszám,bankszámlaszám,bankszámla,nr konta,numer rachunku,nr rachunku,account,account number,account no,account num,acct,acct no,acct number,bank account,accountnumber,account nr,a c,routing,routing number,routing no,aba,rtn,sort code,sortcode,bsb,transit,transit number,ifsc,clabe,cbu,cvu,kontonummer,kto,kto nr,ktonr,ccc,compte n,compte no,compte numéro,cuenta n,cuenta nº,cuenta no,cuenta número,conto n,conto numero,conta n,conta nº,conta número,счет,счёт,счёта,счета,счёту,рахунок,帳號,账户,계좌,חשבון,konto nr,konto,kontonr,bankkonto,bankverbindung,blz,bankleitzahl,rachunek,rachunku,numer konta,číslo účtu,účtu,broj računa,račun,št računa,hesap no,tilinumero,numéro de compte,compte bancaire,compte,rib,número de cuenta,cuenta bancaria,cuenta,cuenta corriente,conta,conta corrente,agência,numero di conto,conto corrente,rekeningnummer,rekening,bankgiro,plusgiro,nuban,bank no,checking account,savings account,giro',
);
/** The nearest of these words makes it something else. */
const otherWords = new Keywords(
  'teléfono,telefono,telefon,téléphone,telefone,handy,mobil,móvil,portable,cell,call,order,invoice,ticket,tracking,ref,reference,version,build,commit,part,parts,isbn,page,figure,line,serial,sku,row,rows,phone,tel,mobile,fax,shipment,parcel,bestellung,commande,pedido,issue,error,port,amount,total,price,zip,postcode,job,session,request,trace,span,event,user id,customer id,order id,item,items,memo,po,node,worker,thread,pid,rechnung,rechnungsnr,facture,factura,fattura,faktura,fatura,auftrag,auftragsnr,bestellnr,kundennr,aktenzeichen,folio,订单',
);

/** Not everything called an id is a person's: alone this word needs a check digit. */
const weakWords = wordSet(
  'acc,dda,account,id,nn,cc,rc,rg,cf,fin,run,sin,nis,nit,documento,steuer,nic,ine,rib,cui,dl,konto,compte,cuenta,conta,conto,giro,transit,s c,ccc,kto,счет,口座,账号,agência,cif,nid,my number,mynumber,kt,p k,c i,c f,pis,spi,dea,epic,identifikationsnummer',
);

/** Short words that stand for something else where these are written behind: South Carolina has postal codes, Sweden calls a phone tfn. */
const elsewhere = new Map([
  ['s c', /^(?!\d{2}-\d{2}-\d{2}$)/],
  ['tfn', /^0/],
]);

const SHORTEST = 6;
/** A Polish account in groups has 32 characters. */
const LONGEST = 34;
/** Whether a run of letters and digits needs nothing more. */
function isWhole(text: string, start: number, end: number): boolean {
  if (text[end] !== ' ' || !isUpper(text, start) || !mayStandAlone(end - start)) return false;
  const run = text.slice(start, end);
  return findAlone(run, run) !== undefined;
}

/** How many signs a passport's number has (ICAO 9303). */
const PASSPORT = 9;
/** How many digits an id has at least: those of passports and cards few, where letters stand among them two. */
const leastDigits = (keyword: string, written: string): number =>
  !/pass|pasap|paspo|ausweis|identit|dow[oó]d/.test(keyword) ? 5 : /^(?=[A-Z]*\d+[A-Z])[A-Z0-9]{9}$/.test(written) ? 2 : 3;

/** The value from here: groups of letters and digits with single separators, as ids are written. */
function valueEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + LONGEST);
  let end = start;
  let open = false;
  while (end < limit && (classAt(text, end) & WORD) !== 0) end++;
  while (end < limit) {
    const code = text.charCodeAt(end);
    if (code === 0x5d /* ] */ && open) end++;
    const gap = gapAt(text, end);
    if (gap === 0) break;
    open ||= code === 0x5b;
    const spaced = code === 0x20;
    const from = end + gap;
    const first = classAt(text, from);
    // After a space a word of letters is prose, unless it is short and in capitals as ids have it.
    if (spaced && (first & (DIGIT | UPPER)) === 0) break;
    let to = from;
    while (to < limit && (classAt(text, to) & WORD) !== 0) to++;
    if ((first & DIGIT) === 0) {
      const group = text.slice(from, to);
      if (spaced && !/^[A-Z0-9]{1,3}\d|^[A-Z]{1,2}$/.test(group)) break;
      if (!(spaced && gap === 1) && !/\d/.test(group) && !/^[A-Za-z]{1,2}$/.test(group)) break;
    }
    end = to;
  }
  return end;
}

/** How long the separator is that stands here before a letter or digit; 0 where there is none. */
function gapAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  const dash = text.charCodeAt(at + 1) === 0x2d;
  const gap =
    code === 0x20
      ? dash && text.charCodeAt(at + 2) === 0x20
        ? 3
        : 1
      : code === 0x2d
        ? dash
          ? 2
          : 1
        : code === 0x2e || code === 0x2f || code === 0x2b || code === 0x5b
          ? 1
          : 0;
  return gap > 0 && (classAt(text, at + gap) & WORD) !== 0 && text.charCodeAt(at + gap) < 0x80 ? gap : 0;
}

/** Whether what stands behind a group may belong to it: in a sentence a word in small letters follows most numbers. */
function goesOn(text: string, at: number): boolean {
  const gap = gapAt(text, at);
  return gap > 0 && (text.charCodeAt(at) !== 0x20 || (classAt(text, at + gap) & (DIGIT | UPPER)) !== 0);
}

/** Whether a keyword is a word, or a phrase that ends with it: the reference of "taxpayer reference" makes it nothing else. */
const endsWith = (keyword: string, word: string): boolean => keyword === word || keyword.endsWith(` ${word}`);

/** A word names the number that follows it: what comes after that with another word before it is something else. "NIF 236474600, invoice 2025/1182". */
function isSpent(scan: Scan, keyword: string, start: number, context: Context): boolean {
  const from = scan.numberBefore(start);
  if (from === 0 || start - from > 64 || context.column.length > 0) return false;
  const lines = scan.text.slice(from, start).toLowerCase();
  // On a line of its own another label may stand: the number is that one's.
  const between = lines.slice(lines.lastIndexOf('\n') + 1);
  if (between !== lines && !LABEL.test(between)) return false;
  const words = between.match(/[\p{L}\p{M}]+/gu) ?? [];
  const named = keyword.slice(keyword.lastIndexOf(' ') + 1);
  return (
    !words.some((word) => word === named || (named.length > 2 && word.startsWith(named))) &&
    words.some((word) => word.length > 1 && !joining.has(word))
  );
}
const LABEL = /^[^\n:]{2,30}: ?[\d ./+-]*$/;
const joining = wordSet('and,or,und,oder,et,ou,og,och,en,of,eller,ali,ja');

const MONEY = /^ ?(?:[€$£]|(?:EUR|USD|GBP|CHF|kr|zł)(?!\p{L}))/u;

/** Words whose own number stands between them and a value: "row 17: 560504-1093". */
const places = wordSet('row,rows,line,page,item,items,figure');
const NUMBERED = /[\p{L}] ?#?\d{1,6}[:.,;]\s{1,2}$/u;

/** Is 22838575550 a valid PESEL? 556-9034-12 is my tax number. */
const AFTER = /^ (?:is )?(?:a|an|my|the|his|her) (?:valid )?(?=\p{L})/u;
function saidAfter(text: string, end: number): string | undefined {
  const match = text[end] === ' ' && 'iamth'.includes(text[end + 1] ?? ' ') ? AFTER.exec(text.slice(end, end + 20)) : null;
  if (match === null) return undefined;
  const from = end + match[0].length;
  let phrase = '';
  for (const [word] of text.slice(from, from + 40).matchAll(/[\p{L}\p{M}]+/gu)) {
    phrase += phrase === '' ? word.toLowerCase() : ` ${word.toLowerCase()}`;
    if (nationalWords.has(phrase) && !weakWords.has(phrase)) return phrase;
  }
  return undefined;
}

/** A column's word for ids, one that needs no check digit before one that does: ssn_or_id. */
function strongest(context: Context): string | undefined {
  const last = context.findInColumn(nationalWords);
  if (last === undefined || !weakWords.has(last)) return last;
  return context.column.find((word) => nationalWords.has(word) && !weakWords.has(word)) ?? last;
}

const sureness = (shape: Shape | undefined): Confidence => (shape?.sure ? confidence.validated : confidence.labelled);

function look(scan: Scan, from: number, runEnd: number): void {
  const { text } = scan;
  if (from < scan.numbersSeen) return;
  // No id is as short, and nothing goes on behind it.
  if (runEnd - from < SHORTEST && !goesOn(text, runEnd)) return;
  const close = text.charCodeAt(from - 1);
  if (close === 0x5f || close === 0x24 || close === 0x40 || close === 0x20ac) return;
  // A letter or country code may stand before: "P 1630837", "CL 12531909-2", "A-1234567", "GHA-712345678-9".
  const lead =
    (close === 0x20 && isUpper(text, from - 2)) || (close === 0x2d && (classAt(text, from - 2) & (UPPER | LOWER)) !== 0)
      ? (/(?:^|[^\p{L}\d])((?!ID |NO |NR |CF |PO )[A-Z]{1,2}[ -]|[A-Z]{3}-|[a-z]-)$/u.exec(text.slice(Math.max(0, from - 5), from))?.[1] ??
        '')
      : '';
  const start = from - lead.length;
  const before = text[start - 1] ?? ' ';
  if (
    isWord(text, start - 1) ||
    before === '_' ||
    before === '$' ||
    before === '€' ||
    before === '@' ||
    ((before === '-' || before === '.' || before === '/') && isWord(text, start - 2))
  )
    return;
  if (runEnd - from > 40) return;
  // What is an id by itself goes on behind no space: CF RSSMRA85T10A562S - RX torace.
  const end = isWhole(text, from, runEnd) ? runEnd : valueEnd(text, from);
  // A row of numbers without an end is a table or a series.
  if (end - from >= LONGEST && ((classAt(text, end) & WORD) !== 0 || gapAt(text, end) > 0)) return;
  let count = 0;
  let solid = 0;
  for (let at = from; at < end; at++) {
    const kind = classAt(text, at);
    if ((kind & DIGIT) !== 0) count++;
    if ((kind & WORD) !== 0) solid++;
  }
  if (count < (end - from === PASSPORT ? 2 : 3) || count > 26 || (count < 5 && count === end - from)) return;
  const after = text[end] ?? ' ';
  if ((after === ' ' || after === '€' || after === '$') && MONEY.test(text.slice(end, end + 5))) return;
  if (after === '_' || after === '@' || ((after === ':' || after === '=') && isWord(text, end + 1))) return;
  const context = scan.contextBefore(start);
  // What a column is called is nearer than the words before, which may be those of other columns.
  const column = context.findInColumn(accountWords) ?? strongest(context);
  const account = column === undefined ? context.find(accountWords, 4) : context.findInColumn(accountWords);
  const national = column === undefined ? context.find(nationalWords, 5) : column;
  const said = account ?? national;
  const keyword = said !== undefined && isSpent(scan, said, start, context) ? undefined : (said ?? saidAfter(text, end));
  if (keyword === undefined && !mayStandAlone(solid + lead.length) && !mayStandAlone(solid)) return;
  const isDigits = count === end - from;
  const written = isDigits ? text.slice(from, end) : text.slice(from, end).toUpperCase();
  // A date, a time of day, a span of years or a constant in code is no id, whatever stands before it.
  if (
    !isDigits &&
    (solid < end - from || written.startsWith('0X')) &&
    /^\d{4}-\d{2}-\d{2}(?:T|$)|^\d{2}:\d{2}|^(?:19|20)\d{2}-(?:19|20)\d{2}$|^\d{1,2}([./])\d{1,2}\1(?:19|20)\d{2}$|^\d{1,4}\.\d{2}$|^0X/.test(
      written,
    )
  )
    return;
  const compact = !isDigits && /[^0-9A-Z]/.test(written) ? written.replaceAll(/[^0-9A-Z]/g, '') : written;
  const alone = findAlone(written, compact) ?? (lead === '' ? undefined : findAlone('', lead.slice(0, -1).toUpperCase() + compact));
  if (keyword === undefined && alone === undefined) return;
  const found = context.findInColumn(otherWords) ?? (column === undefined ? context.find(otherWords, 2) : undefined);
  const other = found !== undefined && places.has(found) && NUMBERED.test(text.slice(Math.max(0, start - 12), start)) ? undefined : found;
  if (keyword === undefined || (other !== undefined && (!endsWith(keyword, context.nearest) || weakWords.has(keyword)))) {
    if (alone === undefined || other !== undefined) return;
    scan.report({
      start,
      end,
      type: alone.type,
      rule: alone.rule,
      confidence: sureness(alone),
      validator: alone.rule,
      canonical: compact,
    });
    return;
  }
  const type: EntityType = account !== undefined ? 'BANK_ACCOUNT' : 'NATIONAL_ID';
  const checked = alone ?? findCalled(type, keyword, written, compact);
  if (elsewhere.get(keyword)?.test(written)) return;
  if (weakWords.has(keyword) && checked === undefined && !(keyword !== 'id' && count >= 7 && context.nearest === keyword)) return;
  if (
    checked === undefined &&
    (count < leastDigits(keyword, text.slice(from, end)) || compact.length < SHORTEST || compact.length > LONGEST_COMPACT)
  )
    return;
  if (checked === undefined && /^\d{4}-\d{2}-\d{2}|^[0-9A-F]{8}-[0-9A-F]{4}-/.test(written)) return;
  scan.numbersSeen = end;
  scan.report({
    start,
    end,
    type,
    rule: checked?.rule ?? (account !== undefined ? 'bank_account' : 'national_id'),
    confidence: sureness(checked),
    validator: checked?.rule,
    context: keyword,
    canonical: compact,
  });
}

export const nationalId: Detector = {
  rule: 'labelled_number',
  type: 'NATIONAL_ID',
  anchors: ['number', 'mixed'],
  lengths: { number: [1, 30], mixed: [2, 40] },
  keywords: nationalWords,
  validator: 'check digit by country, where there is one',
  source: 'issuing offices’ rules; stdnum (MIT) as a check',
  examples: [
    { text: 'Steuer-ID: 36 574 261 809, Kiel', finds: '36 574 261 809' },
    { text: 'passport no. C01X00T47, expires', finds: 'C01X00T47' },
    { text: '54362315K', finds: '54362315K' },
    { text: 'Emirates ID 784-1980-1234567-8', finds: '784-1980-1234567-8' },
    { text: '居民身份证号码：110107197711167438', finds: '110107197711167438' },
    { text: 'la davčna številka je 81967250', finds: '81967250' },
    { text: '{"ghana_card": "GHA-721234567-4"}', finds: 'GHA-721234567-4' },
    { text: 'My Number 123456789018, my number is 201.504.7650', finds: '123456789018' },
    { text: 'N.I.F. 45678912K; Reisepassnummer C4FGJ1K2L; Medicaid ID AB12345C', finds: '45678912K + C4FGJ1K2L + AB12345C' },
    { text: 'CCCD: 048075751900\nMã đơn: 883777\nKV-Nr.: Z133389465', finds: '048075751900 + Z133389465' },
    { text: 'SSN on file. Next review 08/06/2024; tax no. 2802.45 €' },
    { text: 'Kenyan ID: 28456712', finds: '28456712' },
    { text: 'Unique Taxpayer Reference 2789303469', finds: '2789303469' },
    { text: 'NIF 236474600, fatura FT 2025/1182', finds: '236474600' },
    { text: 'Is 84050501087 a valid PESEL?', finds: '84050501087' },
    { text: 'DNI 12345678 y 87654321', finds: '12345678 + 87654321' },
    { text: 'his kt., 091256-8009, and c.i. 1710034065', finds: '091256-8009 + 1710034065' },
    { text: 'kt or not, 091256-8219, see epic 12, nid 44123' },
    {
      text: 'namn;personnummer;mobil;avgift\nIda af Berg;199312151161;+46 8 622 911 43;350\nBo Ek;660421-1661;0738263555;350',
      finds: '199312151161 + 660421-1661',
    },
    { text: 'Reisepass-Nr.: FRN82XZZW, CF RSSMRA85T10A562S - RX', finds: 'FRN82XZZW + RSSMRA85T10A562S' },
    { text: 'row 17: 560504-1093; it is 62.02.25-501.65 or 850715-2958303', finds: '560504-1093 + 62.02.25-501.65 + 850715-2958303' },
    { text: 'Pass-Nr. C4FGJ1K2L, Steuernr. 12/345/67890, TFN 123 456 782', finds: 'C4FGJ1K2L + 12/345/67890 + 123 456 782' },
    { text: 'tfn 08-123 45 67; Columbia, S.C. 29201-1234' },
    { text: '身份证号 310115196501109013, nebo 700905/8760', finds: '310115196501109013 + 700905/8760' },
    { text: 'con N.I.E. Z0763043T, según protocolo 613/2026', finds: 'Z0763043T' },
    { text: 'row 560504-1093; 62.02.25-501.66, 850715-2958304, 700905/8761; passport RENEWAL24 and FRN82xzzw' },
    { text: 'name,ssn_or_id,mail\nDelia,708 796 111,x@y.example', finds: '708 796 111' },
    { text: 'order id 36574261809 and ticket ref 12345673' },
    { text: 'passport 2016-2024; ID: 0x80000003' },
  ],
  look,
};
