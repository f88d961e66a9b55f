// Runs in browsers too. Names typed without capitals, and in scripts that have none: only where the words before leave no doubt.
import { confidence, type Detector } from '../detector.ts';
import { wordSet } from '../keywords.ts';
import { isEveryday, isListed, isListedGiven } from '../names/lookup.ts';
import { toName } from '../names/name-filter.ts';
import type { Scan } from '../scan.ts';

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
const EASTERN_KEYS = wordSet('姓名,客户姓名,客户,氏名,お客様氏名,名前,お名前,担当,担当者,收件人,联系人,고객명,성명,이름,담당자,नाम,ग्राहक');
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
