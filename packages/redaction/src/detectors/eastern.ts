// Runs in browsers too. Names, addresses and numbers in scripts without capitals, and without spaces in most: Chinese, Japanese, Korean; Arabic, Hebrew, Thai, Hindi.
// There no list of all names helps: a name is a family's, of which few are common, and what announces or follows it says where it ends.
import { confidence, type Detector, type Found } from '../detector.ts';
import { toName } from '../names/name-filter.ts';
import { digitsOf, type Scan } from '../scan.ts';
import { HAN, HANGUL, KANA, KEYS, easternNames } from './eastern-names.ts';

/** What says in Japanese and Chinese that a place follows. */
const LEAD = /^.*(?:住所|届け先|地址[是为為]?|位于|位於|[はにをが、：:在往到至])/u;
interface Place {
  /** The house and what follows it. */
  readonly house: RegExp;
  /** What the words before it are written in, and must have; and up to where they are the sentence's. */
  readonly before: RegExp;
  readonly has: RegExp;
  readonly lead: RegExp;
}
/** Wards, towns and provinces stand before the street and its house. */
const PLACES: readonly Place[] = [
  // 東京都渋谷区神南1-2-3; 大阪市北区梅田二丁目4番9号
  {
    house: new RegExp(
      `(?<=${HAN}|${KANA})(?:\\d{1,4}|[一二三四五六七八九十]{1,3}丁目)(?:(?:-|丁目|番地?|の)\\d{1,4}){0,3}(?:号|番地?)?(?!\\d|[年月日時分秒円人名個件回階歳%％,.])(?:[ 　](?:${HAN}|${KANA}|[A-Za-z]){2,14}[ 　]?\\d{1,4}号?室?)?`,
      'gu',
    ),
    before: new RegExp(`(?:(?:〒? ?\\d{3}-\\d{4} ?)?(?:${HAN}|${KANA}){3,28})$`, 'u'),
    has: new RegExp(`.[市区郡町村](?:${HAN}|${KANA})`, 'u'),
    lead: LEAD,
  },
  // 北京市朝阳区建国路88号3栋502室
  {
    house: new RegExp(
      `(?<=[路街道巷弄同段])\\d{1,5}(?:弄\\d{1,4})?[号號](?:\\d{1,4}(?:栋|幢|号楼|號樓|座|单元|樓|楼|层|室|号)){0,4}`,
      'gu',
    ),
    before: new RegExp(`(?:${HAN}|\\d){3,28}$`, 'u'),
    has: /.[市区區县縣镇鎮乡鄉州省]./u,
    lead: LEAD,
  },
  // 서울특별시 강남구 테헤란로 123, 4층
  {
    house: new RegExp(
      `(?<=${HANGUL}{2}(?:로|길)) ?\\d{1,4}(?:-\\d{1,3})?(?:번길 ?\\d{1,4})?(?:,? ?\\d{1,4}동)?(?:,? ?\\d{1,4}(?:호|층))?`,
      'gu',
    ),
    before: new RegExp(`(?:${HANGUL}|[\\d ]){3,30}$`, 'u'),
    has: /[시구군] ./u,
    lead: /^(?:.*(?:주소[는은]?|에서|[은는] ) ?| +)/u,
  },
];
/** No longer is what stands before the house. */
const LONGEST_BEFORE = 30;

/** What a pattern finds as a whole: what stands around is looked at, not taken. */
type Told = Pick<Found, 'type' | 'rule' | 'confidence'> & { readonly pattern: RegExp; readonly canonical?: (value: string) => string };
const digits = (value: string): string => digitsOf(value, 0, value.length);
/** Without the zero for calls inside the country. */
const calledFrom =
  (country: string) =>
  (phone: string): string =>
    `+${country}${digits(phone).slice(1)}`;
const TOLD: readonly Told[] = [
  // Mobiles of Japan and Korea, which the words around touch.
  {
    type: 'PHONE',
    rule: 'phone.eastern',
    confidence: confidence.shape,
    pattern: /(?<![\d-])0[5789]0-\d{4}-\d{4}(?![\d-])|(?<=\p{Lo})0[789]0\d{8}(?=\p{Lo})/gu,
    canonical: calledFrom('81'),
  },
  {
    type: 'PHONE',
    rule: 'phone.eastern',
    confidence: confidence.shape,
    pattern: /(?<![\d-])01[016789][- ]?\d{3,4}[- ]?\d{4}(?![\d-])/g,
    canonical: calledFrom('82'),
  },
  // By the years of an era: 昭和17年2月11日.
  {
    type: 'DATE_OF_BIRTH',
    rule: 'birth.eastern',
    confidence: confidence.labelled,
    pattern: /(?<=(?:生年月日|出生日期|生日|出生)["']?[ :は]{0,3}["']?)(?:昭和|平成|令和|大正|明治|民國|民国)\d{1,2}年\d{1,2}月\d{1,2}日/gu,
  },
  // Behind its word, which others touch: 普通口座 9809368.
  {
    type: 'BANK_ACCOUNT',
    rule: 'account.eastern',
    confidence: confidence.labelled,
    pattern: /(?<=(?:口座(?:番号)?|账号|帐号|帳號|账户|帳戶|계좌(?:번호)?)(?:[ :は是为為는은]{0,3}))\d(?:[\d -]{4,22})\d/gu,
    canonical: digits,
  },
  {
    type: 'SECRET',
    rule: 'secret.eastern',
    confidence: confidence.labelled,
    pattern:
      /(?<=(?:密码|密碼|パスワード|暗証番号|비밀번호|סיסמה|كلمة المرور|รหัสผ่าน)(?:[ :は是为為는은]{0,3}))(?=[!-~]*\d)[!-~]{6,60}(?<![,.;"')])/gu,
  },
];

function reportTold(scan: Scan): void {
  for (const { type, rule, confidence: sure, pattern, canonical } of TOLD)
    for (const { 0: value, index } of scan.text.matchAll(pattern))
      scan.report({ start: index, end: index + value.length, type, rule, confidence: sure, canonical: canonical?.(value) });
}

function reportName(scan: Scan, { 0: name, index }: RegExpExecArray): void {
  scan.report({
    start: index,
    end: index + name.length,
    type: 'PERSON',
    rule: 'person.eastern',
    confidence: confidence.shape,
    canonical: toName(name.replaceAll(/[ 　・]/g, '')),
  });
}

/** A cell of a table whose header names people: 姓名,部门. */
const CELL = /(?<=^|[,;\t|] ?"?)(?:[\p{Lo}\p{M}]{1,8}[ 　・·])?[\p{Lo}\p{M}]{1,8}(?= ?"?(?:[,;\t|]|$))/gmu;
const isKey = new RegExp(`^${KEYS}$`, 'u');
function reportNames(scan: Scan): void {
  for (const pattern of easternNames()) for (const found of scan.text.matchAll(pattern)) reportName(scan, found);
  for (const found of scan.text.matchAll(CELL))
    if (!isKey.test(found[0]) && scan.contextBefore(found.index).column.some((word) => isKey.test(word))) reportName(scan, found);
}

function reportPlaces(scan: Scan): void {
  const { text } = scan;
  for (const { house, before, has, lead } of PLACES)
    for (const { 0: found, index } of text.matchAll(house)) {
      const [run = ''] = before.exec(text.slice(Math.max(0, index - LONGEST_BEFORE), index)) ?? [];
      const place = run.replace(lead, '');
      if (has.test(place))
        scan.report({
          start: index - place.length,
          end: index + found.length,
          type: 'ADDRESS',
          rule: 'address.eastern',
          confidence: confidence.shape,
        });
    }
}

export const eastern: Detector = {
  rule: 'eastern',
  anchors: [],
  source: 'common family names of China, Japan and Korea; announcing words are our own',
  examples: [
    { text: '我叫王小明，住在北京市朝阳区建国路88号3栋502室。', finds: '王小明 + 北京市朝阳区建国路88号3栋502室' },
    { text: '请联系张伟先生或李女士，客户：欧阳娜娜', finds: '张伟 + 李 + 欧阳娜娜' },
    { text: '高速公路、金融市场和黄金周的方案，任务已完成' },
    { text: '私の名前は佐藤健一です。住所は東京都渋谷区神南1-2-3です。', finds: '佐藤健一 + 東京都渋谷区神南1-2-3' },
    { text: '田中様、担当の高橋が伺います。氏名: 東海林 さくら 様', finds: '田中 + 東海林 さくら' },
    { text: '氏名: 松本 由紀子 様、姓名：必填', finds: '松本 由紀子' },
    { text: '山口県と千葉市、石川電機、中野区の大学' },
    {
      text: '제 이름은 김민수입니다. 서울특별시 강남구 테헤란로 123, 이영희 고객님',
      finds: '김민수 + 서울특별시 강남구 테헤란로 123 + 이영희',
    },
    { text: '고객님, 이것은 정말 최근에 바뀐 서비스입니다. 사장님' },
    { text: '姓名,部门\n林志远,财务部\n会议：李雪峰汇报了进度，由吴志明负责', finds: '林志远 + 李雪峰 + 吴志明' },
    {
      text: '生年月日：昭和17年2月11日、普通口座 9809368、パスワードはab12cd34、折り返し090-8605-6890まで',
      finds: '昭和17年2月11日 + 9809368 + ab12cd34 + 090-8605-6890',
    },
    { text: '[10:03] ゆい: 小鳥遊蓮様、スミス様', finds: 'ゆい + 小鳥遊蓮 + スミス' },
    { text: 'お客様、ユーザー様、担当者様。平成8年に開業、口座を開く、パスワードは必須' },
    { text: '보호자 한지민에게 설명함. 예금주 신동엽', finds: '한지민 + 신동엽' },
    { text: 'اسمي أحمد الخطيب ورقم هاتفي', finds: 'أحمد الخطيب' },
    { text: 'שמי דוד כהן, טלפון', finds: 'דוד כהן' },
    { text: 'मेरा नाम राहुल शर्मा है', finds: 'राहुल शर्मा' },
    { text: 'ผมชื่อ สมชาย ใจดี โทร', finds: 'สมชาย ใจดี' },
  ],
  look() {},
  finish(scan) {
    if (!scan.eastern) return;
    reportNames(scan);
    reportPlaces(scan);
    reportTold(scan);
  },
};
