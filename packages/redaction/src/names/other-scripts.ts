// Runs in browsers too. Names in Cyrillic and in Greek letters as they are written in Latin ones: in those the lists have them.

const table = (letters: string, latin: string): ReadonlyMap<string, string> => {
  const each = latin.split(' ');
  return new Map(Array.from(letters, (letter, at) => [letter, each[at] ?? '']));
};
/** Of what has no accents any more: й stands as и. */
const PLAIN = table(
  'абвгґдђежзиіјклљмнњопрстћуфхцчџшщыэюяєѕъьαβγδεζηθικλμνξοπρσςτυφχψω',
  'a b v g g d d e zh z i i i k l l m n n o p r s t c u f kh ts ch dz sh shch y e yu ya e dz a  a v g d e z i th i k l m n x o p r s s t y f ch ps o',
);
/** What several letters together are, first. */
const TOGETHER = new Map([
  ['ου', 'ou'],
  ['μπ', 'b'],
  ['αυ', 'av'],
  ['ευ', 'ev'],
]);
const TOGETHER_AT = new RegExp([...TOGETHER.keys()].join('|'), 'g');
/** How others write them: passports, scholars, neighbours. */
const STYLES = [
  table('', ''),
  table('юяхйцьβυφχκ', 'iu ia h y c  b i ph h c'),
  table('юяхжцчшщєј', 'ju ja h z c c s sc je j'),
  table('юяхжшщ', 'u a h j sh sh'),
];
/** Endings that a case gives a name in a sentence: Ольге, Сергея, Петровым. */
const CASE = /(?:а|я|у|ю|е|и|ы|ои|еи|ом|ем|ым|ого|ому|ую)$/;
/** What it may end with where it is nobody's but its own. */
const OWN_ENDINGS = ['', 'а', 'я', 'и'];
/** Γιάννη, Παπαδόπουλε, Γιώργου: without the last letter of its own. */
const GREEK_CASE = /(?:ου|[αεηο])$/;
const GREEK_ENDINGS = ['ος', 'ης', 'ας'];
const SHORTEST_STEM = 3;

const FIRST_GREEK = 0x0370;
const FIRST_CYRILLIC = 0x0400;
const LAST_CYRILLIC = 0x052f;
export const isOtherScript = (name: string): boolean => {
  const code = name.charCodeAt(0);
  return code >= FIRST_GREEK && code <= LAST_CYRILLIC;
};

/** How a name, in {@link toName}'s form, may be written in Latin letters: in the case it stands in, then in its own. Source: ISO 9, ICAO Doc 9303, ISO 843. */
export function inLatin(name: string): ReadonlySet<string> {
  const isGreek = name.charCodeAt(0) < FIRST_CYRILLIC;
  const stem = name.replace(isGreek ? GREEK_CASE : CASE, '');
  const own = (isGreek ? GREEK_ENDINGS : OWN_ENDINGS).map((ending) => stem + ending);
  const forms = stem === name || stem.length < SHORTEST_STEM ? [name] : [name, ...own];
  const written = new Set<string>();
  for (const form of forms) {
    const joined = form.replaceAll(TOGETHER_AT, (letters) => TOGETHER.get(letters) ?? letters);
    for (const style of STYLES) {
      let latin = '';
      for (const letter of joined) latin += style.get(letter) ?? PLAIN.get(letter) ?? letter;
      written.add(latin);
    }
  }
  return written;
}

/** What patronymics and most family names end with, in any case. */
const FAMILY_FORM =
  /.{2}(?:(?:[ое]в|[ое]вич|[ие]н|ын|[ое]вн|ичн|ск|цк)(?:а|у|ым|ом|е|ы|ои|ых|ии|ого|ому|им|ая|ую)?|енко|(?:чук|юк|ук|як|ян|дз|швил|ић)[аеуиі]?|πουλο[ςσυ]|ιδη[σς]?|ακη[σς]?|.{2}ου|ελη[σς])$/;
export const isFamilyForm = (name: string): boolean => FAMILY_FORM.test(name);
const ADJECTIVE = /.(?:ыи|ое|ее|ые|ие|ого|ому|ых|их|.ая|.ую)$/;
export const isAdjective = (name: string): boolean => ADJECTIVE.test(name);
