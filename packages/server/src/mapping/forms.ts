/** Forms of values that tell what they are, whatever the column is called. */
const forms: Readonly<Record<string, (value: string) => boolean>> = {
  email: (value) => /^[^\s@]+@[^\s@]+\.[A-Za-z]{2,}$/.test(value),
  url: (value) => /^(?:https?:\/\/|www\.)\S+$/i.test(value),
  phone: (value) => /^\+?[\d\s().-]{7,20}$/.test(value) && (value.match(/\d/g)?.length ?? 0) >= 7 && /[\s().+-]/.test(value),
  postal: (value) => /^(?:\d{5}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{4} ?[A-Z]{2})$/.test(value),
  iban: (value) => /^[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?$/.test(value),
  ip: (value) => /^(?:\d{1,3}\.){3}\d{1,3}$/.test(value),
  currency: (value) => CURRENCIES.has(value),
  country_code: (value) => /^[A-Z]{2}$/.test(value),
  latitude: (value) => /^-?\d{1,2}\.\d{3,}$/.test(value),
  longitude: (value) => /^-?\d{1,3}\.\d{3,}$/.test(value),
  year: (value) => /^(?:1[5-9]|20)\d\d$/.test(value),
  uuid: (value) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value),
  boolean: (value) => /^(?:true|false|yes|no|y|n|t|f|0|1)$/i.test(value),
  // What tells whether something is so, in the words of findings.
  indicator: (value) =>
    /^(?:yes|no|y|n|true|false|present|absent|positive|negative|(?:not |un|non-?)?(?:present|identified|detected|detectable|observed|found|seen|involved|done|applicable))$/i.test(
      value,
    ),
  gender: (value) => /^(?:m|f|male|female|man|woman)$/i.test(value),
  percent: (value) => /^-?\d+(?:\.\d+)?\s?%$/.test(value),
  money: (value) => /^[$€£¥]\s?-?[\d,.]+$/.test(value),
  // With a unit, a currency or none.
  quantity: (value) => /^[^\p{L}\d]{0,3}\d[\d.,' ]*[^\d]{0,12}$/u.test(value),
  time: (value) => /^\d{1,2}:\d{2}(?::\d{2})?$/.test(value),
};
const CURRENCIES = new Set('USD EUR GBP JPY CHF CAD AUD CNY INR BRL MXN SEK NOK DKK PLN CZK HUF TRY ZAR KRW SGD HKD NZD RUB'.split(' '));

/** What redaction leaves of a value still says of what kind it was. */
const TOKEN = /^<([A-Z_]+)_[A-Z2-7]+>$|^\[([A-Z_]+)\]$/;
const TOKEN_FORMS: Readonly<Record<string, string>> = {
  EMAIL: 'email',
  PHONE: 'phone',
  PERSON: 'person',
  ADDRESS: 'address',
  IP_ADDRESS: 'ip',
  CREDIT_CARD: 'card',
  IBAN: 'iban',
  DATE_OF_BIRTH: 'birth',
};

/** Of which kind the value was that a redaction token stands for. */
export function redactedKind(value: string): string | undefined {
  const token = TOKEN.exec(value);
  const kind = token?.[1] ?? token?.[2];
  return kind === undefined ? undefined : (TOKEN_FORMS[kind] ?? kind.toLowerCase());
}

/** Whether a value has a form. */
export function hasForm(value: string, form: string): boolean {
  const kind = redactedKind(value);
  return kind === undefined ? forms[form]?.(value) === true : kind === form;
}

/** Forms that nothing without a digit has. */
const NUMERIC = new Set('iban ip phone postal latitude longitude year percent quantity time'.split(' '));
const all = Object.keys(forms);
const wordy = all.filter((form) => !NUMERIC.has(form));
/** The forms a value has. */
export function formsOf(value: string): readonly string[] {
  const kind = redactedKind(value);
  return kind === undefined ? (/\d/.test(value) ? all : wordy).filter((form) => forms[form]?.(value)) : [kind];
}

/** Forms of values that a term's words promise. */
const promises: readonly (readonly [RegExp, string])[] = [
  [/\be-?mail\b/, 'email'],
  [/\b(?:phone|fax|mobile)\b/, 'phone'],
  [/\b(?:url|website|homepage|link)\b/, 'url'],
  [/\bpostal|\bpost ?code|\bzip\b/, 'postal'],
  [/\bcurrency\b/, 'currency'],
  [/\bcountry\b/, 'country_code'],
  [/\blatitude\b/, 'latitude'],
  [/\blongitude\b/, 'longitude'],
  [/\byear\b/, 'year'],
  [/\b(?:gender|sex)\b/, 'gender'],
  [/\b(?:uuid|guid)\b/, 'uuid'],
  [/\bpercent/, 'percent'],
  [/\b(?:price|amount|cost|revenue|salary)\b/, 'money'],
  [/\btime\b/, 'time'],
  [/\bbirth ?date\b|\bdate of birth\b/, 'birth'],
  [/\b(?:full|first|last|person|customer|contact) name\b/, 'person'],
  [/\bstreet\b|\baddress\b/, 'address'],
  [/\biban\b|\bbank account\b/, 'iban'],
  [/\bcard number\b/, 'card'],
  [/\bip address\b/, 'ip'],
];
/** Most texts promise none: to see that is quicker than to look for each. */
const promising = new RegExp(promises.map(([{ source }]) => source).join('|'));
export const formsPromised = (text: string): readonly string[] =>
  promising.test(text) ? promises.flatMap(([pattern, form]) => (pattern.test(text) ? [form] : [])) : [];
