// Runs in browsers too. Every shipped detector; to add one is to add it here, with its examples.
import type { Detector } from '../detector.ts';
import { card } from './card.ts';
import { email } from './email.ts';
import { iban } from './iban.ts';
import { phone } from './phone.ts';

export const detectors: readonly Detector[] = [email, card, iban, phone];
