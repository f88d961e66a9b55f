/**
 * Whether units fell on the candidate as often as they should: if not, something picks who is counted, and no comparison holds.
 * Confidence sequence of a share, Robbins' beta-binomial mixture with a = b = 1/2: valid at all looks together.
 */
export function isSplitAsMeant(units: { readonly candidate: number; readonly stable: number }, share: number, alpha: number): boolean {
  const { candidate, stable } = units;
  const logLikelihood = candidate * Math.log(share) + stable * Math.log(1 - share);
  return logBeta(candidate + 0.5, stable + 0.5) - logBeta(0.5, 0.5) - logLikelihood < Math.log(1 / alpha);
}

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);

/** Stirling's series after shifting the argument above 10: right to twelve digits. */
function logGamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < 10; at++) shift -= Math.log(at);
  const inverse = 1 / (at * at);
  return shift + (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + (1 / 12 - inverse * (1 / 360 - inverse / 1260)) / at;
}
