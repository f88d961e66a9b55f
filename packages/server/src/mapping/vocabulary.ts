// General knowledge of how columns are called: abbreviations, synonyms and the words of other languages, each to plain English. Not made from any labelled table.

/** English on the left, what stands for it on the right. A word stands in one line: the meaning it mostly has as a column's name. */
const table = `
address: addr adr adres adresse anschrift direccion direccio indirizzo endereco adresa osoite cim aadress adrese adresas morada domicilio
street: str strasse straße strasze straat rue calle carrer via rua ulica ulice ulitsa gata gatan gate vej veg vei katu utca tanav tänav iela gatve strada sokak cadde cesta thoroughfare road rd avenue ave boulevard blvd lane straatnaam odonim
house: haus hus huis casa dom dum talo maison building bldg civic gebaeude gebäude batiment bâtiment
number: nr num nbr no nummer numer numero número numéro čislo cislo numar szam szám zahl nro numbr numbering nmbr nrs broj stevilka
unit: apt apartment apartamento appartement wohnung suite flat lagenhet lejlighed byt lakas ste einheit unidad
floor: etage etaz stock stockwerk piso piano verdieping kerros storey patro emelet
door: tur tuer tür deur puerta porta dvere
city: town ort stadt ville ciudad citta città cidade comune gemeinde municipality municipio municipi gmina kommune kommun kunta miasto mesto obec localidad locality localite localité localita commune plaats woonplaats gemeente village poblacion población concelho freguesia varos város telepules település linn miestas pilseta sted poststed postort stad sehir şehir oras grad communaute ortschaft
postal code: zip zipcode postcode plz cp postnr postnummer psc codigopostal kodpocztowy cap postalcode postinumero irsz iranyitoszam sihtnumber postleitzahl codepostal postkode
code: kode kod codice codigo código cod cd abbr abbreviation kuerzel kürzel
state: bundesland estado prov province provincia provincie region kanton canton oblast voivodeship wojewodztwo kraj lan län fylke maakunta megye departement département stato regione regio
district: county distrito bezirk barrio arrondissement powiat okres kreis landkreis landratsamt comarca wijk buurt quartier bairro distretto borough rayon ilce ward subdivision comte condado concelho
country: land nation pais país pays paese nazione ctry cntry zeme riik maa ülke ulke strana
region: gebiet zone
latitude: lat latitud breitengrad breite szerokosc latitudine ycoord coordy northing
longitude: lon lng long longitud laengengrad längengrad dlugosc longitudine xcoord coordx easting
elevation: elev altitude altitud altitudine hoehe höhe hoogte seehoehe meereshoehe amsl
name: nom nome naam namn navn nimi nev név nazwa nazev název nimetus naziv bezeichnung benennung denominacion denominazione denumire nimike label caption libelle libellé
first name: fname firstname vorname prenom prénom givenname forename voornaam fornavn förnamn imie jmeno keresztnev given
last name: lname lastname surname nachname apellido apellidos cognome familyname achternaam efternavn efternamn nazwisko prijmeni sobrenome family
full name: fullname
middle name: middlename mname mi
user: usr username login benutzer utilisateur usuario utente
date: dt datum fecha dato paiva kuupaev tarih
birth: dob birthdate birthday born geb geboren geburt geburtsdatum naissance nacimiento nascita nascimento syntyma narozeni urodzenia
death: dod died deceased gest gestorben sterbe deces décès muerte morte mort
time: uhrzeit zeit heure hora ora tid cas czas aika timestamp tms ts tijd
year: yr jahr annee année ano año anno jaar ar rok vuosi yyyy godina
month: mon monat mois mes mese maand
day: tag jour dia día giorno dag
start: begin began beginn debut début inicio inizio from von since seit effective
end: ende fin fine finish until till bis stop to expiry expires expiration
created: create creation createdate createdat inserted erstellt registered entered
updated: upd update modified modification changed lastmodified lastupdated geaendert geändert mtime
deleted: del deletion removed
id: ident identifier identifiant identificador kennung uid uuid guid pk oid objectid fid identificacion kennziffer
key: schluessel schlüssel clave
customer: cust client kunde klant cliente buyer shopper purchaser kund
employee: emp staff mitarbeiter employe employé empleado dipendente worker personnel colleague
manager: mgr supervisor boss vorgesetzter chef reports
supplier: vendor lieferant fournisseur proveedor fornitore leverancier
organization: org organisation company firma empresa azienda corp corporation bedrijf business entreprise enterprise société societe unternehmen institution
contact: kontakt ansprechpartner attn contacto
department: dept abteilung abt afdeling reparto
phone: tel telephone telefon mobile cell telefono teléfono téléphone fone handy telefoon msisdn telefonnummer phonenumber landline
fax: telefax
email: mail emailaddress courriel correo epost
url: link href website homepage web uri webpage webseite
image: img foto photo bild picture pic imagen avatar
description: desc descr beschreibung descripcion descrizione beskrivelse details
comment: remark remarks note notes bemerkung anmerkung comentario commentaire memo observation
title: titel titre titulo título titolo heading headline
amount: amt betrag montant importe importo sum
total: gesamt ttl summe tot overall grand
price: preis prix precio prezzo cost kosten fee charge msrp pris cena
quantity: qty quant menge quantite quantité cantidad quantita anzahl pieces pcs units
count: cnt
discount: disc rabatt remise descuento sconto rebate promotion promo
tax: vat mwst ust iva tva gst steuer impuesto taxes
currency: cur curr ccy waehrung währung devise moneda valuta
payment: pymt pmt pay paid zahlung paiement pago pagamento
invoice: inv rechnung facture factura fattura faktura
order: ord bestellung commande pedido ordine auftrag po purchase
product: prod artikel article articolo produit producto prodotto item sku merchandise goods material
category: cat categ kategorie categorie catégorie categoria class classification
type: typ art tipo kind form tpe
group: grp gruppe groupe grupo gruppo cohort
status: stat zustand condition
account: acct acc konto compte cuenta conto
balance: bal saldo solde
salary: sal gehalt salaire salario wage stipendio compensation
income: einkommen revenu ingreso earnings
revenue: umsatz turnover sales
profit: gewinn gain benefice
shipping: ship shipment versand livraison envio delivery freight lieferung dispatch
billing: bill
stock: inventory bestand lager
weight: wgt wt gewicht poids peso vikt
height: hgt ht groesse größe taille altura altezza körpergröße korpergrosse
length: len laenge länge longueur largo lunghezza
width: breadth wid largeur ancho
depth: tiefe profondeur profundidad
size: dimension measurement taglia
area: flaeche fläche superficie surface oppervlakte acreage
volume: vol volumen
speed: geschwindigkeit vitesse velocidad
distance: dist entfernung distancia
duration: dauer duree durée duracion runtime
temperature: temp
population: pop einwohner inhabitants habitants bevoelkerung residents
gender: sex geschlecht sexe genero género sesso
age: alter edad âge eta età leeftijd
nationality: nationalitaet nationalität nationalite nacionalidad citizenship
marital: married familienstand
language: lang langue sprache idioma lingua taal
religion: faith
position: pos posicion posición posizione poste rolle
role: job occupation profession beruf métier puesto
player: spieler joueur jugador giocatore speler athlete
team: mannschaft equipe équipe equipo squadra squad elftal
club: verein vereine
league: liga ligue lega
coach: trainer entraineur
goal: goals tore tor buts goles
captain: kapitaen kapitän capitaine capitan skipper
shirt: jersey trikot maillot dorsal
match: spiel partido
score: punkte points rating
rank: rang ranking platz standing
director: regie regisseur réalisateur filmmaker
actor: starring cast schauspieler darsteller acteur
author: autor auteur autore writer verfasser
publisher: verlag herausgeber editor editeur éditeur
film: movie pelicula película
game: videogame jeu juego
release: released launch
genre: gattung
song: track lied chanson
album: record lp
artist: kuenstler künstler musician band interpret
book: buch livre libro
mountain: mount mt peak summit berg gipfel montagne
river: fluss riviere rivière rio río
lake: lac lago
school: schule ecole école escuela
university: univ hochschule universität college almamater alma
airport: flughafen aeroport aéroport aeropuerto airfield
capital: hauptstadt capitale
continent: kontinent
founded: gegruendet gegründet established foundation inception
owner: eigentuemer eigentümer proprietor proprietaire holder
operator: betreiber
manufacturer: make maker hersteller fabricant brand marke mfr
model: modell modele
color: colour farbe couleur
version: ver revision rev
active: enabled aktiv actif activo
flag: flg indicator ind bool
percent: pct percentage prozent pourcentage
average: avg mean durchschnitt moyenne
minimum: min
maximum: max
value: val wert valeur valor
reason: grund motif cause
source: src quelle origin
target: tgt ziel destination
previous: prev prior former old
current: actual present
message: msg nachricht
ticket: incident issue
question: frage
answer: antwort response reply
subject: betreff topic
priority: prio severity urgency
campaign: kampagne
lead: prospect
opportunity: deal oppty
contract: vertrag contrat
insurance: versicherung assurance
bank: banque banco
card: karte carte tarjeta
patient: pat participant
diagnosis: dx diag diagnostic
treatment: tx therapy therapie
histology: hist histological histologic histopathology
pathology: path patho pathologic pathological
clinical: clin clinic
tumor: tumour neoplasm cancer
metastasis: mets metastases metas metastatic
lymph: lymphatic
recurrence: reoccur reoccurrence relapse recur
smoking: smoke smoker tobacco cigarette cigarettes
alcohol: drinking drink
race: ethnicity ethnic
vital: alive survival
necrosis: necrotic
sample: specimen smpl
laterality: side
family: fam
history: hx
birth place: birthplace pob geburtsort
body mass index: bmi
gross domestic product: gdp bip pib
united states: usa
`;

/** Other languages and short forms that read as two or more English words. */
const words = new Map<string, readonly string[]>();
const english = new Set<string>();
for (const line of table.trim().split('\n')) {
  const [to = '', from = ''] = line.split(':');
  const meaning = to.trim().split(' ');
  for (const word of meaning) english.add(word);
  for (const word of from.trim().split(/\s+/)) if (!words.has(word)) words.set(word, meaning);
}
for (const word of english) words.delete(word);

const publicWords = new Set(
  'brand parent child index row column license location rate note level domain file format method mode option plan policy process project report request result rule schedule scope section service session set setting shop site store tag task template test tier token transaction unit view visit zone and of in on by at per for the is has'.split(
    ' ',
  ),
);

/** The plain English words a word of a column's name stands for; itself when it is none of these. */
export const expand = (word: string): readonly string[] => words.get(word) ?? words.get(singular(word)) ?? [word];

/** Whether a word has a meaning here, so that a longer one may be made of it. */
export const isKnown = (word: string): boolean => words.has(word) || english.has(word);

/** Words that may stand in the clear in training data: everybody's, no tenant's. */
export const isPublicWord = (word: string): boolean => isKnown(word) || publicWords.has(word);

/** An English plural as its singular; other words as they are. */
export const singular = (word: string): string =>
  word.length > 4 && word.endsWith('ies') ? `${word.slice(0, -3)}y` : word.length > 3 && /[^su]s$/.test(word) ? word.slice(0, -1) : word;
