// Runs in browsers too. What addresses are made of: streets, houses, boxes, flats, towns and codes, as each country writes them.
import { classAt, isDigit, isWord, LOWER } from '../characters.ts';
import { WordSet, wordSet } from '../keywords.ts';

/** Street suffixes: USPS Publication 28 appendix C1, with what the UK, Canada and Australia add. */
const SUFFIX =
  '(?:Alley|Aly|Annex|Arcade|Avenue|Ave|Av|Bayou|Beach|Bend|Bluffs?|Bottom|Boulevard|Blvd|Branch|Bridge|Brooks?|Burgs?|Bypass|Camp|Canyon|Cape|Causeway|Centers?|Centre|Circles?|Cir|Cliffs?|Close|Club|Common|Corners?|Course|Courts?|Ct|Coves?|Creek|Crescent|Cres|Crest|Crossing|Crossroads?|Curve|Dale|Dam|Divide|Drives?|Dr|Estates?|Expressway|Extensions?|Falls|Ferry|Fields?|Flats?|Fords?|Forest|Forges?|Forks?|Fort|Freeway|Gardens?|Gdns|Gateway|Glens?|Greens?|Groves?|Harbors?|Haven|Heights|Highway|Hwy|Hills?|Hollow|Inlet|Islands?|Isle|Junctions?|Keys?|Knolls?|Lakes?|Landing|Lane|Ln|Lights?|Loaf|Locks?|Lodge|Loop|Mall|Manors?|Meadows?|Mews|Mills?|Mission|Motorway|Mountains?|Mount|Neck|Orchard|Oval|Overpass|Parade|Parks?|Parkways?|Pkwy|Pass|Passage|Path|Pikes?|Pines?|Place|Pl|Plains?|Plaza|Points?|Ports?|Prairie|Quay|Radial|Ramp|Ranch|Rapids?|Rest|Ridges?|River|Roads?|Rd|Rise|Route|Row|Rue|Run|Shoals?|Shores?|Skyway|Springs?|Spurs?|Squares?|Sq|Station|Stravenue|Stream|Streets?|St|Summit|Terrace|Ter|Throughway|Trace|Track|Trafficway|Trails?|Trl|Tunnel|Turnpike|Underpass|Unions?|Valleys?|Via|Viaduct|Views?|Villages?|Ville|Vista|Walks?|Walk|Wall|Ways?|Wells?|Wharf|Yard)';
/** Small words in a street's name. */
const SMALL =
  'de,la,le,les,du,des,del,los,las,di,dei,degli,della,delle,dello,do,da,dos,das,e,y,al,alla,sur,sous,en,aux,au,of,the,van,von,der,den'.split(
    ',',
  );
const NAME = `(?:(?:[ld]['’])?\\p{Lu}[\\p{L}'’.-]{0,24}|\\d{1,3}(?:st|nd|rd|th)(?: (?:Cross|Main|Floor|Block|Stage|Phase),)?|${SMALL.join('|')}|[ld]['’])`;
/** Of the street: 5, 12a, n. 7, 118/4, # 10-34 */
const HOUSE =
  '(?:(?:n[.º°]{1,2}|nº|[Nn]o[.:]|[Nn]r\\.|д\\.|дом |буд\\.|№|#) ?)?\\d{1,5}(?: ?[A-Za-z](?![\\p{L}.]))?(?:[/-](?:\\d{1,4}[A-Za-z]?|[IVX]{1,4}(?![\\p{L}])|[A-Z](?![\\p{L}\\d]))){0,2}';
/** 12 Main Street, 4 West 42nd St. N, 9 County Road 12 */
export const NUMBER_FIRST = new RegExp(
  `^\\d{1,6}[A-Za-z]?,? (?:${NAME}[ ]){1,4}${SUFFIX}\\b\\.?(?:(?<=(?:County|State|Township|Provincial) (?:Road|Rd|Route|Highway|Hwy)|[ ](?:Highway|Hwy)\\.?) \\d{1,4}[A-Z]?(?![\\p{L}\\d]))?(?: (?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\\b)?`,
  'u',
);
/** Of what a pattern has for a street's words. */
const firstWord = (street: string): string => /^\p{L}+/u.exec(street)?.[0] ?? '';
const TYPES =
  'rue,avenue,av\\.,boulevard,bd,impasse,place,allées?,chemin,quai,route,cours,passage,square,voie,sentier,ruelle,villa,calle,via,viale,piazza,rua,avenida,paso,paseo,plaza,camino'.split(
    ',',
  );
/** 12 rue de la Paix, 4 bis, avenue Foch, 7 Via Roma */
export const ROMANCE = new RegExp(`^\\d{1,5}(?: ?(?:bis|ter|[A-D]))?,? (?:${TYPES.join('|')})(?: ${NAME}){1,6}`, 'iu');
/** Behind a number, all words without a capital that such streets begin with. */
const BEGIN_SMALL = new WordSet([...SMALL, ...TYPES.map(firstWord), ...'l,d,bis,ter,a,b,c'.split(',')]);
export function mayBeginStreet(text: string, at: number): boolean {
  let end = at;
  while (classAt(text, end) === LOWER) end++;
  return end === at || isWord(text, end) || BEGIN_SMALL.has(text, at, end);
}
/** What stands before a street's name, as it may be written. */
const STREETS =
  'Jl\\.?,Jln\\.?,Jalan,Gang,Gg\\.?,calle,via,viale,piazza,avenida,plaza,paseo,rua,corso,Laan,Calle,C/,Calleja,Callejón,Avenida,Avda\\.?,Av\\.,Plaza,Pza\\.?,Paseo,Camino,Carretera,Ronda,Rambla,Travesía,Glorieta,Barrio,Colonia,Urbanización,Polígono,Puente,Cuesta,Pasaje,Parque,Sector,Grupo,Huerta,Jardines,Masía,Solar,Torrente,Vía,Via,Viale,Piazza,Corso,Largo,Rua,Travessa,Praça,Caminho,Acesso,Escadas,Beco,Azinhaga,Marginal,Borgo,Contrada,Rotonda,Priv\\.,Aleea,Intrarea,Șoseaua,Rue,ul\\.,Ulica,al\\.,Straße,Strasse,Str\\.,Hinterm,Unterm,Vorm,Am,An der,Auf dem,Auf der,Im,Zum,Zur,Unter den,Hinter den?m?,Hinter der,Vicolo,Strada,Piazzale,Alameda,Estrada,Carrera,Cra\\.?,Transversal,Diagonal,Jirón,Jr\\.,Calzada,Avenue,Boulevard,Chaussée,Chemin,Bulevardul,Calea,pl\\.,os\\.,ул\\.,улица,проспект,просп\\.,пр\\.,переулок,пер\\.,шоссе,бульвар,бул\\.,набережная,наб\\.,площадь,пл\\.,бульв\\.,ш\\.,мкр\\.,вул\\.,вулиця,пров\\.,провулок,οδός,Οδός,Λεωφόρος,Λεωφ\\.,Πλατεία'.split(
    ',',
  );
/** Calle Mayor 5, Via Roma, 12, Rua Augusta s/n */
export const STREET_FIRST = new RegExp(
  `^(?:${STREETS.join('|')})(?: [„«]?${NAME}[“»]?|(?<=(?:Calle|Carrera|Cra\\.?|Avenida|Av\\.)) \\d{1,3}[A-Z]?(?= (?:#|No))){1,6},? (?:${HOUSE}|s/n\\.?)(?![\\d]| \\d)`,
  'u',
);
export const GERMANIC_ENDINGS =
  'straße,strasse,str,weg,platz,allee,gasse,ring,damm,ufer,steig,markt,graben,chaussee,straat,laan,gracht,dreef,steenweg,plein,kade,dijk,singel,gatan,gata,gaten,gränd,gränden,stigen,torget,backen,allén,vägen,veien,vegen,stræde,vej,gade,vænget,katu,kuja,tie,tänav,braut,stræti,straeti,utca,körút,oulevarden,alléen,pladsen,plads,torvet,torv,bakken,vænge,vangen,stien,kajen,plassen,plass'.split(
    ',',
  );
/** Hauptstraße 5a, Wilhelm-Liebknecht-Str. 89, Ringweg 3-5, Hafnarstræti 5, Kiannonkatu 98 */
export const GERMANIC = new RegExp(
  `^(?:[\\p{L}.-]{1,40} ){0,2}?[\\p{Lu}][\\p{L}.-]{1,40}(?:${GERMANIC_ENDINGS.join('|')}|[Ss]tr\\.|hof|berg) \\d{1,4}(?: ?[a-zA-Z](?: \\d{1,3}(?=, \\d{5}))?(?![\\p{L}.])|[a-z](?!\\p{L}))?(?:[-/](?:\\d{1,4}|[IVX]{1,4}(?!\\p{L}))){0,2}(?:[- ](?:hs|bis|huis|I{1,3})(?![\\p{L}\\d]))?`,
  'u',
);
/** Streets' words that stand by themselves behind the name, in hu, tr, cs, sk, lv, lt and et: Árpád fejedelem útja 36 */
export const BEHIND_NAME =
  'cad,sok,bulv,gata,gatan,väg,gränd,országút,utca,út,útja,tér,tere,körút,sétány,rakpart,krt,u,sokak,sokağı,caddesi,bulvarı,ulice,ulica,náměstí,námestie,třída,nábřeží,iela,prospekts,bulvāris,gatvė,prospektas,puiestee,maantee,tänav,проспект,переулок,шоссе,бульвар,проезд,площадь,улица,провулок,вулиця'.split(
    ',',
  );
export const behindName = new WordSet(BEHIND_NAME);
export const NAMED_BEFORE =
  /(?:^|[\s"'(>:;|])((?:(?!(?:19|20)\d{2} )\d{4} \p{Lu}[\p{L}-]{2,24}, )?(?:\p{Lu}[\p{L}'’.-]{1,24} ){1,3}(?:\p{Ll}{2,12} )?)$/u;
/** English words that end as a German ring does. */
export const englishRing = wordSet(
  'bearing,gearing,hearing,clearing,spring,offspring,string,substring,herring,wiring,hiring,firing,tiering,peering,steering,engineering,pioneering,volunteering,monitoring,refactoring,factoring,authoring,tutoring,sponsoring,anchoring,mirroring,scoring,storing,exploring,restoring,ignoring,offering,ordering,rendering,gathering,filtering,clustering,buffering,layering,lettering,catering,metering,centering,numbering,covering,triggering,entering,registering,sharing,pairing,comparing,preparing,flooring,mooring,measuring,manufacturing,during',
);
export const GERMANIC_ENDS = new RegExp(`(?:${GERMANIC_ENDINGS.join('|')})$`, 'iu');
/** Their first words. */
export const STREET_WORDS = new WordSet(STREETS.map(firstWord));
export const PO_BOX =
  /^(?:P\.? ?O\.? Box|Postfach|Apartado(?: de Correos)?|Casilla|Boîte postale|PSC \d{1,5},? Box|Unit \d{1,5} Box|CMR \d{1,5},? Box) \d{1,6}(?: \d{2,3}(?!\d)){0,2}|^(?:BP|CS|TSA) \d{1,6}(?=,? \d{5} \p{L})/iu;
const UNIT =
  '(?:RT\\.? ?\\d{1,3} ?/ ?RW\\.? ?\\d{1,3}|\\d{1,2}-(?:\\d{1,2}|[A-Z])(?!\\d)|\\d{1,2}(?: tr\\.?(?=,)|(?:er|e|ème|de|do) étage|[.ºª°]{1,2}(?: ?(?:[A-Z]|\\d[ªº]|izq\\.?|izda?\\.?|dcha\\.?|Dto\\.?|Esq\\.?|Frt\\.?|(?:tv|th|mf)\\b\\.?|(?:OG|Stock|Etage)(?: (?:links|rechts|[Mm]itte|vorne|hinten|li\\.|re\\.))?|étage|piso|andar))?)|st\\.? (?:tv|th|mf)\\b\\.?|m\\. ?\\d{1,3}(?!\\d)|m ?\\d{1,3}(?=,)|[rR]/[cC](?: (?:Dto|Esq|Frt)\\.?)?|(?:EG|bajo|entlo\\.?|ático|pral\\.?)(?: (?:links|rechts))?(?=,)|(?:Apt|Apartment|Suite|Ste|Unit|Room|Rm|Floor|Fl|Building|Bldg|Wohnung|Whg|Etage|Piso|Puerta|Esc\\.?|Appartement|Apartamento|apto|Apto|Flat|Top|Stiege|Bât|Interno|Depto|Dpto|Oficina|Block|Blk|Level|bajo|entlo|ático|bl|ap|sc|int|interno|scala|piano|piso|puerta|appt|bte|boîte|lok|lgh|vån|et|bus|Col|кв|корп|стр|оф|эт|ет|под|п|подъезд|вх|бл|ап|#)(?![\\p{L}])\\.? ?[\\p{L}\\d-]{1,6})';
export const PLACE =
  "\\p{Lu}[\\p{L}'’-]{1,24}(?:[ -](?:\\p{Lu}[\\p{L}'’-]{1,24}|de|la|del|do|da|dos|sur|am|an|im|ob|aan|den|der|les|le|en|of|upon|los|las|d['’]\\p{L}{2,20})){0,4}";
/** Behind the street's fields those of its town, state and code, as HL7 version 2 has an address (XAD). */
export const HL7 = /^\^[^^|\n]{0,40}\^[^^|\n]{2,40}\^[\p{L} ]{0,20}\^[A-Z\d][A-Z\d -]{2,9}(?![A-Z\d])(?:\^[A-Z]{2,3}(?![A-Z]))?/u;
/** Postal codes by their forms (UPU, addressing systems by country). */
export const CODE =
  '(?:\\d{3} \\d{2}(?= \\p{Lu})|[A-HJ-NP-Z]\\d{4}(?:[A-Z]{3})?(?= \\p{Lu})|\\d{2}-\\d{3}|\\d{4} [A-Z]{2}(?![\\p{L}])|(?:[A-Z]{1,2}-)?\\d{4,6}(?:-\\d{3,4})?|[AC-FHKNPRTV-Y]\\d[\\dW] ?[\\dAC-FHKNPRTV-Y]{4}|[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}|[A-Z]\\d[A-Z] ?\\d[A-Z]\\d)';
/** Behind a town its district, state or province: Aarhus C, Curitiba - PR, Kadıköy/İstanbul. */
const DISTRICT = '(?: (?:[A-Z]|[NS][VØ])(?=[.,;]|\\s|$)| ?[-–/] ?[A-Z]{2}(?![\\p{L}\\d])|/\\p{Lu}\\p{Ll}{2,20})';
/** Unit, town, region, code, in the orders in which countries write them. */
export const TAIL = new RegExp(
  `^(?:,\\s{0,2}| [-–] (?=${UNIT})|\\s?\\n\\s{0,4}|\\s?,\\s?\\n\\s{0,4}| (?=${UNIT}|${CODE}\\b))(?:(?!Col\\. )${UNIT}|${CODE}(?: ${PLACE}(?:(?: \\p{Ll}{3,12})? \\([^()\\n]{2,20}\\)|${DISTRICT})?)?|[A-Z]{2}(?: ${CODE})?(?![\\p{L}])|(?:Co\\. |Col\\. )?(?!(?:TEL|Tel|PHONE|Phone|FAX|Fax|MOB|Mob)\\b)${PLACE}(?: \\d{1,2}(?=,)| 6W(?![\\p{L}\\d])|(?: \\p{Ll}{3,12})? \\([^()\\n]{2,20}\\))?(?:(?:,? | ?[-–/] ?)[A-Z]{2}\\b)?(?:,? ${CODE})?)(?![\\p{L}\\d])`,
  'u',
);
/** 3485 Hafnargata 12, at the end of a line or before a town: a street between its two numbers. */
export const BETWEEN_NUMBERS =
  /^(?!(?:19|20)\d{2} )\d{3,6} \p{Lu}[\p{L}'’.-]{3,24}(?: \p{Lu}[\p{L}'’.-]{1,24}){0,2} \d{1,4}(?=\s?\n|, \p{Lu}\p{Ll}|$)/u;
/** A house's number before a postal code and a town, and the street's name that stands before it: Vodičkova 30, 110 00 Praha. */
export const CODED =
  /^\d{1,4}(?:[A-Za-z]|bis|ter)?(?:, ?|\s?\n\s{0,4})(?:\d{3} \d{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4} [A-Z]{2}|(?:[A-Z]{1,2}-)?(?!(?:19|20)\d{2} )\d{4,5}) \p{Lu}\p{Ll}{2}/u;
export const STREET_BEFORE =
  /(?:^|[\s"'(>:;|])(?=\p{Lu})((?:(?:\p{Lu}[\p{L}'’.-]{1,24}|de|la|del|des|du|dei|di|della|von|der|dem|den|van|do|da|dos|das|na|nad|u) ){1,5}(?:\d{1,4}[A-Za-z]?[/-]){0,2})$/u;
/** A number and a name before a code that ends the line of an address: 3 The Old Maltings, Bury St Edmunds, IP33 1AB. */
export const ENDS_IN_CODE =
  /^\d{1,5}[A-Za-z]?(?:[-/]\d{1,4})?,? \p{Lu}[^\n,;:.!?"<>|{}]{2,40},(?: [^\n,;:.!?"<>|{}]{2,30},?){0,2}? (?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{2} \d{5}(?:-\d{4})?|(?:NSW|VIC|QLD|ACT|TAS|SA|WA|NT) \d{4})(?![\p{L}\d])/u;
/** VLAN 120, MTU 9000, AS 64512 */
export const NUMBERED_PARTS = /^\d+, [A-Z]{2,5} \d+,/;
/** 86 Toa Payoh Lorong 4 #08-41: floor and flat end it. */
export const ENDS_IN_FLAT =
  /^\d{1,4}[A-Z]? (?:[\p{Lu}\d][\p{L}\d.'’]{0,20} ){1,6}#(?:\d{2}|B\d)-\d{2,4}(?![\p{L}\d])(?:,? Singapore \d{6}(?!\d))?/u;
/** 93 Lê Lợi, P. 7, Quận 1, TP. Hồ Chí Minh: house, street, then ward, district and town, each named as such. */
export const VIETNAMESE =
  /^\d{1,4}(?:[/-]\d{1,4}){0,2}[A-Z]? (?:[đĐ]ường |[pP]hố )?(?:\p{Lu}[\p{L}\d]{0,12} ?){1,5}(?:, (?:P\.|Phường|Q\.|Quận|H\.|Huyện|X\.|Xã|TX\.|Thị xã|TP\.?|Thành phố|Tỉnh) ?[\p{Lu}\d][\p{L}\d]{0,12}(?: [\p{Lu}\d][\p{L}\d]{0,12}){0,3}){1,4}(?:, \p{Lu}\p{L}{0,12}(?: \p{Lu}\p{L}{0,12}){1,2})?/u;
/** A time, or the price of what is called like a street: Park Place 350, Marvin Gardens 280. */
export const isCounted = (text: string, start: number, next: string, end: number): boolean =>
  (text[start - 1] === ':' && isDigit(text, start - 2)) || (next === ',' && /^ \d{1,4}(?![\d-])/.test(text.slice(end, end + 6)));
