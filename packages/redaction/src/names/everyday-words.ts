// Runs in browsers too. Everyday words, places and dates that are names too: alone they name nobody.
// Chosen by hand from the lists' overlap with ordinary text.
import { WordSet } from '../keywords.ts';

export const everydayWords = new WordSet(
  (
    'date datum hai hoon cim mathe daten đon queen queens size twin duvet throw honey linen noel fedora siemens philips audi everton ajax douglas bakewell ' +
    'lyon sevilla django sales morgen vitale doha rhone lager comune prato ' +
    // What forms, invoices and calendars say in the shipped languages and next to them.
    'billing adresse plaza camino viale piazza rua largo platz allee gasse damm markt singel gatan gade strada carrera calzada janvier ' +
    'januari janeiro febbraio mars marzo avril abril aprile maggio juli settembre ottobre dezember nov sociale citizen steuer nummer fiscal ' +
    'nascimento canadian czech danish kenyan maltese mexican philippine slovak fax price masked montag freitag samstag sonntag martes viernes ' +
    'sabado sabato domenica niedziela sobota preis menge summe netto termin feiertag grund paese contratto sesso titolo levering genesis ' +
    'leviticus romans corinthians saturday ' +
    'arial cambria avis ville bail elle gast verein marz kasse mayo agosto hora ora analise quinta maio junho mei augustus kamer antal pris maj ' +
    'seng summa aika hely sifre karar pazar yer dauna marti joi loc ulice jasen halter fahrer zimmer octobre giugno loyer gentile buongiorno ' +
    'tienda lugar sala schade winkel fordon grupp mote tack sondag cena sroda piatek pokoj sleva dobry patek piano letto plant wing dock deck ' +
    'should would could mais ainsi avant dann aber oder denn weil dass kann pero antes durante ayer sotto domani boven naar tegen ' +
    'about above across after again against almost alone along already although always among another around because become before behind ' +
    'below between beyond both cannot certain come could despite does doing during either else enough ever example except few found from ' +
    'further gave great having here however indeed inside instead into itself known least likely made many meanwhile might mostly much must ' +
    'myself neither never next nobody nothing often once other others otherwise outside perhaps put quite rather really same see seem several ' +
    'shall show since so some somehow someone something sometimes somewhere soon still such take their them then there therefore these they ' +
    'thing those though through throughout together tomorrow tonight toward towards twice under unless until upon used using various very ' +
    'want well went were what whatever when where whether which while whole whose why with within without would yesterday yet fiction ' +
    'fantasy convention single regional science solve edit fares kind ' +
    'đien lien huyet đinh nama nomor alamat telepon so ' +
    // The same in ru, uk, bg and el, in which words are told from names by these alone: without accents, as names are compared.
    'банк банка банке банку банком день дня сумма товар товары мы он она они оно если как но так да вот это эта этот все для при на над наш наша ' +
    'наше наши ваш ваша ваше ваши же за из или им их когда кто где мир мои моя мое по под после про раз рад там тут тем тех то только ты уже хотя ' +
    'мира луки нова малина море парк сочи альфа урал метро краи новыи новая новое великии великая красная белыи белая чем что час январь января март марта апрель апреля маи мая июнь июня июль июля август августа среда марка марки класс будь ласка але ви ' +
    'вона вони він ми нам пан пані та так це чи але ако аз би ви го до като моля не ни но са само се си той тя това час ' +
    'κυριακη σαββατο παρασκευη και για απο με σε το του της τον την των οι να θα ο η αθηνα κυριε κυρια δευτερα τριτη τεταρτη πεμπτη ' +
    // What measures, methods and diseases are called after.
    'gauss euler fourier laplace poisson bernoulli cauchy hilbert banach riesz kalman butterworth nyquist dijkstra huffman kruskal wilcoxon spearman ' +
    'bonferroni kolmogorov smirnov matern chebyshev hamming levenshtein jaccard luhn verhoeff babinski apgar giemsa gram ziehl lowenstein parkinson ' +
    'alzheimer crohn hodgkin behcet hashimoto cushing kepler hubble celsius fahrenheit kelvin hertz tesla doppler planck schrodinger heisenberg ' +
    'pulitzer grammy oscars rorschach victorian georgian edwardian markov melba ' +
    // Who works together, and whom letters greet that greet nobody by name.
    'front accounts payable receivable human resources people operations platform engineering monitoring bot facilities helpdesk support tier ' +
    'network customers sales marketing finance legal compliance hr procurement purchasing dept office reception advisory change development ' +
    'developer experience queue desk enterprise general assistant refunds teamet asiakaspalvelu asiakas ugyfelszolgalat ugyfelunk kundenservice ' +
    'kundeservice kundtjanst klantenservice servicio servizio servico equipe equipo squadra zespol dział redaktion geschaftsfuhrung vorstand ' +
    'bestuur sekretariat departamento direccion direction direzione direcao colleagues sirs nachbarn alle kollegen kolleginnen cliente clientes ' +
    'clienti kunden members parents friends folks nimi nev salam regen sterne holiday gifts trip keen easter anonymous harmonie falcon ' +
    'alabama alaska arizona arkansas california connecticut delaware florida hawaii idaho illinois indiana iowa kansas kentucky louisiana maine ' +
    'maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas ' +
    'utah vermont wisconsin wyoming ' +
    'coach garden wills deeds granny rye barley oats maize lords hiring authorization objet ' +
    // What people say first, and what headings and types are called.
    'thank please translate summarize summarise explain write ship shipped total subtotal status quantity description string boolean integer ' +
    'albanian american argentine australian austrian belgian brazilian british bulgarian chilean chinese colombian croatian cypriot czech dominican ' +
    'dutch ecuadorian egyptian estonian filipino finnish german greek hungarian indian indonesian iranian irish israeli italian japanese korean ' +
    'latvian lithuanian malaysian maltese moroccan nigerian norwegian peruvian polish portuguese romanian russian saudi serbian slovak slovenian ' +
    'spanish swedish swiss thai tunisian turkish ukrainian uruguayan vietnamese aadhaar inland revenue cartao ' +
    'cable cass boeing labrador personnr madeira beste yes uh perfect perfekt perfecto perfetto parfait guten tag moin movil e-mail flight unknown required garantie ' +
    'region lemma theorem welcome sorry sure okay agreed noted received approved pending delivered ' +
    'lon lohn gehalt salario stipendio hire ' +
    // Cities, regions and countries.
    'adana addis alger antalya asuncion aviv barcelona basel belfast bergen bern bergamo bilbao birmingham bologna bonn bordeaux ' +
    'braunschweig bremen brest brisbane bristol cali cardiff catania colombo cordoba darmstadt delhi dijon dresden dublin durban ' +
    'edinburgh erfurt faro ferrara freiburg fribourg geneve genova ghent girona glasgow granada grenoble guadalajara hague haifa ' +
    'halle hamburg hanover hong kong kassel kiel krakow lagos leeds leicester leipzig lille linz lisboa liverpool lubeck lucca ' +
    'mainz malmo manchester mannheim marburg marseille medellin melbourne memphis messina metz miami milano monaco montreal munich ' +
    'munster murcia naples napoli nicosia nottingham odessa osaka ottawa oviedo oxford padova padua palermo palma parma porto quito ' +
    'ravenna roma rostock saarbrucken salamanca salerno samara santander seattle seville sheffield taranto toledo toulon toulouse ' +
    'trento trieste tripoli tunis turin torino valencia valladolid valletta venice venezia verona vigo wurzburg zaragoza zug ' +
    'ontario brandenburg normandie provence alsace lorraine aragon asturias galicia navarra sicilia sardegna piemonte england wales ' +
    'scotland spain espana portugal austria poland denmark malta senegal argentina brazil brasil canada nepal ola viele viel gruss ' +
    'dauer bel cal max senior junior kanton son kelan ransom ' +
    'dear hello hi hey hallo bonjour hola thanks regards sincerely cheers cher liebe lieber love truly yours kind best warm ' +
    'ab abe abed able abt abu ace acton ad ade adelaide adelmann adu ag agent aggarwal ahl ai aide ake aki akin al ala alban ' +
    'alberta alcock ale all alm alo alpha alt alter am amaro amber amend america amundson an and ando ang angle angles anh ' +
    'any apple april arch ard are arena arenas arent ares arms arn aro arrowood art ary as asia at atlanta atlas au aud auge ' +
    'august aul austin auth autumn ax ayo azure ba bab baba babel babu baca back bacon bae bah bai bak bal ball band bang ' +
    'bank banner bar bare baron barrier base bash basic bass bat bath bauch baumann bay bayes be bea beach beam bean bee been ' +
    'beer begin bellman below belt belz bench berlin best bey beyer bi bias bigger bill binder bishop black blake blank blanks ' +
    'blas blaze bless blessing blind block blocker blood bloom blow blue bly bo board body boe boggs bogus bok bol bold bolt ' +
    'boman bon book books boom boot border borders boring borland born bos boston both bottom bou bounds bourne bow box boy brace ' +
    'brain branch braud breese brick bridge bridgewater bright broeker broker brook brooklyn brown bu buck bud buff bui bull bump ' +
    'bun bunch bunk buster button by bye caba cad cade cage cai cairo call cambridge camellia camera can canary cancel candela ' +
    'canon cantor cao cap cape carbon card cardinal care cargo carol carolina carrier carry case cash caso cast castle ced ceil ' +
    'center certain cespedes cha chad chai chain champ champion chance channel chapel char charity charlotte charter chase check ' +
    'chelsea cherry chevy chi child china chip choice christmas chu church civil clamp class clause clay clear clemency cleveland ' +
    'clever click cliff cline clock close cloud clutter co code coffee coker cola colon colorado colt columbus comeau comes ' +
    'common commons como comp compton con conception conder cone confer cong conn constance constant cook cookie cool cope coral ' +
    'core cork corner corp corr cos cost cotton counter counts court courts cousin cover cox coy craft cram cray credit cripps ' +
    'criss cron cross crystal cu cua cuba cuc cue cui cure curl curr curren current curt cutter cutting cy cypher cyr da dada ' +
    'dade dai daily daisy dakota dale dallas dam dance dancer dao dark darling dart das dash daw dawn day days de deacon deal ' +
    'dean deb dec decker dee deeb deem deems degree dehne del delay dell delta demo demos den deno denver der des desire detmer ' +
    'dev devon dey di dia diab dial diamond dib dice dick dickey dickinson did dies dima ditch ditto do doc dodge doi dollar dom ' +
    'don done dor dort dose dot double dove dow down dr drain dress drew driver droege dry dsouza du duby duck due duff dufresne ' +
    'duke dust dusty dutch duty duvall dy dymond eager eagle earl early earnest east eb eba eby echo eck eda edd edda ede edge ' +
    'edmonds edmunds edwards ege eggert eid einstein ek el ela ell elm else em en ena ender eng english eno era erb ernest es ' +
    'esau esh estrada eun ev evans eve even every eye eze factor fae fahey fail failing fails fair fairy faith fake fall ' +
    'falls fancy fann far farmer fast fate favor favorite faw fawn faz fe fear fearing fee fees fei felicity fell fennel ' +
    'few field fields figures file files filler fine finer finger first fischer fish fisher fix flake flakes flick ' +
    'fling flo flock flood florence florin flower fly fok foley folks font fontaine foo for force ford fore forest forget forth ' +
    'forward fountain fox foy frame france frank free freed frees freeze french friday friend friesen frodo frost fruit fry fu ' +
    'fudge fujita full funk furlong furukawa fury fye gad gain gains galas gale gall gallon games gandalf gang gathers gay gee ' +
    'gene general geneva genie georgia germain german germany get getter gia gift gin ginger gist gita given glade glass glen go ' +
    'gobble goe going gold goo good goode goods goodwill goto grab grace grad graft grand grant grass grave gray greek green grey ' +
    'grob groff gross grow gu guard gue guess guest gui gul gum gut gutmann guy ha hack hacking had hage hair hamilton hammer han ' +
    'hana hand handler hands handy hang hankel hannibal hanning hao happy haq hara hard harden harder hare harm harmony harms ' +
    'harness has hash hatch hau haven haw hay hazard hazel he head headings heap heaps heard heart heath heather heck hee heider ' +
    'height held hellman hem hence henrich heo her herr herrmann hertzog heun hey hi hier high hilbert hill hills him hin his hix ' +
    'ho hoa hoard hodges hof hoh holder holding hole holland holly hom homes hon honor hoo hood hook hooks hope host hou house ' +
    'houston hover how hoy hsu hu hua hue hufnagel huh hull hum human hung huo hurd hurt hwa hy hye hyo ice iden if igo ilg ' +
    'im imm imperial in inch india ing ireland iris irish is isaacs ishii island israel isreal it italiano ito its iva ivy ' +
    'jackson jade jansson january jasmine jay jean jeanphilippe jenkins jepsen jew ji jia jimmy jin jo job johnny johnson joo ' +
    'joost jordan joss josue journey joy ju judge julien july jump jun june junk just justice ka kadlec kafka kahan kam kan kao ' +
    'kaplan kar kau kawai ke kea kee keep kees kent kenya kern key keys ki kia kick kil kill kind king kingston kiss kit kitchen ' +
    'klass klee knee knights knuth ko kobe koepp koh kok koki kost kou kozlov kreutzer krishnan kron ku kue kukuk kum ' +
    'kumar kun kunde kurtz kus ky kye kyi la lac lack lackey lacks lad laforge lai lake lal lam lamp lancaster lance land landau ' +
    'lands lane lang lao large lark lasso last latch lau laurel law laws lawyer lax layer le leader leaf league leak leaks lean ' +
    'leap learn learned lease ledger lee legge lei lemire lemon len lenny leopard les lesh less lesser let leu level lex li lib ' +
    'liberty lie lies lieu light like likes lily lim lima lin lincoln line liner lines linger link linker lint lis list little lo ' +
    'loa lock locks loe loh loi lok london lone long longest loo look loop loose lor lore los lose loss loud love lovelace low ' +
    'lower lu lua luck lui lum lun luna luu ly mac macaulay mach macintosh madison madrid mai main major mak maker male mam man ' +
    'manner manni manual many mao march marco marina mark marker market marks marsh mas masi mask mass master mathieu ' +
    'matter mattia maxima may maze mcdonald mcgregor mckee me means mech mee meh meissner melody men ' +
    'mercedes merci mercy merkle merlin merry mesa messier meta metro mi milan miles million millis min minix minor minus ' +
    'mir miss mistry mitra mix mo mock mode moeller mole mom mon monday monet money monsanto monteiro montgomery moo moon mor ' +
    'moral more moss most motley mou mount mountain mounts moy mr mrs ms mu muck mui mun murphy music mutter my na nagle nail nam ' +
    'nan nat naz nazar near necessary ned needle neighbors nella ness nett nettle nettles new nez ng ni nia nice nicely nie nil ' +
    'nin nine niu nix no noa noble noh nop nord norm north not nou nova now noy nu null numbers nur oakland obey obi oda of ' +
    'officer ogg oh ohm ojo oka old oldenburg olen oliva olive ollie om omega on ona one ong ono oo opal opp or orange ord ore ' +
    'orlando orr ort ota ott otte ou oum our ours out over overall overly pack packer pae page pages pair pal pan pape par para ' +
    'paradise parent paris park parlin pass pat patch patience patt pau paw pay payment payne paz peak peaks pearl peek peel peer ' +
    'peg pen peng penny pepper person persons peru pet petri petrucci pha philipp pho phoenix phu pi pick picker pickle pickles ' +
    'pierce pike pile pilot pin ping pink pino pint pio pip pipes pitt place plain plate player plum po poe pointer points ' +
    'poisson pok pol pole polite poll polo pon pong pool poor pop port portal post pou pound pounds power powers pratt precious ' +
    'press pretty prim prime prince princess prior pro profit prom proper proto prudence pruitt pry pu pulse purchase purdue put ' +
    'pye pyo qi qin qiu qu quale que query quick race rai rain raj raju rak ran rand range rank rast rather rau ray re reach read ' +
    'reader reading ready real reap reason reasons record records red reed ref reg register reh rem ren render reno ress rew rho ' +
    'ria rich richmond rico riemann ring rio risk river rix ro roa rob robin rock roe roessler roff rogue roh roles roll rolling ' +
    'roman rome root roots ropp rose rotz rough round rounds rousseau roux row royal royalty ruby rud rue ruf ruff ruh rule runge ' +
    'runner running rus rushing rust rusty ryans ryu sa sage said saint sak sal sale salisbury salt salvador sama sample samples ' +
    'san sandy sane saner santa santiago santoni sao sapien sass sato say scala scales schmidt scholes schwab schwarz screen sea ' +
    'seal seals search searcy seat see seed seeds seek sees self sell sells sen sender september service session sessions setter ' +
    'setters settle settles sever severe sha shade shadow shake shallow shams share sharer sharp shay she shear shell shen shield ' +
    'shields shim shire shoe shoff short shorten shorter shorts show shown shows shu shy si sia sick sides sierra sievers sig ' +
    'silver sim simo simons sin sine sines sing singer singleton sink sinks sit sites sitter siu six sizer sjoberg skip skipper ' +
    'sky skye slack slate slider slim small smart smiley smoke smoker snow so sobel sobol soe sofia sok sol solar sole solie solo ' +
    'som soo soon sorensen south sow sox space spake span sparkle sparrow spath speaker speed spell spice spies spikes spinner ' +
    'spring square stack stacks staff stage stall stalling stamp stamps standard standing star states stay steel stem stiff still ' +
    'stock stone storm stormy story straight strand strange stream street streeter strength stretch strike strong stuck student ' +
    'styles su sua such sue sugar sui suit suits suk sum suman summer sun sunday sunny super sur surface suzuki swallow sweat ' +
    'sweet swift swing sy sydney ta tab tad tak tall tama tan tanner tat tawny tax taylor te tea teal tee tell temme temp ' +
    'temperance temple tennis teo tep termini terra test tester tew tex thai than the then thi thierry thor threat thrift thu tia ' +
    'tiernan tiff till timber tin tiny to toe toi toll toms tone toni tony too touch town toy trace trader trail train trainer ' +
    'tran tranter treat tree trees tremble trick trim trinity troy true trunk trusty tsai tsan tse tso tu tuesday tune turner ' +
    'twine two ty tyo uhl ulm um un una ung up uphold upright ure uri us use ute utt utz uy val vale valley van vandine vanzandt ' +
    'vaz vega verity vi via vice victor victoria victory vig viola violet virgin virginia vis vital vo vogt von vos vu vue ' +
    'wagner wah wai wait waiter waiters waits walk wall walter walters warn warning was washington watchman wax way we web wedge ' +
    'wednesday wee weekly weeks wegner wei weight weiser welcome well wellington welsh wen west wey wheat white who ' +
    'wiener wilber wild will willing win wince wind windsor wine wingo wink winner winning winter wire wisdom wise wishart wix wm ' +
    'won wonder woo wood woody word work works worth wu xi xia xie xu xue yang yap yau yaw ye yee yeh yen yep yi yim yin ' +
    'yiu yo yon yoo york you young younger yow yu yue yuk yum zar zee zeek zen zerr zhu zipp zou zuk '
  )
    .trim()
    .split(' '),
);
