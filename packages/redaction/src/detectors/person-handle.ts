// Runs in browsers too. Names inside what machines know people by: handles, logins, profiles.
import { classAt, SPACE } from '../characters.ts';
import { confidence, type Detector } from '../detector.ts';
import { wordSet } from '../keywords.ts';
import { isEveryday, isListed, isListedGiven } from '../names/lookup.ts';

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
/** It follows at once, or behind a quote, a space or both. */
const joins = (text: string, at: number): boolean => text[at] === '=' || text[at] === ':';
const LOGIN_KEYS = wordSet('user,username,login,uid,author,owner,assignee,reviewer,committer,member,by,for,approver,reporter,requester');
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
    const isProfile = text[end] === '/' && text.startsWith('linkedin.com/in', end - 15);
    if (!isProfile && !joins(text, end) && !joins(text, end + 1) && (classAt(text, end + 1) & SPACE) === 0) return;
    const next = text.slice(end, end + 110);
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
