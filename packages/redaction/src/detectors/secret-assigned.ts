// Runs in browsers too. A value that its name calls a secret: env files, JSON, YAML, code, XML, headers, prose.
import { confidence, type Detector } from '../detector.ts';
import { WordSet, wordSet } from '../keywords.ts';
import type { Scan } from '../scan.ts';
import { looksRandom } from './secret-prefixes.ts';

/** What a password is called, in words that say nothing else. */
const PASSWORDS =
  'password,passwd,passphrase,passcode,passwort,kennwort,contraseña,contrasena,clave,senha,passe,wachtwoord,lösenord,lösenordet,passord,passordet,adgangskode,adgangskoden,salasana,heslo,jelszó,hasło,пароль,密碼,비밀번호'.split(
    ',',
  );
/** Ends of identifiers: the whole word, or its last part in camelCase. */
const PASSWORD = new RegExp(
  `(?:^|[a-z0-9])(?:Password|Passwd|Passphrase|Pwd|Pass|Pin)$|^(?:${PASSWORDS.join('|')}|pwd|pw|pass|parola|密码|パスワード)$|(?:password|securestring)$`,
  'i',
);
const TOKEN =
  /(?:token|secret|secretkey|apikey|credential|credentials|creds|accesskey|privatekey|signingkey|encryptionkey|webhook|sid|sessid|csrftoken|xsrf)$|^(?:auth|authorization|bearer|jwt|session|sessionid|cookie)$|(?:api|access|secret|private|signing|encryption|account|shared|auth|master|client|license|service|integration)key$/i;
const KEY = /(?:^|[a-z0-9])Key$|^key$/i;

/** The last three or four characters of such names, and of those that only what stands around makes one; shorter names whole. */
const ENDINGS = [
  ...PASSWORDS.map((word) => word.slice(-4)),
  ...'pwd,pass,pin,pw,rola,密码,ワード,oken,cret,key,tial,ials,reds,hook,sid,xsrf,auth,tion,arer,jwt,sion,onid,okie,asic,ring,onic,seed,sig,ture'.split(
    ',',
  ),
];
const endings = new WordSet(ENDINGS);
const mayNameSecret = (text: string, start: number, end: number): boolean =>
  end - start < 3 || endings.numberInAnyCase(text, end - 3, end) > 0 || endings.numberInAnyCase(text, Math.max(start, end - 4), end) > 0;

const STOP = wordSet(
  'true,false,null,none,nil,undefined,string,str,number,int,bool,boolean,text,required,optional,incorrect,correct,wrong,invalid,valid,expired,missing,empty,changed,reset,set,unset,not,too,the,your,my,a,an,is,was,been,must,should,password,secret,token,key,example,changeme,redacted,hidden,masked,placeholder,default,value,todo,here,stored,used,needed,safe,secure,encrypted,hashed,unknown,disabled,enabled,rotated,revoked,being,valid,and,or,for,to,in,on,of',
);
const REFERENCE =
  /^(?:\$|%[A-Za-z_]+%$|<|\{\{|\[[A-Z_]+\]|process\.|os\.|env[.[(]|System\.|getenv|config\.|settings\.|this\.|self\.|secrets\.|vault:\/|arn:|file:|!Ref|ref\+|\*{3,}|x{4,}$|\.{3,})/i;

/** What kind of value it is shows in the beginning. */
const LONGEST_LOOKED_AT = 300;
const LONGEST_QUOTED = 16 * 1024;

/** Over the operator between a name and its value; the value's start and how it was joined, or undefined. */
const OPERATOR =
  /^(?:_?[A-Za-z0-9]{0,12}_?(?:base|id|value)?)?["'`]?\]?(?:\s{0,3}|[ \t]{0,24}(?==))(?:(:=|=>|==?=?|:|>|value=)|(,)(?=\s{0,2}["'`])|(\s(?:(?:new|neue?|nueva|nova|nuova|nya|nye|temporal|provisoire|actual|atual) )?(?:is|ist|lautet|est|es|é|è|är|er|was|ser|será)\s?:?))[\s]{0,3}(?:\|\s?\n\s*)?/i;

function look(scan: Scan, start: number, end: number): void {
  const { text } = scan;
  if (!mayNameSecret(text, start, end)) return;
  const name = text.slice(start, end);
  const password = PASSWORD.test(name);
  // The shell's working directory.
  if (name === 'PWD' && /^=["']?\//.test(text.slice(end, end + 3))) return;
  const bearer = /^(?:bearer|basic)$/i.test(name);
  const named = TOKEN.test(name);
  if (!password && !named && !bearer && !KEY.test(name)) return unnamed(scan, start, end);
  const rest = text.slice(end, end + 40);
  let from: number;
  let prose = false;
  if (bearer) {
    const gap = /^\s{1,2}/.exec(rest);
    if (gap === null) return;
    from = end + gap[0].length;
  } else {
    const match = OPERATOR.exec(rest);
    const isNamed = named || NAMED_BEFORE.test(text.slice(Math.max(0, start - 8), start));
    if (match === null) return isNamed ? spoken(scan, name, end) : password ? spokenPassword(scan, name, end) : undefined;
    prose = match[3] !== undefined || (match[1] === ':' && match[0].endsWith(' ') && !/["'`]/.test(rest));
    from = end + match[0].length;
    const scheme = /^["'`]?(?:Bearer|Basic|Token|Bot)\s+/i.exec(text.slice(from, from + 12));
    if (scheme !== null) from += scheme[0].length;
  }
  const quote = text[from] ?? '';
  const quoted = quote === '"' || quote === "'" || quote === '`';
  // What a subscript is set to in code is quoted, or no value but a name.
  if (!quoted && text[end + 1] === ']') return;
  if (quoted) from++;
  // A value is judged as a whole.
  scan.announced.push(scan.at);
  // An idempotency key opens nothing.
  if (/idempotency.?(?:key)?$/i.test(text.slice(Math.max(0, start - 13), end))) return;
  const naming = { password, named, bearer, quoted, prose, session: /^session/i.test(name) };
  const to = reportValue(scan, name, from, quote, naming);
  if (to === undefined) return prose && password ? spokenPassword(scan, name, end) : undefined;
  const changes = quoted ? CHANGES_TO.exec(text.slice(to, to + 9)) : null;
  if (changes !== null) reportValue(scan, name, to + changes[0].length, changes[1] ?? '', naming);
}
/** A plan of changes has the new value behind the old one: "before" -> "after". */
const CHANGES_TO = /^["'] (?:->|=>|→) (["'])/;

/** The value that begins at an offset; where it ends, if it is a secret. */
function reportValue(scan: Scan, name: string, start: number, quote: string, naming: Naming): number | undefined {
  const end = naming.quoted ? closing(scan.text, start, quote) : bareEnd(scan, start, naming.prose);
  if (!isSecretValue(scan.text.slice(start, Math.min(end, start + LONGEST_LOOKED_AT)), naming)) return undefined;
  scan.report({
    start,
    end,
    type: 'SECRET',
    rule: naming.password ? 'secret.password' : 'secret.assigned',
    confidence: confidence.labelled,
    context: name.toLowerCase().slice(-20),
  });
  return end;
}

/** `api_key`, `secret_access_key`: what kind of key it is stands before. */
const NAMED_BEFORE = /(?:api|secret|access|private|auth)[_-]$/i;
/** `the auth token 9f8e…`: nothing joins them but a space, so what follows must be random through and through. */
const SPOKEN = /^ ([A-Za-z0-9_+/=-]{16,200})(?![\w+/=-])/;
function spoken(scan: Scan, name: string, end: number): void {
  const value = SPOKEN.exec(scan.text.slice(end, end + 202))?.[1];
  if (value === undefined || !/\d[A-Za-z]+\d|[A-Za-z]\d+[A-Za-z]/.test(value) || variety(value) < 8 || UUID.test(value)) return;
  if (/^[A-Za-z]+(?:[-_/][A-Za-z0-9]+)*$/.test(value) && /[a-z]{5}/.test(value)) return;
  scan.report({
    start: end + 1,
    end: end + 1 + value.length,
    type: 'SECRET',
    rule: 'secret.assigned',
    confidence: confidence.context,
    context: name.toLowerCase().slice(-20),
  });
}

/** Between a password's name and the password: nothing, or what it opens, in a sentence of any of the languages. */
const SPOKEN_PASSWORD =
  /^,? (?:(?:(?:has been|was|is) )?(?:re)?(?:set|changed) to |(?:\p{L}{3,10} )?(?:it was|c['’]était|c['’]est|es war|war es|era|het was|det var) |\p{L}{4,14} ?: |(?:for|of|to|on|für|fürs|zum|zur|von|de|del|para|pour|du|des|da|do|della|per|van|voor|от|для) [^\n:;!?]{1,60}?(?::| is| ist| lautet| est| es| é| è) )?["'`]?([^\s"'`<>]{6,64})/iu;
const SAYS_PASSWORD = new RegExp(`^(?:${PASSWORDS.join('|')}|securestring)$`, 'i');
/** `password sha256`: how it is kept. */
const SCHEME = /^(?:sha|md|pbkdf|argon|base|utf|b?crypt|aes|oauth|ntlm)[-_]?\d/i;
function spokenPassword(scan: Scan, name: string, end: number): void {
  const match = SAYS_PASSWORD.test(name) ? SPOKEN_PASSWORD.exec(scan.text.slice(end, end + 150)) : null;
  const value = (match?.[1] ?? '').replace(/[.,;:?)\]}]+$/, '');
  // Letters with a digit or a sign among them: no word of a sentence.
  const isPhrase = /^[a-z]+(?:-[a-z]+){2,}$/.test(value);
  if (match === null || value.length < 6 || !/\p{L}/u.test(value) || !(isPhrase || /\d|\p{L}[!@#$%^&*+~]\S/u.test(value))) return;
  if (/[=<>()[\]{}|]|:\/\//.test(value) || SCHEME.test(value) || REFERENCE.test(value)) return;
  const from = end + match[0].length - (match[1] ?? '').length;
  scan.report({
    start: from,
    end: from + value.length,
    type: 'SECRET',
    rule: 'secret.password',
    confidence: confidence.context,
    context: name.toLowerCase(),
  });
}

/** The words of a mnemonic: BIP 39 has twelve to twenty-four, of three to eight letters. */
const MNEMONIC = /^["']?(?::|=| is|) {0,2}["']?([a-z]{3,8}(?: [a-z]{3,8}){11,23})(?![\w-])/;
/** What one-time passwords are made from (RFC 4648 base 32): OTP seed 3W53KBEU…. */
const ONE_TIME = /^["']?(?::|=| is|) {0,2}["']?((?=[A-Z]{0,60}[2-7])[A-Z2-7]{16,64})(?!\w)/;
/** `&sig=…`: who has the link needs nothing else. */
const SIGNATURE = /^=([A-Za-z0-9_+/%=-]{24,200})(?![\w+/%=-])/;
/** `2FA backup code 8718-adc8`: it lets in whoever lost the second factor. */
const CODE = /^codes?$/i;
const BACKUP = /(?:backup|recovery|rescue)[ _-]$/i;
const BACKUP_CODE =
  /^["']?(?: is|)[:=]? {0,2}["']?((?=[a-z-]{0,12}\d)[a-z\d]{4,6}(?:-[a-z\d]{4,6}){1,4}|\d{6,10}|(?=[a-z]{0,9}\d+[a-z])[a-z\d]{8,12})(?![\w-])/i;
function backupCode(scan: Scan, end: number): void {
  const [whole = '', value = ''] = BACKUP_CODE.exec(scan.text.slice(end, end + 50)) ?? [];
  scan.report({
    start: end + whole.length - value.length,
    end: end + whole.length,
    type: 'SECRET',
    rule: 'secret.backup_code',
    confidence: confidence.labelled,
    context: 'code',
  });
}

/** What only what stands around makes a secret. */
function unnamed(scan: Scan, start: number, end: number): void {
  const { text } = scan;
  const before = text[start - 1] ?? ' ';
  const name = text.slice(start, end);
  const phrase = /^(?:mnemonic|seed|phrase)$/i.test(name);
  const pattern = phrase ? MNEMONIC : '?&-'.includes(before) && /^sig(?:nature)?$/i.test(name) ? SIGNATURE : undefined;
  if (end - start < 6 && CODE.test(name) && BACKUP.test(text.slice(Math.max(0, start - 10), start))) return backupCode(scan, end);
  const behind = text.slice(end, end + 230);
  const match = pattern?.exec(behind) ?? (phrase ? ONE_TIME.exec(behind) : null);
  const [whole = '', value = ''] = match ?? [];
  // Twelve words of a sentence have a small one among them.
  if (value === '' || (phrase ? /\b(?:the|and|for|you|that|with|from|are|was|this|not)\b/.test(value) : !looksRandom(value))) return;
  const from = end + whole.length - value.length;
  scan.report({
    start: from,
    end: from + value.length,
    type: 'SECRET',
    rule: phrase ? 'secret.mnemonic' : 'secret.signature',
    confidence: confidence.labelled,
    context: name.toLowerCase(),
  });
}

function closing(text: string, from: number, quote: string): number {
  const limit = Math.min(text.length, from + LONGEST_QUOTED);
  for (let at = from; at < limit; at++) {
    if (text[at] === quote) return at;
    if (text[at] === '\n') return at;
  }
  return limit;
}

function bareEnd(scan: Scan, from: number, prose: boolean): number {
  const { text } = scan;
  let end = scan.stretchEnd('bare', from);
  // What closes the sentence, the list or the call is not the value's.
  while (end > from && (prose ? ',.;:!?)]}' : ',;)]}').includes(text[end - 1] ?? ' ')) end--;
  // A query string goes on after the value.
  const value = text.slice(from, Math.min(end, from + LONGEST_LOOKED_AT));
  const amp = value.search(/&[A-Za-z_][\w.-]*=|&amp;/);
  // So does a database's connection string: Password=…;Encrypt=true.
  const next = prose ? -1 : value.search(/;[A-Za-z]\w{1,30}=/);
  return amp > 3 && !prose ? from + amp : next > 3 ? from + next : end;
}

interface Naming {
  readonly password: boolean;
  readonly named: boolean;
  readonly bearer: boolean;
  readonly quoted: boolean;
  readonly prose: boolean;
  readonly session: boolean;
}

function isSecretValue(value: string, { password, named, bearer, quoted, prose, session }: Naming): boolean {
  if (value.length < 4 || STOP.has(value.toLowerCase().replace(/[.,;:!?]+$/, '')) || REFERENCE.test(value)) return false;
  const spaces = /\s/.test(value);
  if (password) {
    if (spaces && !quoted) return false;
    if (/[({]\)?[;,]?$/.test(value) || /^[a-z]+(?:\.[A-Za-z_]+)+$/.test(value)) return false;
    if (quoted) return !spaces || value.length < 60;
    return prose ? /[\d!@#$%^&*+=_-]/.test(value) || /[a-z][A-Z]/.test(value) : !/^[a-z]+[A-Z][A-Za-z]*$/.test(value);
  }
  if (spaces) return false;
  // A session's or request's UUID names it and opens nothing.
  if (session && UUID.test(value)) return false;
  // The name of a secret; four words in a row are a passphrase.
  if (/^[a-z]+(?:[._/-][a-z]+){1,2}$/i.test(value) || /^[a-z]+(?:[._/][a-z]+)+$/i.test(value)) return false;
  if (/[({[]/.test(value)) return false;
  const dense =
    looksRandom(value) || (value.length >= 12 && /^[A-Za-z0-9+/=_-]+$/.test(value) && variety(value) >= 8 && !/^[a-z]+$/i.test(value));
  if (bearer) return value.length >= 8 && (dense || value.length >= 20);
  if (named)
    return (
      value.length >= 8 && (dense || (value.length >= 14 && variety(value) >= 9 && !/^[A-Z]?[a-z]+$/.test(value)) || value.length >= 20)
    );
  return value.length >= 12 && dense && variety(value) >= 7;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const variety = (value: string): number => new Set(value).size;

export const secretAssigned: Detector = {
  rule: 'secret.assigned',
  type: 'SECRET',
  anchors: ['word', 'mixed'],
  lengths: { word: [2, 60], mixed: [3, 60] },
  tails: ENDINGS.map((ending) => ending.slice(-3)),
  next: '_"\'`:=>, \t\n\r',
  source: 'after gitleaks’ generic rule (MIT): identifier, operator, value',
  examples: [
    { text: 'DB_PASSWORD=hunter2x', finds: 'hunter2x' },
    { text: '{"apiKey": "3fa9c1d27b6e"}', finds: '3fa9c1d27b6e' },
    { text: "mon mot de passe, avant c'était RPgKH9Mx0P2L!\nmerci", finds: 'RPgKH9Mx0P2L!' },
    { text: 'user: my password is Orange!0130, why?', finds: 'Orange!0130' },
    { text: 'curl -H "Authorization: Bearer 9f8e7d6c5b4a3210"', finds: '9f8e7d6c5b4a3210' },
    { text: 'use auth token 89abcdef0123456789abcdef01234567 for it', finds: '89abcdef0123456789abcdef01234567' },
    { text: 'the wifi pw: "Blue!Harbor77"', finds: 'Blue!Harbor77' },
    { text: '<acme_secret>q07nkyd7oe_37o3hd</acme_secret>', finds: 'q07nkyd7oe_37o3hd' },
    { text: 'os.environ["ACME_TOKEN"] = "00Rrohv_Rl4BEEE1ZjyW"', finds: '00Rrohv_Rl4BEEE1ZjyW' },
    { text: 'Server=db;User Id=sa;Password=qwerty!Z9;Encrypt=true', finds: 'qwerty!Z9' },
    { text: 'log in as bob with password P@ssw0rd77 but it fails', finds: 'P@ssw0rd77' },
    { text: 'passord: tulip!2631', finds: 'tulip!2631' },
    { text: 'lösenordet är Lisboa-5420, a senha nova é tulip!2631', finds: 'Lisboa-5420 + tulip!2631' },
    { text: 'la contraseña nueva es tulip!2631; 2FA backup code 8718-adc8', finds: 'tulip!2631 + 8718-adc8' },
    { text: 'the root password was changed to tR4vel!88 today', finds: 'tR4vel!88' },
    { text: `set aws_secret_access_key ${'aB3dE6gH'.repeat(5)}`, finds: 'aB3dE6gH'.repeat(5) },
    { text: 'Passwort für den Zugang von Frau Roth: Zx81_amiga', finds: 'Zx81_amiga' },
    { text: 'le mot de passe de ann@mail.example est k9#Vd2mQ, à changer', finds: 'k9#Vd2mQ' },
    { text: 'GET /f?sp=r&sig=e2Cu5bmsmwsWJeCc9KghuOdy3h9VduWe&se=2026', finds: 'e2Cu5bmsmwsWJeCc9KghuOdy3h9VduWe' },
    {
      text: 'seed phrase: legal winner thank year wave sausage worth useful legal winner thank yellow',
      finds: 'legal winner thank year wave sausage worth useful legal winner thank yellow',
    },
    {
      text: 'password sha256 hashes, password-protected2 files, the password for admins is stored; a seed of random words in a row; backup code paths, recovery code is-not-set, recovery code path12345',
    },
    { text: 'const apiKey = process.env.API_KEY; const secretName = "db-credentials";' },
    { text: 'password       = "n77dzwxtBLfe"', finds: 'n77dzwxtBLfe' },
    { text: '{"idempotencyKey": "c23ef1e8-ab8d-41b7-91e6-0b877908109b"} PWD=/srv/app' },
    { text: `data['password'] = data['old'] = user['password']` },
    {
      text: '~ password = "xeD6AxZbU59a" -> "KczF6hhJoPoQ5Ftd", OTP seed JBSWY3DPEHPK3PXP',
      finds: 'xeD6AxZbU59a + KczF6hhJoPoQ5Ftd + JBSWY3DPEHPK3PXP',
    },
    { text: 'the password is required; token: string; import { Token } from "./token"' },
  ],
  look,
};
