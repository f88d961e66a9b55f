// Runs in browsers too. Names, addresses and numbers in scripts without capitals, and without spaces in most: Chinese, Japanese, Korean; Arabic, Hebrew, Thai, Hindi.
// There no list of all names helps: a name is a family's, of which few are common, and what announces or follows it says where it ends.
import { confidence, type Detector } from '../detector.ts';
import { toName } from '../names/name-filter.ts';
import type { Scan } from '../scan.ts';

const HAN = '\\p{Script=Han}';
const KANA = '[\\p{Script=Hiragana}\\p{Script=Katakana}ー]';
const HANGUL = '\\p{Script=Hangul}';
const either = (words: string): string => `(?:${words.replaceAll(' ', '|')})`;

/** The hundred families that most people in China belong to, in both forms of writing; and the known ones of two characters. */
const CHINESE =
  '(?:欧阳|歐陽|司马|司馬|诸葛|諸葛|上官|皇甫|令狐|东方|東方|慕容|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤張劉陳楊黃趙吳孫馬鄭謝許韓馮鄧蕭葉蘇盧鍾譚陸賈韋鄒龍賀顧龔萬錢嚴湯])';
/** Of Japan those of two characters and more: of one only behind what announces a name. */
const JAPANESE = either(
  '佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 斎藤 斉藤 清水 山崎 池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本 福田 太田 西村 藤井 藤原 岡本 三浦 金子 中野 中川 原田 松田 竹内 小野 田村 中山 和田 石田 森田 上田 内田 柴田 酒井 宮崎 横山 高木 安藤 宮本 大野 小島 谷口 今井 工藤 高田 増田 丸山 杉山 村田 大塚 新井 小山 平野 藤本 河野 上野 野口 武田 松井 千葉 菅原 岩崎 木下 久保 佐野 野村 松尾 市川 菊地 菊池 杉本 古川 大西 島田 水野 桜井 高野 渡部 吉川 山内 西田 飯田 西川 小松 北村 安田 五十嵐 川口 平田 中田 久保田 服部 岩田 土屋 川崎 福島 本田 樋口 秋山 田口 永井 山中 中西 吉村 川上 大橋 石原 松岡 馬場 浜田 森本 星野 矢野 浅野 吉岡 松下 大久保 熊谷 野田',
);
const KOREAN =
  '[김이박최정강조윤장임한오서신권황안송류유전홍문양손배백허남심노하곽성차주우구민진엄채원천방공현함변염여추도소석선설마길연표명기반왕금옥육인맹제모]';

/** Words that begin as a family's name does. */
const BEGIN_OTHER = either(
  '高速 高中 高级 高級 高血 高铁 高度 高温 金融 金属 金额 金牌 马上 马来 白色 白名 方式 方法 方案 方程 方向 任务 任何 程序 程度 周末 周一 周二 周三 周四 周五 周六 周日 周年 温度 江苏 江西 黄金 黄色 石油 向上 雷达 夏天 夏季 武汉 武器 许可 许多 余额 何时 钱包 严重 严格 顾客 顾问 史料 范围 段落 성공 주문 이메 전화 정보 고객 서비 안내 최신 최근 이번 조회 신청 유효 한국 서울 우리 추가 변경 설정 공지 구매 배송 기타 문의 오늘 오전 오후 이상 이하 이전 이후 전체 정상 주소 진행 조건 하나 현재',
);
/** A word of a script. */
const words = (script: string): string => `[\\p{Script=${script}}\\p{M}]{2,20}(?![\\p{L}\\p{M}])`;
/** What may stand behind a Chinese name of two or three characters, of the next word. */
const BEHIND_CHINESE = `(?:(?!${HAN})|(?=[的是在和与與跟及说說来來已于於请請先女小老经經医醫教同住电電]))`;
/** No part of a Chinese name. */
const GIVEN = `(?:(?![他她它你我们們和与與的了是在有])${HAN})`;
/** Behind a whole name in a sentence: its end, or what people do and have done to them. */
const GOES_ON = `(?!${HAN})|[的是在和与與跟及说打表负負为為确已于請请签電电联聯发發提反投告来來去将將会會要先女]`;
const CHINESE_NAME = `${CHINESE}(?:${HAN}{1,2}?${BEHIND_CHINESE}|${HAN}{2})`;
/** A given name behind the family's, which is no ward, no station and no company. */
const JAPANESE_NAME = `${JAPANESE}[ 　・]?(?!${either('先生 部長 課長 社長 主任 係長 監督 選手 商事 商店 電機 工業 銀行 大学 建設 製作 証券 不動 自動 製薬 食品 物産 運輸 出版 学園 医院')})(?:(?:(?![様氏君殿監市区町村県府都駅社店部課局院校線寺港湾城通役])${HAN}){1,3}|(?<=[ 　・])${KANA}{2,5})(?=[様氏君殿]|先生|監督|選手|(?!${HAN}))`;

/** Keys of forms and of data, and what is written behind them where nobody is named. */
const KEYS = either(
  '主治医师 主治醫師 报修人 处理人 戶名 甲方 乙方 审批人 责任人 用户 家属 紧急联系人 聯絡人 经理 司机 医生 护士 監護人 患者氏名 担当医 対応者 口座名義 賃貸人 賃借人 保証人 依頼者 申請者 ふりがな フリガナ 담당의 주치의 임대인 임차인 중개인 보호자 작성자 신청인 의뢰인 대표자 姓名 客户姓名 客户 客戶 收件人 寄件人 联系人 聯絡人 患者 病人 经办人 申请人 负责人 持卡人 户名 氏名 お客様氏名 お名前 名前 担当 担当者 受取人 差出人 申込者 患者名 契約者 고객명 성명 이름 성함 담당자 수신인 발신인 예금주 환자 환자명 대표 대표이사 नाम ग्राहक मरीज़ الاسم العميل المريض المريضة שם לקוח לקוחה מטופל מטופלת ชื่อ ผู้ป่วย',
);
const NOBODY = either(
  '必填 必須 必须 无 無 未填 未定 未記 未登 不明 同上 本人 本社 なし 없음 필수 기재 미정 본인 상동 [\\p{L}]{1,6}[部課局社店]',
);

/** Each finds a name as a whole: what stands around is looked at, not taken. */
const NAMES: readonly RegExp[] = [
  // 姓名：张伟; 氏名: 佐藤 健一; נועה לוי behind its key
  new RegExp(
    `(?<=(?<![\\p{L}\\p{M}])${KEYS}(?: ?\\([^()]{1,10}\\))?["']? ?: ?["']?)(?!${NOBODY})[\\p{Lo}\\p{M}]{2,12}(?:[ ・·](?!様|さん|님)[\\p{Lo}\\p{M}]{1,12}){0,2}`,
    'gu',
  ),
  // 口座名義 マエダ アツシ
  new RegExp(`(?<=(?<![\\p{L}\\p{M}])${KEYS}[ 　])(?:${HAN}|${KANA}){1,8}[ 　・](?:${HAN}|${KANA}){1,8}`, 'gu'),
  // 我叫王小明; 尊敬的张伟先生
  new RegExp(`(?<=我叫|名叫|叫做|我是|姓名[是为為]|患者|病人|尊敬的|亲爱的|親愛的|[您你]好[，,]?)(?!${BEGIN_OTHER})${CHINESE_NAME}`, 'gu'),
  new RegExp(
    `${CHINESE}(?:${GIVEN}{0,2}?(?=${either('先生 女士 小姐 太太')})|${GIVEN}{1,2}?(?=${either('老师 老師 经理 經理 医生 醫生 医师 醫師 教授 同学 同學 律师 律師 主任')}))`,
    'gu',
  ),
  // 由王小明负责; 客户李娜; what may be another word has three characters
  new RegExp(
    `(?<=客户|客戶|员工|員工|家属|家屬|快递员|司机|护士|同事|同学|任命)(?!${BEGIN_OTHER})${CHINESE}(?:${HAN}{1,2}?${BEHIND_CHINESE}|${HAN}{2})`,
    'gu',
  ),
  new RegExp(`(?<=[由联系通知给與与跟和找请請向替让叫]|转给|发给|寄给)(?!${BEGIN_OTHER})${CHINESE}${HAN}{2}(?=${GOES_ON})`, 'gu'),
  // At the beginning of a clause, before what only people do: 李雪峰汇报了
  new RegExp(
    `(?<=^|[，。：；、！？\\s:,;!?.])(?!${BEGIN_OTHER})${CHINESE}${GIVEN}{1,2}(?=汇报|提出|表示|反映|来电|要求|申请|负责|认为|建议|确认|告知|咨询|投诉|购买|预约|签收|陪同|的(?:丈夫|妻子|父亲|母亲|儿子|女儿|电话|手机|地址|邮箱|身份证))`,
    'gmu',
  ),
  // 佐藤健一です; 佐藤様; 名前は東海林です
  new RegExp(`(?<!${HAN})${JAPANESE_NAME}`, 'gu'),
  new RegExp(`(?<!${HAN})${JAPANESE}(?=[ 　]?${either('さん 様 さま 氏 くん 君 先生 殿 ちゃん 部長 課長 社長 主任 係長')})`, 'gu'),
  new RegExp(`(?<=(?:名前|氏名)は)(?!${NOBODY})${HAN}{1,3}(?:[ 　・]?(?:${HAN}|${KANA}){1,4}?)?(?=です|と申|といいます)`, 'gu'),
  // 小鳥遊蓮様; スミス様
  new RegExp(`(?<!${HAN})(?!お|皆|奥|神|王|貴|各|先方)${HAN}{2,4}(?<![者客員主社方])(?=様|さん|氏(?!名)|くん|ちゃん)`, 'gu'),
  new RegExp(
    `(?<!${KANA})(?!ユーザー|オーナー|メーカー|ゲスト|スタッフ|オペレーター|ドクター|メンバー|スポンサー|パートナー)[ァ-ヴー・]{2,14}(?=様|氏(?!名)|さん|くん|ちゃん)`,
    'gu',
  ),
  // 제 이름은 김민수입니다; 김민수 고객님; 보호자 한지민에게
  new RegExp(`(?<=(?:이름은|성함은|저는) )${KOREAN}${HANGUL}{1,3}?(?=입니다|이에요|예요|이고|이라고|라고)`, 'gu'),
  new RegExp(
    `(?<!${HANGUL})(?!${BEGIN_OTHER}|고객|선생|사장|부장|손님|주임|이사|대리|기사|하나|부모|우리|이모|고모|형님|주인|임원|회원|직원|여러|이용|기존)${KOREAN}${HANGUL}{1,2}(?= ?(?:씨|님|고객님?|환자|과장|대리|부장|팀장|사장|이사|선생님?|교수|박사|원장|기사님?|변호사)(?:[은는이가을를의께에도과와,.:!?]|(?!${HANGUL})))`,
    'gu',
  ),
  new RegExp(
    `(?<=(?:보호자|환자|고객|담당|직원|사원|회원|기사|담당의|주치의|예금주|임대인|임차인|중개인|대표) )(?!${BEGIN_OTHER})${KOREAN}${HANGUL}{2}(?=[은는이가을를에와과의께](?!${HANGUL}{2})|에게|님|씨|(?!${HANGUL}))`,
    'gu',
  ),
  // [10:03] [ゆい]: and 10:03 지훈:
  new RegExp(`(?<=^\\[?\\d{1,2}:\\d{2}(?::\\d{2})?\\]? \\[?)[\\p{Lo}\\p{M}]{2,6}(?=\\]?: )`, 'gmu'),
  // {"name": "李娜"}; please call 王小明
  new RegExp(
    `(?<=(?:name|customer|client|patient|contact|recipient|sender|holder|owner|user|assignee|agent)["']? ?[:=] ?["']?)(?:${CHINESE}${HAN}{1,2}|${KOREAN}${HANGUL}{1,3}|${JAPANESE}${HAN}{1,3})(?!\\p{L})`,
    'giu',
  ),
  new RegExp(
    `(?<=\\b(?:to|by|from|with|for|is|ask|contact|dear) ["'(]?)(?!${BEGIN_OTHER})(?:${CHINESE}${GIVEN}{1,2}(?!\\p{L})|${JAPANESE}(?=-san)|${words('Arabic')}(?: ${words('Arabic')}){0,3}|${words('Hebrew')}(?: ${words('Hebrew')}){0,2})`,
    'giu',
  ),
  new RegExp(`(?<=[A-Za-z] ["'(]?)(?!${BEGIN_OTHER})(?:${CHINESE}${HAN}{2}|${KOREAN}${HANGUL}{2})(?!\\p{L})`, 'gu'),
  // اسمي أحمد الخطيب; שמי דוד כהן; मेरा नाम राहुल शर्मा है; นางสาวสุดา แก้วใส
  new RegExp(
    `(?<=(?<!\\p{L})(?:اسمي|السيد|السيدة|الدكتور|الدكتورة|الأستاذ|الأستاذة|عزيزي|عزيزتي) )(?!ال)${words('Arabic')}(?: (?!و\\p{L}|(?:من|في|على|إلى)(?!\\p{L}))${words('Arabic')})?`,
    'gu',
  ),
  new RegExp(
    `(?<=(?<!\\p{L})(?:שמי|קוראים לי|מר|גב['׳]|גברת|ד["״]ר) )${words('Hebrew')}(?: (?!(?:ו\\p{L}+|של|עם|את|אני|לא)(?!\\p{L}))${words('Hebrew')})?`,
    'gu',
  ),
  new RegExp(`(?<=(?<![\\p{L}\\p{M}])मेरा नाम )${words('Devanagari')}(?: ${words('Devanagari')})?(?= है)`, 'gu'),
  new RegExp(`(?<=(?<![\\p{L}\\p{M}])(?:श्रीमती|श्री|सुश्री|डॉ\\.) )${words('Devanagari')} (?!मंदिर)${words('Devanagari')}`, 'gu'),
  new RegExp(`(?<=(?:ผม|ฉัน|หนู)ชื่อ ?|นาย ?|นางสาว ?|นาง(?!สาว) ?)[ก-๛]{2,16} [ก-๛]{2,20}`, 'gu'),
];

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

/** Mobiles of Japan and Korea, which the words around touch. */
const PHONES: readonly (readonly [country: string, pattern: RegExp])[] = [
  ['81', /(?<![\d-])0[5789]0-\d{4}-\d{4}(?![\d-])|(?<=\p{Lo})0[789]0\d{8}(?=\p{Lo})/gu],
  ['82', /(?<![\d-])01[016789][- ]?\d{3,4}[- ]?\d{4}(?![\d-])/g],
];

/** An account behind its word, which others touch: 普通口座 9809368. */
const ACCOUNT = /(?<=(?:口座(?:番号)?|账号|帐号|帳號|账户|帳戶|계좌(?:번호)?)(?:[ :は是为為는은]{0,3}))\d(?:[\d -]{4,22})\d/gu;
/** A password behind its word. */
const PASSWORD =
  /(?<=(?:密码|密碼|パスワード|暗証番号|비밀번호|סיסמה|كلمة المرور|รหัสผ่าน)(?:[ :は是为為는은]{0,3}))(?=[!-~]*\d)[!-~]{6,60}(?<![,.;"')])/gu;

/** A cell of a table whose header names people: 姓名,部门. */
const CELL = /(?<=^|[,;\t|] ?"?)(?:[\p{Lo}\p{M}]{1,8}[ 　・·])?[\p{Lo}\p{M}]{1,8}(?= ?"?(?:[,;\t|]|$))/gmu;
const isKey = new RegExp(`^${KEYS}$`, 'u');
function reportCells(scan: Scan): void {
  for (const { 0: name, index } of scan.text.matchAll(CELL))
    if (!isKey.test(name) && scan.contextBefore(index).column.some((word) => isKey.test(word)))
      scan.report({
        start: index,
        end: index + name.length,
        type: 'PERSON',
        rule: 'person.eastern',
        confidence: confidence.shape,
        canonical: toName(name),
      });
}

/** A birthday by the years of an era: 昭和17年2月11日. */
const ERA_BIRTH =
  /(?<=(?:生年月日|出生日期|生日|出生)["']?[ :は]{0,3}["']?)(?:昭和|平成|令和|大正|明治|民國|民国)\d{1,2}年\d{1,2}月\d{1,2}日/gu;

function reportLabelled(scan: Scan): void {
  const { text } = scan;
  for (const [country, pattern] of PHONES)
    for (const { 0: phone, index } of text.matchAll(pattern))
      scan.report({
        start: index,
        end: index + phone.length,
        type: 'PHONE',
        rule: 'phone.eastern',
        confidence: confidence.shape,
        canonical: `+${country}${phone.replaceAll(/\D/g, '').slice(1)}`,
      });
  for (const { 0: date, index } of text.matchAll(ERA_BIRTH))
    scan.report({ start: index, end: index + date.length, type: 'DATE_OF_BIRTH', rule: 'birth.eastern', confidence: confidence.labelled });
  for (const { 0: account, index } of text.matchAll(ACCOUNT))
    scan.report({
      start: index,
      end: index + account.length,
      type: 'BANK_ACCOUNT',
      rule: 'account.eastern',
      confidence: confidence.labelled,
      canonical: account.replaceAll(/\D/g, ''),
    });
  for (const { 0: password, index } of text.matchAll(PASSWORD))
    scan.report({ start: index, end: index + password.length, type: 'SECRET', rule: 'secret.eastern', confidence: confidence.labelled });
}

function reportNames(scan: Scan): void {
  for (const pattern of NAMES)
    for (const { 0: name, index } of scan.text.matchAll(pattern))
      scan.report({
        start: index,
        end: index + name.length,
        type: 'PERSON',
        rule: 'person.eastern',
        confidence: confidence.shape,
        canonical: toName(name.replaceAll(/[ 　・]/g, '')),
      });
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
    reportCells(scan);
    reportPlaces(scan);
    reportLabelled(scan);
  },
};
