// Runs in browsers too. Names in Chinese, Japanese, Korean, Arabic, Hebrew, Hindi and Thai, by common families and by what stands around.
export const HAN = '\\p{Script=Han}';
export const KANA = '[\\p{Script=Hiragana}\\p{Script=Katakana}ー]';
export const HANGUL = '\\p{Script=Hangul}';
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
export const KEYS = either(
  '主治医师 主治醫師 报修人 处理人 戶名 甲方 乙方 审批人 责任人 用户 家属 紧急联系人 聯絡人 经理 司机 医生 护士 監護人 患者氏名 担当医 対応者 口座名義 賃貸人 賃借人 保証人 依頼者 申請者 ふりがな フリガナ 담당의 주치의 임대인 임차인 중개인 보호자 작성자 신청인 의뢰인 대표자 姓名 客户姓名 客户 客戶 收件人 寄件人 联系人 聯絡人 患者 病人 经办人 申请人 负责人 持卡人 户名 氏名 お客様氏名 お名前 名前 担当 担当者 受取人 差出人 申込者 患者名 契約者 고객명 성명 이름 성함 담당자 수신인 발신인 예금주 환자 환자명 대표 대표이사 नाम ग्राहक मरीज़ الاسم العميل المريض المريضة שם לקוח לקוחה מטופל מטופלת ชื่อ ผู้ป่วย',
);
const NOBODY = either(
  '必填 必須 必须 无 無 未填 未定 未記 未登 不明 同上 本人 本社 なし 없음 필수 기재 미정 본인 상동 [\\p{L}]{1,6}[部課局社店]',
);

let made: readonly RegExp[] | undefined;
/** Each finds a name as a whole: what stands around is looked at, not taken. Made when the first such text comes: most processes read none. */
export const easternNames = (): readonly RegExp[] => (made ??= toNames());
const toNames = (): readonly RegExp[] => [
  // 姓名：张伟; 氏名: 佐藤 健一; נועה לוי behind its key
  new RegExp(
    `(?<=(?<![\\p{L}\\p{M}])${KEYS}(?: ?\\([^()]{1,10}\\))?["']? ?: ?["']?)(?!${NOBODY})[\\p{Lo}\\p{M}]{2,12}(?:[ ・·](?!様|さん|님)[\\p{Lo}\\p{M}]{1,12}){0,2}`,
    'gu',
  ),
  // 口座名義 マエダ アツシ
  new RegExp(`(?<=(?<![\\p{L}\\p{M}])${KEYS}[ 　])(?:${HAN}|${KANA}){1,8}[ 　・](?:${HAN}|${KANA}){1,8}`, 'gu'),
  // 我叫王小明; 尊敬的张伟先生
  new RegExp(
    `(?<=我叫|名叫|叫做|我是|姓名[是为為]|患者|病人|客户|客戶|员工|員工|家属|家屬|快递员|司机|护士|同事|同学|任命|尊敬的|亲爱的|親愛的|[您你]好[，,]?)(?!${BEGIN_OTHER})${CHINESE_NAME}`,
    'gu',
  ),
  new RegExp(
    `${CHINESE}(?:${GIVEN}{0,2}?(?=${either('先生 女士 小姐 太太')})|${GIVEN}{1,2}?(?=${either('老师 老師 经理 經理 医生 醫生 医师 醫師 教授 同学 同學 律师 律師 主任')}))`,
    'gu',
  ),
  // 由王小明负责: what may be another word has three characters
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
    `(?<=(?:name|customer|client|patient|contact|recipient|sender|holder|owner|user|assignee|agent)["']? ?[:=] ?["']?)(?!${BEGIN_OTHER})(?:${CHINESE}${HAN}{1,2}|${KOREAN}${HANGUL}{1,3}|${JAPANESE}${HAN}{1,3})(?!\\p{L})`,
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
