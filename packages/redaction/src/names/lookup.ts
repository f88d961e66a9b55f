// Runs in browsers too. What the lists of names say of a word.
import { Keywords, WordSet, wordSet } from '../keywords.ts';
import { everydayWords } from './everyday-words.ts';
import { anyNames, givenNames } from './filters.ts';
import { openNameFilter } from './name-filter.ts';
import { inLatin, isOtherScript } from './other-scripts.ts';

export const isGiven = openNameFilter(givenNames);
export const isAny = openNameFilter(anyNames);

/** What headings and catalogues end with: "Ward List", "Bamboo Rake". Behind a whole name it is no part of that. */
const HEADINGS =
  'list,personnel,staff,sourdough,bread,loaf,rake,spade,shovel,broom,brush,bucket,hammer,ladder,cable,adapter,charger,blender,kettle,lamp,tray,shelf,cushion,blanket,mattress,backpack,bottle,jacket,trousers,sandals,report,summary,update,plan,guide,manual,policy,agreement,release,module,backlog,sprint,dashboard,settings,meeting,review,checklist,workshop,webinar,newsletter,warehouse,week';
export const headings = wordSet(HEADINGS);
/** A run with one of these words names an organisation, a place or a thing. */
const notPeople = wordSet(
  `stadtwerke,unassigned,reply,planner,testing,guidelines,brand,merchant,enterprise,glacier,memorial,fountain,social,security,chers,collègues,eltern,kollegen,departamento,abteilung,himmelfahrt,ramadan,querida,querido,nric,avis,comms,scribe,bridesmaid,groom,commander,officer,manager,director,editor,recruiter,patent,delicious,moin,ring,bel,buch,servus,livre,libro,novela,my,your,our,his,her,their,its,this,that,these,those,mein,meine,meiner,ihr,ihre,unser,unsere,dein,deine,mon,mes,votre,vos,notre,nos,leur,leurs,mis,sus,nuestro,nuestra,id,nummer,número,numéro,customer,client,team,everyone,everybody,sons,sir,madam,kunde,kundin,damen,herren,inc,ltd,llc,gmbh,corp,corporation,company,co,ag,plc,sa,sl,group,university,college,school,institute,hospital,church,museum,street,avenue,road,lane,drive,court,boulevard,square,park,bridge,river,lake,mountain,island,city,county,state,district,airport,station,stadium,league,cup,championship,festival,records,band,album,party,committee,council,department,ministry,association,society,foundation,union,bank,press,times,news,magazine,journal,award,awards,war,battle,act,law,street,building,tower,center,centre,hall,house,hotel,club,team,united,states,kingdom,republic,army,navy,force,airlines,line,lines,railway,railroad,highway,island,islands,bay,sea,ocean,valley,hills,forest,world,series,show,game,games,film,movie,song,studio,studios,entertainment,pictures,theatre,theater,orchestra,symphony,academy,services,systems,technologies,software,solutions,partners,holdings,international,national,global,american,british,european,january,february,march,april,may,june,july,august,september,october,november,december,monday,tuesday,wednesday,thursday,friday,saturday,sunday,straße,strasse,platz,weg,allee,gasse,rue,avenue,place,calle,avenida,plaza,paseo,north,south,east,west,northern,southern,eastern,western,new,great,old,lower,upper,mount,fort,port,san,santa,los,las,saint,cape,the,of,and,for,route,version,error,order,number,code,test,data,server,service,client,request,response,api,http,json,select,insert,update,delete,create,table,values,where,get,post,put,call,email,phone,address,card,account,street,apartment,suite,apt,room,floor,level,chapter,figure,section,page,volume,model,class,type,bitcoin,iban,visa,mastercard,invoice,rechnung,gold,geb,kimlik,having,count,salad,harbour,harbor,bloody,car,hat,nhs,cidadão,pizza,cheese,soap,shirt,shoes,bike,mouse,keyboard,chair,gloves,towels,benedict,support,noreply,prize,medal,theorem,equation,nebula,galaxy,verde,linha,linea,project,projekt,projet,proyecto,progetto,projeto,operation,${HEADINGS}`,
);

/** Endings that only family names have, without accents. */
const FAMILY =
  'oglu,ovic,evic,ovich,evich,ovna,evna,ewicz,owicz,czyk,czak,owski,ewski,owska,ewska,inski,inska,enko,chuk,shvili,adze,poulos,opoulou,akis,idis,sson,sdottir,inen,escu,kova,rova';
const FAMILY_NAME = new RegExp(`.{3}(?:${FAMILY.replaceAll(',', '|')})$`);
/** By five bits of each of their last two letters: a pattern for an end is tried from everywhere. */
const familyEnds = new Uint8Array(1 << 10);
const endOf = (name: string): number => ((name.charCodeAt(name.length - 2) & 31) << 5) | (name.charCodeAt(name.length - 1) & 31);
for (const ending of FAMILY.split(',')) familyEnds[endOf(ending)] = 1;
const isFamily = (name: string): boolean => familyEnds[endOf(name)] === 1 && FAMILY_NAME.test(name);
/** O'Dowd, D'Souza, N'Diaye */
const ELIDED = /^[odnl]['’].{3}/;
export const isListed = (name: string): boolean =>
  isOtherScript(name) ? !isEveryday(name) && [...inLatin(name)].some(isListedInLatin) : isListedInLatin(name);
const isListedInLatin = (name: string): boolean =>
  name.length > 1 &&
  (isAny(name) ||
    isFamily(name) ||
    ((name.charCodeAt(1) === 0x27 || name.charCodeAt(1) === 0x2019) && ELIDED.test(name) && isAny(name, 2)) ||
    (name.includes('-') && name.split('-').some((part) => part.length > 3 && isAny(part) && !everydayWords.has(part))));
export const isListedGiven = (name: string): boolean =>
  isOtherScript(name) ? !isEveryday(name) && [...inLatin(name)].some(isListedGivenInLatin) : isListedGivenInLatin(name);
const isListedGivenInLatin = (name: string): boolean =>
  name.length > 1 && (isGiven(name) || (name.includes('-') && isGiven(name.split('-')[0] ?? '')));
/** Bits of a word's marks. */
const COMMON = 1;
export const OTHERWISE = 2;
const marked = new WordSet([...everydayWords, ...notPeople]);
const marks = [0, ...[...marked].map((word) => (everydayWords.has(word) ? COMMON : 0) | (notPeople.has(word) ? OTHERWISE : 0))];
export const marksOf = (name: string): number => marks[marked.numberOf(name)] || (CONTRACTED.test(name) ? COMMON : 0);
export const isEveryday = (name: string): boolean => marksOf(name) !== 0;
/** Of a stretch of letters, whatever their case. */
export const isEverydayAt = (text: string, start: number, end: number): boolean => marked.numberInAnyCase(text, start, end) > 0;
const CONTRACTED = /^(?:i|it|we|you|he|she|they|let|don|can|that|there|what|who)['’]/;
/** Words that alone name nobody: to see in the pass that a word may be one. */
export const aloneNobody = new Keywords([...marked].join(','));
