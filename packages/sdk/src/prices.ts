// Runs in browsers too.
import { isRecord } from '@ancilla/contracts';
import type { Governed } from './transport.ts';

/** A price list's content: USD cents for a million tokens, by model id. */
interface Price {
  readonly input_cents_per_million: number;
  readonly output_cents_per_million: number;
}

const isPrice = (value: unknown): value is Price =>
  isRecord(value) && typeof value['input_cents_per_million'] === 'number' && typeof value['output_cents_per_million'] === 'number';

/** What some tokens cost: USD cents with at most 6 decimals; null when model or token counts are not known: never a guess. */
export function estimateCost(
  list: Pick<Governed, 'content'> | undefined,
  model_id: string,
  tokensIn: number | null,
  tokensOut: number | null,
): number | null {
  const models = isRecord(list?.content) ? list.content['models'] : undefined;
  const price = isRecord(models) && Object.hasOwn(models, model_id) ? models[model_id] : undefined;
  if (!isPrice(price) || tokensIn === null || tokensOut === null) return null;
  const cents = (tokensIn * price.input_cents_per_million + tokensOut * price.output_cents_per_million) / 1e6;
  return Math.round(cents * 1e6) / 1e6;
}
