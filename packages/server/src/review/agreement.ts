import type { Opinion } from '@ancilla/contracts';

/**
 * Cohen's kappa of pairs of answers: how far two people agree beyond what chance makes of their habits (Cohen, 1960).
 * @returns undefined when chance alone would agree always: then agreement says nothing
 */
export function kappa(pairs: readonly (readonly [first: string, second: string])[]): number | undefined {
  if (pairs.length === 0) return undefined;
  const shares = (at: 0 | 1) => {
    const counts = new Map<string, number>();
    for (const pair of pairs) counts.set(pair[at], (counts.get(pair[at]) ?? 0) + 1 / pairs.length);
    return counts;
  };
  const [first, second] = [shares(0), shares(1)];
  const observed = pairs.filter(([a, b]) => a === b).length / pairs.length;
  const expected = [...first].reduce((sum, [answer, share]) => sum + share * (second.get(answer) ?? 0), 0);
  return expected > 1 - 1e-12 ? undefined : (observed - expected) / (1 - expected);
}

/** A second opinion beside the decision it is compared with. */
export type Pair = Pick<Opinion, 'domain' | 'first_semantic_id' | 'semantic_id' | 'decision' | 'agrees'> & {
  readonly first_decision: Opinion['decision'];
};
/** Two answers. Where no term was named the decision is the answer. */
const answers = ({ first_semantic_id, first_decision, semantic_id, decision }: Pair): readonly [first: string, second: string] => [
  first_semantic_id ?? first_decision,
  semantic_id ?? decision,
];

/** How far two people agree, by what the terms are about. */
export function agreement(
  doubles: readonly Pair[],
): readonly { readonly domain: string; readonly pairs: number; readonly agreement: number; readonly kappa: number | null }[] {
  const byDomain = Map.groupBy(doubles, ({ domain }) => domain);
  return [...byDomain]
    .map(([domain, of]) => ({
      domain,
      pairs: of.length,
      agreement: of.filter(({ agrees }) => agrees).length / of.length,
      kappa: kappa(of.map(answers)) ?? null,
    }))
    .toSorted((a, b) => b.pairs - a.pairs);
}
