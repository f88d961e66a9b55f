/**
 * Words for places and the parts of an address, in the languages of Europe and some beyond, without accents, each line to plain English. Written from
 * dictionaries and postal standards (UPU S42, PAF, USPS 28, NENA, BAG, INSPIRE addresses), language after language; not from any table.
 * A word may stand in several lines: the first is what it mostly means in a column's name. Order within a line: English and its short forms; Germanic (de nl sv da no is); Finnic, Baltic (fi et lv lt);
 * Romance (fr es ca gl pt it ro); Slavic (pl cs sk sl hr sr bg ru uk, in Latin and Cyrillic letters); hu, sq, el, tr, others.
 */
export const places = `
address: addr adr add addrs adres adresse anschrift adress heimilisfang osoite aadress adrese adresas direccion domicilio direccio adreca enderezo endereco morada indirizzo adresa naslov адрес адреса cim lakcim adresi dieuthinsi adresi 住所 地址 所在地 jusho juusho alamat diachi
street: str st strt road rd avenue ave av boulevard blvd lane ln drive dr way terrace thoroughfare thorofare roadname strasse gasse weg platz allee straat laan plein steeg gata gatan gatu gate vag vagen vej veg gade vei gotu katu tie tanav iela gatve rue voie chemin calle via vialidad vial carretera avenida carrer rua praca travessa logradouro strada viale piazza vicolo corso toponimo odonimo strazi ulica ul ulice namesti ulitsa ulitza улица ул вулиця prospekt pereulok utca ut utja rruga odos sokak sokagi cadde caddesi bulvari 通り 街 路 道路 街路
house: hse haus gebaude huis hus talo maja maison casa dom dum hisa kuca здание дом doma будинок haz epulet spiti 建物
building: bldg bld gebaude gebouw bygning byggnad rakennus hoone eka pastatas batiment edificio edifici predio fabbricato cladire budynek budova stavba zgrada stroenie строение epulet ktirio bina
number: nr num no nbr nmbr numb nummer numer zahl numero nro numre numara number tal liczba cislo cis stevilka broj br номер nomer szam szama hsz arithmos 番号 番地 号 號 門牌 banchi
civic number: civico civici
unit: apt apartment apmt flat suite ste rm room dwelling wohnung stiege einheit kamer lagenhet lgh lejlighed leilighet bolig bruksenhet huoneisto asunto korter dzivoklis butas appartement appart logement departamento depto puerta escalera bloque portal apartamento apto fracao interno interni scala appartamento apartament lokal lok mieszkanie byt stan stanovanje квартира kv kvartira lakas ajto daire diamerisma 室 部屋
floor: fl flr etage stockwerk stock geschoss verdieping vaning kerros korrus stavs aukstas etage etaj planta piso andar piano pietro patro poschodi nadstropje kat этаж etazh emelet 階
door: tur deur dorr dor ovi uks durvis puerta porta porte drzwi dvere vrata ajto kapi
entrance: ent eingang ingang ingang opgang entre sissepaas entree entrada ingresso wejscie vchod ulaz подъезд bejarat
suffix: suf suff sfx sufx zusatz hausnrzusatz toevoeging husbokstav bokstav suffixe sufijo sufixo suffisso esponente dodatek doplnek dodatok
prefix: pre pref prfx pfx prefijo prefixo prefisso prefixe predpona vorsatz
direction: dir drctn directional pred predir postdir himmelsrichtung richting direccional sens orientation
letter: ltr buchstabe huisletter bokstav kirjain lettre letra lettera litera pismeno slovo буква litera
fraction: frac fract half
parcel: prcl lot plot flurstuck grundstuck parzelle perceel kadaster fastighet matrikel matrikkel kiinteisto parcelle parcela foglio particella mappale dzialka parcela кадастр kadastr cadastre cadastral apn
block: blk blck bloc block kvartal manzana quadra isolato blok квартал
lane: 巷
alley: 弄
city: town twn cty municipality muni munic mun mcd village vill vlg settlement hamlet locality localities suburb community comm posttown stadt ort gemeinde gmde ortschaft ortsname wohnort stad gemeente plaats woonplaats dorp kommun ort tatort poststed kommune sted sveitarfelag kaupunki kunta kyla paikkakunta postitoimipaikka linn vald asula kula pilseta pagasts novads ciems miestas kaimas gyvenviete seniunija ville commune localite municipio ciudad localidad poblacion pueblo nucleo ciutat poblacio municipi concello cidade concelho localidade municipio cidades citta comune localita frazione oras comuna localitate miasto miejscowosc gmina wies mesto obec mestska naselje obcina grad naseleno город gorod населенный пункт naselenniy selo poselok село місто misto kozseg varos telepules helyseg polis dimos sehir ilce koy belde 市 市区町村 町 村 鎮 鄉 鄉鎮市區 shikuchoson kota
postal code: zip zipcode zip5 postcode postalcode pcode pc pstlcode plz postleitzahl pc6 postnr postnummer postinumero sihtnumber pastaindekss pastokodas codepostal cp cpost codigopostal codpostal cep cap codpost kodpocztowy psc postna postanski pošta индекс indeks indekss почтовый iranyitoszam irsz postakodu pk tk eircode pincode 郵便番号 郵遞區號 邮编 yubinbango kodepos
district: dist county cnty cty parish borough boro ward neighbourhood neighborhood nbhd subdistrict raion rayon kreis landkreis bezirk stadtteil ortsteil wijk buurt stadsdeel deelgemeente distrikt amt sokn bydel hreppur maakunta seutukunta maakond linnaosa rajons apskritis rajonas savivaldybe arrondissement canton quartier distrito comarca barrio barri freguesia bairro distretto quartiere circoscrizione sestiere judet sector powiat dzielnica osiedle okres okrug obvod ctvrt cetrt okraj opstina kotar rajon район раион okrug megye jaras kerulet nomos mahalle semt bolge 区 區 郡 縣 tehsil taluk taluka mandal kecamatan kelurahan mahallesi chome
region: reg rgn state st province prov prv territory terr admin bundesland land kanton gewest provincie landsdel fylke lan regioon region regiune departement departamento estado comunidad autonoma provincia provincies regio regione region comunita wojewodztwo woj kraj regija pokrajina zupanija oblast область obl край respublika республика megye regio periferia il ili bolgesi prefecture 都道府県 県 省 todofuken pradesh provinsi propinsi
country: ctry cntry nation nat land staat staten land maa riik valsts salis pays pais paese nazione stato tara kraj panstwo zeme krajina drzava zemlja страна strana държава країна krayina orszag chora ulke 国 國家 国家
latitude: lat y n latitud breite breitengrad breedtegraad bredde breddegrad leveysaste laiuskraad latitudine szerokosc sirka zemepisna sirina shirota широта szelesseg enlem ycoord coordy ykoord pointy y northing north nord nordlig norte 緯度
longitude: lon x e lng long longitud lange langengrad lengtegraad lengde lengdegrad pituusaste pikkuskraad longitudine dlugosc delka dolzina duzina dolgota долгота hosszusag boylam xcoord coordx xkoord pointx x easting east ost ostlig este oest øst 経度
coordinate: coord koordinate koordinater koordinaatti coordonnee coordenada coordinata wspolrzedna souradnice координата
elevation: elev altitude alt altitud hohe seehohe hoogte hoyde hojde korkeus korgus altitudine quota wysokosc vyska visina высота magassag amsl
zone: zona gebiet sone vyohyke zon
place: platz lieu lugar luogo misto миesto
`;
