// Runs in browsers too. Every shipped detector; to add one is to add it here, with its examples.
import type { Detector } from '../detector.ts';
import { address, addressCorner, addressGermanic, addressLived, addressMilitary } from './address.ts';
import { addressTyped } from './address-typed.ts';
import { card } from './card.ts';
import { cryptoAddress } from './crypto-address.ts';
import { dateOfBirth } from './date-of-birth.ts';
import { digitsSaid } from './digits-said.ts';
import { eastern } from './eastern.ts';
import { email, emailSpelt } from './email.ts';
import { iban } from './iban.ts';
import { ipv4, ipv6, mac, macPlain } from './network.ts';
import { nationalId } from './labelled-number.ts';
import { messageFields } from './message-fields.ts';
import { person } from './person.ts';
import { personLogin, personQuoted } from './person-handle.ts';
import { personSmall } from './person-typed.ts';
import { phone } from './phone.ts';
import { secretAssigned } from './secret-assigned.ts';
import { jwt, privateKey, urlCredentials } from './secret-blocks.ts';
import { secretCommand } from './secret-command.ts';
import { secretPrefixes } from './secret-prefixes.ts';
import { secretShapes } from './secret-shapes.ts';
import { usSsn } from './us-ssn.ts';

export const detectors: readonly Detector[] = [
  email,
  emailSpelt,
  card,
  digitsSaid,
  iban,
  usSsn,
  nationalId,
  phone,
  ipv4,
  ipv6,
  mac,
  macPlain,
  cryptoAddress,
  dateOfBirth,
  jwt,
  privateKey,
  urlCredentials,
  secretPrefixes,
  secretShapes,
  secretAssigned,
  secretCommand,
  address,
  addressCorner,
  addressGermanic,
  addressMilitary,
  addressLived,
  addressTyped,
  // Before those who read names anywhere: its words are its own.
  messageFields,
  person,
  personSmall,
  personQuoted,
  personLogin,
  eastern,
];
