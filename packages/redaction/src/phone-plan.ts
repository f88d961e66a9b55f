// Runs in browsers too. Numbering plans: libphonenumber's metadata, read directly, since its parser is far too slow for a scan of running text.
import metadata from 'libphonenumber-js/max/metadata';

// The metadata is positional; the positions are those of libphonenumber-js, version 1.10 and later.
const CALLING = 0;
const PATTERN = 2;
const LENGTHS = 3;
const PREFIX = 5;

/** What is used of a country's entry: calling code, national pattern, lengths, national prefix. */
class Plan {
  readonly calling: string;
  readonly lengths: readonly number[];
  readonly prefix: string;
  readonly #source: string;
  #pattern: RegExp | undefined;

  constructor(fields: readonly unknown[]) {
    this.calling = String(fields[CALLING]);
    this.lengths = Array.isArray(fields[LENGTHS]) ? fields[LENGTHS].map(Number) : [];
    this.prefix = typeof fields[PREFIX] === 'string' ? fields[PREFIX] : '';
    this.#source = String(fields[PATTERN]);
  }

  /** Compiled at first use. */
  get pattern(): RegExp {
    return (this.#pattern ??= new RegExp(`^(?:${this.#source})$`));
  }
}

const plans = new Map<string, Plan>();
/** The plans that share a calling code. */
const byCalling = new Map<string, Plan[]>();
for (const [region, entry] of Object.entries(metadata.countries)) {
  const plan = new Plan(entry);
  plans.set(region, plan);
  const group = byCalling.get(plan.calling);
  if (group === undefined) byCalling.set(plan.calling, [plan]);
  else group.push(plan);
}

const fits = (plan: Plan, national: string): boolean =>
  (plan.lengths.length === 0 || plan.lengths.includes(national.length)) && plan.pattern.test(national);

/** North American area codes and exchanges begin with 2 to 9, and no exchange is N11. */
const NANP = /^[2-9]\d{2}[2-9]\d{6}$/;

/**
 * Digits after a plus sign, or after an international prefix.
 * @returns E.164 without the plus, or undefined where no country has such a number
 */
export function toInternational(digits: string): string | undefined {
  for (let length = 1; length <= 3; length++) {
    const calling = digits.slice(0, length);
    const group = byCalling.get(calling);
    if (group === undefined) continue;
    const rest = digits.slice(length);
    for (const national of rest.startsWith('0') ? [rest, rest.slice(1)] : [rest]) {
      if (calling === '1' ? NANP.test(national) : group.some((plan) => fits(plan, national))) return calling + national;
    }
    return undefined;
  }
  return undefined;
}

/**
 * Digits as they are dialled inside a country.
 * @returns E.164 without the plus for the first of these regions that has such a number
 */
export function toNational(digits: string, regions: readonly string[]): string | undefined {
  for (const region of regions) {
    const plan = plans.get(region);
    if (plan === undefined) continue;
    const national = plan.prefix !== '' && digits.startsWith(plan.prefix) ? digits.slice(plan.prefix.length) : digits;
    if (plan.prefix === '0' && national === digits && plan.calling !== '1') continue;
    if (plan.calling === '1' ? NANP.test(national) : fits(plan, national)) return plan.calling + national;
  }
  return undefined;
}
