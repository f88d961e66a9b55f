// @openredaction/core with its own defaults.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { serve } from './protocol.mjs';

const { OpenRedaction } = await import(pathToFileURL(createRequire(`${process.cwd()}/`).resolve('@openredaction/core')).href);
const TYPES = [
  [/EMAIL/, 'EMAIL'],
  [/IBAN/, 'IBAN'],
  [/CREDIT|CARD/, 'CREDIT_CARD'],
  [/PHONE|FAX|MOBILE/, 'PHONE'],
  [/^SSN|US_SSN|ITIN/, 'US_SSN'],
  [/IPV?[46]?($|_)/, 'IP_ADDRESS'],
  [/MAC/, 'MAC_ADDRESS'],
  [/BITCOIN|ETHEREUM|CRYPTO|WALLET/, 'CRYPTO_ADDRESS'],
  [/NAME|PERSON/, 'PERSON'],
  [/ADDRESS|POSTCODE|ZIP|STREET/, 'ADDRESS'],
  [/DOB|BIRTH/, 'DATE_OF_BIRTH'],
  [/BANK|ACCOUNT|ROUTING|SORT/, 'BANK_ACCOUNT'],
  [/KEY|TOKEN|SECRET|PASSWORD|JWT/, 'SECRET'],
];
const detector = new OpenRedaction();
await serve(async (text) =>
  (await detector.detect(text)).detections.map(({ type, position: [start, end] }) => ({
    start,
    end,
    type: TYPES.find(([pattern]) => pattern.test(type))?.[1] ?? 'NATIONAL_ID',
  })),
);
