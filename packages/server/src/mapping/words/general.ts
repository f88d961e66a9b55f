/**
 * Words of columns' names in business, science and everyday tables, without accents, each line to plain English: short forms and synonyms in English, then German,
 * Dutch, the Scandinavian languages, French, Spanish, Portuguese, Italian, some Polish and Czech. Written from dictionaries and common naming standards
 * (ISO 11179 representation terms, schema.org, CDISC), not from any table. A word may stand in several lines: the first is what it mostly means.
 */
export const general = `
id: ident identifier identification ids identity uid uuid guid pk oid objectid fid recid rowid kennung kennziffer kennzahl identificatie identifikation identifikator tunnus identifiant identificador identificativo identyfikator identifikator ид sifra
key: schlussel sleutel nyckel nogle cle clave chave chiave klucz klic
code: cd cod cde kode kurzel kennzeichen codigo codice kod koodi код
name: nm nam naam namn navn nimi nom nome nombre denominacion denominacao denominazione denumire designation designacao intitule bezeichnung benennung libelle label lbl nume nazwa nazev nazov naziv ime imie jmeno название наименование имя nev megnevezes onoma isim adi 名 名称 名稱 shimei namae
title: ttl titel titre titulo titolo tytul nadpis heading headline caption otsikko
first name: fname firstname forename givenname given vorname voornaam fornamn fornavn etunimi prenom nombrepila primeiro imie jmeno krestni keresztnev vardas
last name: lname lastname surname familyname family nachname familienname zuname achternaam efternamn etternavn efternavn sukunimi apellido apellidos sobrenome apelido cognome nazwisko prijmeni priezvisko prezime vezeteknev pavarde фамилия soyadi
full name: fullname
middle name: middlename mname mi
nickname: nick alias aka spitzname
salutation: anrede honorific courtesy civilite tratamiento
user: usr username login benutzer gebruiker utilisateur usuario utente uzytkownik
person: pers persona personne persoon people individual
date: dt dte datum dato data fecha paivamaara kuupaev datums datums дата tarih ngay
time: tm tms timestamp ts datetime zeit uhrzeit tijd tid heure hora ora czas cas kello tidspunkt dttm tstamp zeitstempel horodatage
year: yr yyyy jahr jaar ar annee ano anno rok vuosi godina rik год ev yil 年
month: mon mth mm monat maand manad maned mois mes mese miesiac mesic kuukausi месяц
week: wk woche uke vecka semaine semana settimana tydzien tyden
day: dd tag dag jour dia giorno dzien den paiva
hour: hr stunde uur time timme stunden uren horas
birth: dob birthdate birthday birthdt born geboren geb geburt geburtsdatum geboorte fodelse fodsel naissance nacimiento nascimento nascita urodzenia narozeni syntyma рождения
death: dod died deceased gestorben tod overlijden deces mort muerte fallecimiento morte obito zgon umrti
start: begin began beginning beginn anfang debut inicio inizio effective from von vanaf since seit depuis desde fra od
end: ende finish fin fine final einde slutt slut until till to bis expiry expires expiration koniec konec
created: create creation inserted entered added registered erstellt angelegt opprettet skapad cree creado criado creato utworzono
updated: upd update modified modification changed change lastmodified mtime geandert aktualisiert gewijzigd oppdatert modifie modificado modificato atualizado
deleted: del deletion removed geloscht verwijderd supprime eliminado
synced: sync loaded load ingested etl
closed: close closing geschlossen ferme cerrado
due: fallig echeance vencimiento scadenza
required: req mandatory erforderlich
customer: cust custmr client clnt buyer shopper purchaser consumer kunde klant kund cliente klient zakaznik
employee: emp empl staff worker personnel mitarbeiter angestellter werknemer medewerker ansatt anstalld employe empleado funcionario dipendente impiegato pracownik zamestnanec
manager: mgr supervisor boss superior vorgesetzter leiter leidinggevende
supplier: supp suppl vendor vend provider lieferant leverancier leverantor leverandor fournisseur proveedor fornecedor fornitore dostawca dodavatel
organization: org organisation company comp co corp corporation firm firma business enterprise institution employer unternehmen gesellschaft betrieb bedrijf foretag selskap societe entreprise empresa compania azienda societa spolka
contact: cntct kontakt ansprechpartner contacto contato contatto attn attention
department: dept dpt division abteilung afdeling avdeling avdelning departement departamento reparto dzial oddeleni
team: mannschaft squad crew elftal lag lag hold equipe equipo time squadra druzyna tym selection
phone: tel telephone telefon telefono telefone telefoon puhelin fone mobile msisdn landline
mobile: cell cellphone handy gsm movil celular cellulare mobiltelefon
fax: telefax facsimile
email: mail emailaddress mailadresse courriel correo epost posta
url: uri link href website web webpage site homepage www permalink internet
domain: host hostname tld
image: img photo foto picture pic avatar icon logo bild afbeelding imagen imagem immagine thumbnail
file: filename path datei bestand fichier archivo arquivo
description: desc descr dscr describe details detail beschreibung omschrijving beskrivning beskrivelse descripcion descricao descrizione opis popis
comment: cmnt comm remark remarks note notes memo annotation observation bemerkung anmerkung hinweis opmerking kommentar anmarkning merknad commentaire remarque comentario observaciones osservazioni uwagi poznamka huomautus
text: txt body content message msg nachricht bericht meddelande texte texto testo
subject: betreff topic thema onderwerp sujet asunto assunto oggetto
amount: amt sum betrag summe bedrag belop belopp montant somme importe monto valor importo kwota castka
total: ttl tot gesamt overall grand insgesamt totaal totalt totale celkem razem
subtotal: zwischensumme net netto
price: prc preis prijs pris prix precio preco prezzo cena rate tariff msrp list hinta
cost: kosten kost kostnad omkostning cout coste costo custo koszt naklady expense fee charge
quantity: qty qnty quant amount menge anzahl stuckzahl aantal hoeveelheid antal antall quantite cantidad quantidade quantita ilosc pocet mnozstvi pieces pcs units
count: cnt ct tally
discount: disc dscnt rabatt korting rebate remise descuento desconto sconto promotion promo coupon
tax: vat gst mwst ust btw moms mva iva tva steuer skatt impuesto imposto imposta tassa podatek dan duty
currency: cur curr ccy wahrung valuta valuuta devise moneda moeda waluta mena
payment: pay paid pymt pmt zahlung betaling betalning paiement pago pagamento platnosc platba tender
invoice: inv invc bill rechnung factuur faktura facture factura fatura fattura receipt
order: ord ordr purchase po bestellung auftrag bestelling ordre commande pedido encomenda ordine zamowienie objednavka sale
line: ln lineitem position zeile regel linje ligne linea linha riga
product: prod prd item itm article art sku goods merchandise material artikel produkt vare vara produit producto produto prodotto articulo artigo articolo towar vyrobek
category: cat catg categ class classification kategorie categorie kategori categoria
type: typ tp tpe kind sort art soort slag tipo genre nature typ
group: grp gruppe groep grupp groupe grupo gruppo cohort cluster
status: stat sts state condition zustand toestand tila etat estado stato stan stav
stage: phase step stufe etape etapa fase etap
flag: flg indicator ind is bool boolean yn
reason: rsn cause grund reden orsak motif raison motivo causa powod duvod
account: acct acc konto rekening conto compte cuenta conta
balance: bal saldo solde outstanding
salary: sal wage wages pay gehalt lohn salaris lon salaire salario sueldo stipendio pensja plat compensation
income: earnings einkommen inkomen inkomst inntekt revenu ingreso ingresos renda reddito dochod prijem
revenue: turnover sales umsatz omzet omsattning chiffre ventas receita fatturato obrot trzby
profit: gain margin gewinn winst vinst benefice beneficio lucro utile zysk zisk
loss: verlust verlies perte perdida perda perdita
assets: aktiva vermogen actifs activos ativos attivi
shipping: ship shpg shipment delivery deliver dispatch freight consignee versand lieferung verzending levering livraison envio entrega spedizione consegna dostawa doruceni
billing: bill
recipient: receiver consignee empfanger ontvanger destinataire destinatario
sender: absender afzender expediteur remitente
stock: inventory inv onhand bestand lager voorraad lagret existencias estoque giacenza
warehouse: whse wh depot lager magazin entrepot almacen armazem magazzino
store: shop outlet branch laden geschaft filiale winkel butik magasin tienda loja negozio sklep zweigstelle vestiging agence succursale agencia sucursal
location: locn loc site place standort ort plats locatie emplacement lieu ubicacion localizacao luogo sijainti
brand: make maker manufacturer manuf mfr marke hersteller merk fabrikant marque fabricant marca fabricante produttore producent vyrobce
model: mdl modell modele modelo modello
weight: wt wgt gewicht vekt vikt vaegt poids peso waga hmotnost vaha paino mass masse
height: ht hgt hohe grosse hoogte lengte langd hoyde hojde taille hauteur altura altezza wzrost vyska pituus
length: len lgth lange lengte langd lengde longueur largo longitud comprimento lunghezza dlugosc delka pituus
width: wd breadth breite breedte bredd largeur ancho largura larghezza szerokosc sirka
depth: tiefe diepte djup profondeur profundidad profundidade profondita glebokosc hloubka
size: sz dimension dim grosse maat storlek taglia tamano tamanho rozmiar velikost
area: surface flache oppervlakte areal superficie powierzchnia rozloha plocha pinta acreage
volume: vol volumen volym
speed: velocity geschwindigkeit snelheid hastighet vitesse velocidad velocidade velocita predkosc
distance: dist entfernung afstand avstand distancia distanza odleglosc
duration: dur runtime dauer duur varaktighet varighet duree duracion duracao durata dlugotrwalosc running elapsed
temperature: temp temperatur temperatuur temperatura
rain: rainfall precipitation precip niederschlag regen pluie lluvia pioggia
population: pop inhabitants residents people einwohner bevolkerung inwoners bevolking befolkning invanare habitants poblacion habitantes populacao popolazione abitanti ludnosc obyvatelstvo vakiluku
density: dens dichte dichtheid densite densidad densidade densita gestosc hustota
gender: sex geschlecht geslacht kon kjonn sexe genre genero sexo genere sesso plec pohlavi sukupuoli cinsiyet kelamin
age: alter leeftijd alder edad idade eta wiek vek ika yrs
nationality: citizenship nationalitat nationaliteit nationalite nacionalidad nacionalidade nazionalita narodowosc narodnost
marital: married familienstand
language: lang lng sprache taal sprak langue idioma lengua lingua jezyk jazyk kieli locale
religion: faith glaube
ethnicity: ethnic ethn race
occupation: job profession beruf beroep yrke metier profesion profissao professione zawod povolani ammatti vocation
role: rolle rol papel ruolo function funktion functie fonction funcion funzione
position: pos posn posicion posicao posizione pozycja pozice platz poste
player: spieler speler spelare spiller joueur jugador jogador giocatore gracz hrac pelaaja athlete sportsman
club: verein klub
league: liga ligue lega division competition
coach: trainer entraineur entrenador treinador allenatore valmentaja
goal: goals tor tore doelpunt mal but buts gol goles reti bramki
captain: capt kapitan kapitein capitaine capitan capitao capitano skipper
shirt: jersey trikot maillot camiseta camisa maglia dorsal kit
match: game spiel wedstrijd kamp partido partida partita mecz zapas appearance cap
score: points pts punkte punten poang poeng puntos pontos punti result
rating: rate stars bewertung beoordeling note nota valoracion avaliacao valutazione
rank: ranking rnk rang plassering placering classement puesto posto classifica miejsce standing
award: prize preis prix premio nagroda cena honour
winner: won win sieger gewinner gagnant ganador vincitore champion
director: regie regisseur realisateur realizador regista rezyser reziser filmmaker directed
actor: starring cast star schauspieler darsteller acteur attore aktor skadespelare
author: autor auteur autore forfatter forfattare writer written
publisher: verlag herausgeber uitgever forlag editeur editorial editora editore wydawnictwo
film: movie picture pelicula elokuva filme
game: videogame spiel spel spill jeu juego jogo gioco gra hra peli
release: released rel launch published publication pub erscheinung veroffentlichung premiere
genre: gattung genero genere gatunek zanr
song: track lied sang chanson cancion cancao canzone
album: record lp
artist: kunstler kunstenaar konstnar kunstner artiste artista artysta umelec musician band performer
book: buch boek bok bog livre libro livro ksiazka kniha kirja
mountain: mt mount peak summit berg gipfel fjell montagne sommet montana montanha monte gora hora vuori
river: fluss rivier alv elv riviere fleuve rio fiume rzeka reka joki
lake: see meer sjo innsjo lac lago jezioro jezero jarvi
island: insel eiland oy ile isla ilha isola wyspa ostrov saari
sea: meer hav mer mar mare morze more
school: schule skole skola ecole escuela escola scuola szkola koulu
university: univ uni hochschule universitat universiteit universitet universite universidad universidade universita college institute
hospital: hosp krankenhaus ziekenhuis sykehus sjukhus hopital ospedale szpital nemocnice clinic
airport: flughafen luchthaven flygplats lufthavn aeroport aeropuerto aeroporto lotnisko letiste airfield
station: bahnhof gare estacion estacao stazione dworzec
capital: hauptstadt hoofdstad huvudstad hovedstad capitale stolica
continent: kontinent erdteil continente
founded: founding foundation established est inception gegrundet grundung opgericht grundad fondation fonde fundacion fundacao fondazione zalozeni
opened: opening open inauguration eroffnung
built: construction completed baujahr bouwjaar byggar construido costruito
owner: ownr proprietor holder eigentumer besitzer inhaber eigenaar agare eier proprietaire propietario proprietario wlasciciel vlastnik titulaire titular intestatario houder
operator: betreiber exploitant operador operatore
founder: grunder oprichter fondateur fundador fondatore
leader: chief head president chair chairman leiter
mayor: burgermeister burgemeester maire alcalde prefeito sindaco burmistrz starosta
spouse: wife husband partner ehepartner gatte conjoint conyuge coniuge
child: children kid kinder kind enfant hijo filho figlio
parent: mother father eltern
color: colour clr farbe kleur farg farge couleur cor colore kolor barva vari
version: ver vers rev revision release
active: act enabled valid live aktiv actief actif activo ativo attivo aktywny
percent: pct perc percentage prozent procent pourcentage porcentaje porcentagem percentuale share ratio proportion
average: avg mean durchschnitt gemiddelde genomsnitt moyenne promedio media srednia prumer
minimum: min mindest lowest low
maximum: max hochst highest high
median: med
deviation: sd std stdev
value: val wert waarde varde verdi valeur valore wartosc hodnota
rate: rt quote taux tasa taxa tasso
source: src origin provenance quelle bron kalla kilde fuente fonte zrodlo zdroj
target: tgt dest destination ziel doel mal objetivo destino
previous: prev prior former old vorherig vorig tidligare precedent anterior precedente poprzedni
current: curr actual present now aktuell huidig nuvarande actuel
next: nxt following nachste volgende suivant siguiente seguinte prossimo
other: oth andere ovrig autre otro outro altro inny jiny
unknown: unk unbekannt
ticket: tkt case incident issue request vorgang
priority: prio severity urgency prioritat prioriteit priorite prioridad
assignee: assigned assignedto handler bearbeiter
campaign: kampagne campagne campana
opportunity: opp oppty deal verkaufschance
contract: contr vertrag avtal kontrakt contrat contrato contratto umowa smlouva agreement
insurance: ins versicherung verzekering forsakring assurance seguro assicurazione
bank: banque banco banca
card: karte kaart kort carte tarjeta cartao carta
expiry: exp expires expire expiration ablauf verval
reference: ref refr referenz referentie referens referencia riferimento
external: ext extern
method: mthd methode metodo means
channel: chnl kanal kanaal canal canale
channel name: network broadcaster
duration of run: runtime
question: frage vraag pregunta pergunta domanda
answer: antwort antwoord response reply reponse respuesta resposta risposta
patient: pat pt subject participant proband paciente paziente
case: kase fall casus
diagnosis: dx diag diagn diagnose diagnostic diagnostico diagnosi
treatment: tx trt therapy ther therapie behandlung behandeling traitement tratamiento terapia
histology: hist histo histologic histological histologie
pathology: path patho pathologic pathological pathologie
clinical: clin klinisch clinique clinico
tumor: tumour tum neoplasm neoplastic cancer carcinoma malignancy
metastasis: mets met metastases metas metastatic
stage of disease: staging
node: nodes ln lymphnode nodal
lymph: lymphatic
invasion: invasive infiltration
recurrence: recur recurrent reoccur reoccurrence relapse
survival: surv os
vital: alive living
follow: fu followup
smoking: smoke smoker tobacco cigarette cigarettes nicotine
alcohol: drinking drink ethanol
exposure: exposed expo
symptom: sx symptoms
medication: med meds drug rx medicine
disease: dis illness disorder krankheit ziekte maladie enfermedad doenca malattia
sample: smpl specimen spec aliquot probe
site: anatomic anatomical
laterality: side
history: hx hist anamnesis
family: fam familial relative
family history: fhx
body mass index: bmi
date of birth: geburtstag
place of birth: birthplace pob geburtsort
cause of death: cod todesursache
gross domestic product: gdp bip pib pil
united states: usa us
first: eerste erste premier primero forste forsta pierwszy
last: laatste letzte dernier ultimo ultima siste sista ostatni
absence: absent verzuim abwesenheit fehlzeit fravaer franvaro ausencia assenza
consumption: verbrauch verbruik forbruk forbrukning consommation consumo zuzycie spotreba
cancellation: cancelled canceled kundigung storno opzegging annulation cancelacion cancelamento annullamento
consent: optin einwilligung toestemming samtycke consentement consentimiento consenso
meter: zahler compteur contador contatore matare
national id: bsn pesel personnummer personnr fodselsnummer hetu jmbg
planned departure: etd
planned arrival: eta
point of sale: pos
social security number: ssn
stock keeping unit: sku
`;
