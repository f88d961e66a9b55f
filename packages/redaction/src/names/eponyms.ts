// Runs in browsers too. Firms, brands, schools, places and products that are called as people are: whole, and not announced as somebody, they name nobody.
import { wordSet } from '../keywords.ts';

export const eponyms = wordSet(
  // Firms and brands.
  'abercrombie,aston martin,aunt jemima,barclays,ben & jerry,bernard matthews,betty crocker,bosch,calvin klein,christian dior,cole haan,dolce gabbana,donna karan,dr martens,dr oetker,dr pepper,earl grey,eddie bauer,eli lilly,elizabeth arden,estee lauder,fisher price,fred perry,harley davidson,harley-davidson,helena rubinstein,hugo boss,jack daniel,jack daniels,jack wolfskin,jack jones,jim beam,jimmy choo,jo malone,john deere,john lewis,johnnie walker,johnson & johnson,jose cuervo,karl lagerfeld,kate spade,laura ashley,levi strauss,lloyds,louis vuitton,marc jacobs,mary kay,mercedes-benz,mercedes benz,merrill lynch,michael kors,morgan stanley,oscar mayer,paul smith,peter pan,philip morris,pierre cardin,ralph lauren,ray ban,ray-ban,robert bosch,rolls royce,rolls-royce,sainsbury,samuel adams,sara lee,ted baker,thomas cook,tim hortons,tommy hilfiger,uncle ben,uncle sam,victoria secret,virginia slims,walt disney,warner bros,wells fargo,wilkinson sword,yves rocher,yves saint laurent,zegna,charles schwab,edward jones,ernst young,jp morgan,jpmorgan chase,goldman sachs,lehman brothers,booz allen,booz allen hamilton,arthur andersen,baker mckenzie,marsh mclennan,jones lang lasalle,cushman wakefield,william hill,jack henry,henry schein,molson coors,smith & wesson,smith wesson,henkel,kimberly clark,kimberly-clark,colgate palmolive,dun bradstreet,standard chartered,' +
    // Schools, teams and clubs.
    'johns hopkins,carnegie mellon,brigham young,george washington university,george mason,william mary,james madison,king edward,st mirren,willem ii,buffalo bills,aston villa,real madrid,inter milan,' +
    // Places.
    'monte carlo,george town,st helena,port elizabeth,san marino,santa maria,santa claus,father christmas,maine coon,jack russell,st bernard,great dane,king charles spaniel,' +
    // What is grown, eaten and drunk.
    'granny smith,pink lady,golden delicious,red delicious,braeburn,sweet william,black-eyed susan,creeping jenny,jack-in-the-pulpit,peach melba,crepe suzette,crêpe suzette,eggs benedict,beef wellington,bloody mary,shirley temple,tom collins,irish coffee,caesar salad,' +
    // What is asked, run and installed.
    'siri,alexa,cortana,bixby,gemini,travis,travis ci,gradle,ada lovelace,grace hopper,ruy lopez,caro-kann,najdorf,billie jean,hey jude,marvin gardens,ubuntu jammy jellyfish,jammy jellyfish,big ben',
);
