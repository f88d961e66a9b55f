// General knowledge about how columns are called: abbreviations and other languages, each to plain English words. Not made from any labelled table.

const table = `
addr adr address=address; amt=amount; qty quant=quantity; num nr nbr no numero número nummer numer=number; desc descr=description; tel telephone telefon phone mobile cell fone=phone;
zip postcode plz cp postal cap postnr postnummer psc=postal code; fname firstname vorname prenom prénom nombre=first name; lname lastname surname nachname nom apellido cognome familyname=last name;
dob birthdate birthday geburtsdatum born=birth date; dt datum fecha data=date; lat breitengrad latitud=latitude; lon lng long laengengrad longitud=longitude; prov province region state bundesland kanton provincia departement département estado=state;
org organisation company firma empresa corp=organization; vendor lieferant fournisseur=supplier; client kunde cliente cust buyer=customer; emp mitarbeiter employé staff=employee; ident identifier identifiant kennung uid uuid guid=id;
town ort stadt ville ciudad comune city gemeinde municipality gmina kommune miasto localidad commune localite localité=city; mail email courriel correo=email; sex geschlecht genero género=gender; tms ts timestamp=time; yr jahr annee année ano año anno=year;
pct percentage=percent; ctry land pays pais país nation paese=country; str strasse straße rue calle via street road rd ulica straat gata vej=street; hausnr hausnummer hsnr housenumber housenum civic haus hnr=house number; unit apt apartment wohnung suite flat=unit;
addrnum stnum streetnumber=house number; pop population einwohner=population; lang langue sprache=language; cur curr waehrung währung devise moneda=currency; cntry=country; descr=description; cat categ kategorie=category; prod artikel produit producto=product;
ord bestellung commande pedido=order; inv rechnung facture factura=invoice; pymt pay zahlung paiement pago payment=payment; acct konto compte cuenta account=account; dept abteilung=department; mgr chef manager=manager; sal gehalt salaire=salary; hgt groesse größe taille altura height=height;
wgt gewicht poids peso weight=weight; pos position posicion=position; verein equipe équipe equipo squad team club=club; spieler joueur jugador=player; alter age edad âge=age; titel titre titulo title=title; beschreibung description=description; preis prix precio cost price=price;
anzahl menge quantite cantidad=quantity; begin start beginn=start; ende fin end=end; neu nouveau=new; dir regie=director; img foto photo bild=image; url link href website homepage web=url; disc rabatt=discount; crs kurs=course; elev elevation hoehe höhe altitude alt=elevation;
ship shipping versand livraison=shipping; bill billing=billing; createdate creationdate created=created; upd updated modified changed=updated; del deleted=deleted; yob=birth year; pob birthplace geburtsort=birth place; cap capital hauptstadt capitale=capital; iso=code; abbr abbreviation=code;
dist district bezirk barrio=district; county kreis landkreis comte condado=county; nbhd neighborhood=neighborhood; loc location standort lieu=location; geo=location; fax=fax; attn=contact; dx diagnosis diag=diagnosis; hist histology=histology; tx therapy treatment=treatment; yrs years=years; mos months=months; grp gruppe=group; typ art type=type; bmi=body mass index
`;

const words = new Map<string, readonly string[]>();
for (const line of table.replaceAll('\n', ' ').split(';')) {
  const [from = '', to = ''] = line.split('=');
  const target = to.trim().split(' ');
  for (const word of from.trim().split(/\s+/)) if (word !== '' && word !== to.trim()) words.set(word, target);
}

/** The plain English words a word of a column's name stands for; itself when it is none of these. */
export const expand = (word: string): readonly string[] => words.get(word) ?? [word];

/** Words that may stand in the clear in training data: everybody's, no tenant's. */
export const isPublicWord = (word: string): boolean => words.has(word) || publicWords.has(word);
const publicWords = new Set(
  'id name code type date time number value amount price total count status state city country address street postal email phone first last full title description category class group order item product customer client supplier vendor employee company organization contact account invoice payment tax discount currency quantity weight height length width size color model brand year month day start end created updated birth gender age language latitude longitude elevation population region county district capital url image rating score rank position team club player league season director film movie book author artist genre release duration distance speed power engine fuel origin source target key index row column note comment reason flag active enabled deleted version level parent child owner user role department manager salary'.split(
    ' ',
  ),
);
