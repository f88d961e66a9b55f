// Runs in browsers too. Secrets that their issuers made recognisable.
import { confidence, type Detector } from '../detector.ts';
import type { Scan } from '../scan.ts';

/** What follows a prefix that is too short, or too much of a word, to tell by itself. */
const FORMS = new Map([
  ['hex', /^[0-9a-f]+$/i],
  ['word', /^(?=\D*\d)[A-Za-z0-9]+$/],
  ['uuid', /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i],
]);

/**
 * Prefixes, each with the fewest characters that follow it, and of what form where that matters. From the issuers' documentation, collected by gitleaks
 * (config/gitleaks.toml, MIT), detect-secrets (Apache-2.0) and GitHub's list of token formats; the matching is our own.
 */
const PREFIXES = (
  'ghp_ 30;gho_ 30;ghu_ 30;ghs_ 30;ghr_ 30;github_pat_ 40;glpat- 18;glptt- 30;gldt- 18;glrt- 18;glcbt- 16;glffct- 18;glft- 18;glimt- 20;glagent- 40;gloas- 40;glsoat- 18;glrtr- 18;GR1348941 18;' +
  'AKIA 16;ASIA 16;ABIA 16;ACCA 16;A3T 17;AROA 16;AIDA 16;AGPA 16;ANPA 16;ANVA 16;AIPA 16;ABSK 60;bedrock-api-key- 20;' +
  'AIza 33;ya29. 20;GOCSPX- 20;' +
  'sk-ant- 24;sk-proj- 30;sk-svcacct- 30;sk-admin- 30;sk-or-v1- 30;sk- 32;sess- 30;gsk_ 30;xai- 40;pplx- 40;hf_ 30;api_org_ 30;r8_ 30;nvapi- 40;fw_ 20;tgp_v1_ 30;csk- 30;jina_ 30;voyage- 20;pa- 40;co- 40;' +
  'xoxb- 8;xoxp- 8;xoxa- 8;xoxr- 8;xoxs- 8;xoxo- 8;xoxe- 8;xoxe.xox 8;xoxexox 8;xapp- 8;' +
  'sk_live_ 10;sk_test_ 10;rk_live_ 10;rk_test_ 10;whsec_ 20;sk_prod_ 10;pi_live_ 20;' +
  'SG. 40;key- 32;pubkey- 32;xkeysib- 60;xsmtpsib- 60;re_ 24;mlsn. 40;' +
  'npm_ 30;pypi- 40;rubygems_ 40;CLOJARS_ 50;dckr_pat_ 20;dckr_oat_ 20;cio 40;NRAK- 20;NRJS- 15;NRII- 20;NRIQ- 20;' +
  'dop_v1_ 60;doo_v1_ 60;dor_v1_ 60;pul- 40;pscale_tkn_ 30;pscale_oauth_ 30;pscale_pw_ 30;hvs. 20;hvb. 20;hvr. 20;dp.pt. 40;dp.st. 40;dp.ct. 40;dp.sa. 40;dp.scim. 40;dp.audit. 40;dt0c01. 60;dt0s01. 60;' +
  'shpat_ 30;shpca_ 30;shppa_ 30;shpss_ 30;shptka_ 30;shippo_live_ 30;shippo_test_ 30;EZAK 50;EZTK 50;duffel_test_ 30;duffel_live_ 30;FLWSECK 12;FLWPUBK 12;' +
  'glc_ 30;glsa_ 30;eyJrIjoi 40;sntrys_ 40;sntryu_ 60;lin_api_ 36;lin_oauth_ 36;ntn_ 40;secret_ 40;PMAK- 50;fo1_ 36;fm1r_ 60;fm1a_ 60;fm2_ 60;dnkey- 50;' +
  'pnu_ 34;rdme_ 60;sm_aat_ 14;sm_pat_ 14;sm_sat_ 14;sha256~ 40;ico- 30;fio-u- 50;tfp_ 40;tk-us- 40;sq0atp- 20;sq0csp- 30;EAAA 58;EAAC 90;EAAM 90;EAAE 50;authress_ 30;sc_ 60;ext_ 60;' +
  'AGE-SECRET-KEY-1 50;ops_eyJ 60;A3- 30;LTAI 18;AKCp 60;AKCp8 50;cmVmd 56;HRKU- 36;API- 22;access-sandbox- 30;access-production- 30;access-development- 30;pk.eyJ 60;sk.eyJ 60;' +
  'AQVN 34;YC 38;t1. 60;hooks.slack.com/services/ 30;ATATT3 60;ATCTT3 60;ATBB 20;BBDC- 30;sbp_ 36;sb_secret_ 20;fpsk_ 20;live_pub_ 30;test_pub_ 30;' +
  'PRIVATE-TOKEN: 20;cfut_ 30;v1.0- 100;dapi 32;patA 20;rnd_ 24;fly_ 30;tskey- 20;ntfy_ 20;apify_api_ 30;ddp_ 30;ddapi_ 30;figd_ 30;oauth2:ghp_ 30;lob_live_ 20;nfp_ 30;vercel_ 20;cf_ 36;m0- 30;ls__ 30;lsv2_ 30;phc_ 30;phx_ 30;AP6 10;AKC 10;' +
  'vault:v1: 30;rpa_ 30;tvly- 20;ctx7sk- 20;bkua_ 36;circleci- 30;CCIPAT_ 30;CCIPRJ_ 30;wandb_v1_ 30;sgp_ 36;ABCD_sk_ 40;pat- 30;xox 20;' +
  'CFPAT- 40;pcsk_ 40;squ_ 40 hex;sqp_ 40 hex;sqa_ 40 hex;e2b_ 36 hex;SK 32 hex;fc- 32 hex;dose 32 hex;sk_ 40 word;live_ 30 word;test_ 30 word;EAA 80 word;IGQ 60 word;AKID 32 word;oy2 43 word;' +
  'sdk- 36 uuid;api- 36 uuid;amzn.mws. 36 uuid;access_token$production$ 30;shpua_ 30;secret-live- 30;secret-test- 30;nfc_ 30;nfo_ 30;nfu_ 30;nfb_ 30;vck_ 20;vcp_ 20;vca_ 20;napi_ 40;cfat_ 30;bkct_ 30;dG9rOj 40;snyk_ 20;' +
  'AQ.A 40;bce-v3/ALTAK- 20;y0_ 40;vk1.a. 80;WPL_AP1. 20;dbtc_ 30;dbtu_ 30;rzp_live_ 14;rzp_test_ 14;Mid-server- 20;xnd_production_ 30;xnd_development_ 30;sk_sbox_ 20;pdl_live_apikey_ 20;pdl_sdbx_apikey_ 20;ATSTT3 60;figu_ 30;glwt- 18'
)
  .split(';')
  .map((entry) => {
    const [prefix = '', least, form = ''] = entry.split(' ');
    return { prefix, least: Number(least), form: FORMS.get(form) };
  })
  // The most telling prefix decides.
  .toSorted((a, b) => b.prefix.length - a.prefix.length);

const byStart = new Map<number, (typeof PREFIXES)[number][]>();
const startKey = (text: string, at: number): number => text.charCodeAt(at) * 128 + text.charCodeAt(at + 1);
for (const entry of PREFIXES) {
  const key = startKey(entry.prefix, 0);
  const group = byStart.get(key);
  if (group === undefined) byStart.set(key, [entry]);
  else group.push(entry);
}

/** Where an opaque value ends, without the full stop of a sentence. */
export function opaqueEnd(scan: Scan, at: number): number {
  let end = scan.stretchEnd('opaque', at);
  while (end > at && '.:|/%'.includes(scan.text[end - 1] ?? ' ')) end--;
  return end;
}

/** Random characters have digits among the letters, or at least both cases; words have neither. */
export const looksRandom = (text: string): boolean =>
  (/\d/.test(text) && /[A-Za-z]/.test(text)) || (/[a-z][A-Z][a-z]*[A-Z]/.test(text) && text.length >= 16) || /^\d{8,}$/.test(text);

/** Whether it looks random shows in the beginning. */
const LONGEST_LOOKED_AT = 300;

function look(scan: Scan, start: number): void {
  const { text } = scan;
  for (const { prefix, least, form } of byStart.get(startKey(text, start)) ?? []) {
    if (!text.startsWith(prefix, start)) continue;
    const end = opaqueEnd(scan, start + prefix.length);
    const body = text.slice(start + prefix.length, Math.min(end, start + LONGEST_LOOKED_AT));
    if (body.length < least || form?.test(body) === false) continue;
    // Short prefixes are also the beginnings of words and file names.
    const longWords = body.length >= 30 && /^[A-Za-z]+$/.test(body) && prefix.length >= 3;
    if (!looksRandom(body) && !longWords && !(/^[A-Z0-9]+$/.test(body) && prefix.length >= 4)) continue;
    if (prefix.length < 4 && !/[_-]$/.test(prefix) && !/\d/.test(body)) continue;
    scan.report({
      start,
      end,
      type: 'SECRET',
      rule: `secret.${prefix.replaceAll(/[^A-Za-z0-9]+/g, '')}`,
      confidence: confidence.vendor,
      validator: 'issuer prefix',
    });
    if (prefix === 'AKIA' || prefix === 'ASIA') partner(scan, end);
    return;
  }
}

/** The other half of an access key, where both stand side by side. */
const PARTNER = /(?<![\w/+=])[A-Za-z0-9/+]{40}(?![\w/+=])/;
const PARTNER_WITHIN = 100;
function partner(scan: Scan, from: number): void {
  const match = PARTNER.exec(scan.text.slice(from, from + PARTNER_WITHIN));
  if (match === null || !/[a-z]/.test(match[0]) || !/[A-Z]/.test(match[0]) || !/\d/.test(match[0])) return;
  const start = from + match.index;
  scan.report({ start, end: start + match[0].length, type: 'SECRET', rule: 'secret.AKIA', confidence: confidence.context });
}

export const secretPrefixes: Detector = {
  rule: 'secret.prefix',
  type: 'SECRET',
  anchors: ['word', 'mixed'],
  lengths: { word: [1, Infinity], mixed: [2, Infinity] },
  heads: PREFIXES.map(({ prefix }) => prefix.slice(0, 3)),
  validator: 'issuer prefix',
  source: 'issuers’ token formats; gitleaks (MIT), detect-secrets (Apache-2.0)',
  examples: [
    { text: `token ghp_${'a1B2'.repeat(9)} used`, finds: `ghp_${'a1B2'.repeat(9)}` },
    { text: 'AKIAABCDEFGHIJ234567', finds: 'AKIAABCDEFGHIJ234567' },
    { text: `AKIAABCDEFGHIJ234567 / ${'aB3/+'.repeat(8)}`, finds: `AKIAABCDEFGHIJ234567 + ${'aB3/+'.repeat(8)}` },
    {
      text: `sid SK${'0a1b2c3d'.repeat(4)}, squ_${'0a1b2c3d'.repeat(5)}`,
      finds: `SK${'0a1b2c3d'.repeat(4)} + squ_${'0a1b2c3d'.repeat(5)}`,
    },
    { text: `sk_buff_alloc_with_a_very_long_name_2_and_more SKU${'0a1b2c3d'.repeat(4)}` },
    { text: 'risk-averse people and task-force members of the sk-learn community' },
  ],
  look: (scan, start) => look(scan, start),
};
