// Runs in browsers too.

/**
 * e to the x, to the last bit the same everywhere: `Math.exp` may differ between engines and versions, and models must not.
 * Argument reduction by multiples of ln 2 in two parts, then a rational approximation on [−0.35, 0.35]; error under one unit in the last place.
 * @see fdlibm e_exp.c, Sun Microsystems 1993
 */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019411) return 0;
  const times = Math.abs(x) > 0.5 * LN2_HIGH ? Math.round(x * Math.LOG2E) : 0;
  const high = x - times * LN2_HIGH;
  const low = times * LN2_LOW;
  const r = high - low;
  const square = r * r;
  const c = r - square * (P1 + square * (P2 + square * (P3 + square * (P4 + square * P5))));
  const y = times === 0 ? 1 - ((r * c) / (c - 2) - r) : 1 - (low - (r * c) / (2 - c) - high);
  // Two steps: a power of two beyond the normal range is no number of its own.
  const half = Math.trunc(times / 2);
  return y * powerOfTwo(half) * powerOfTwo(times - half);
}
/** Half of the exponents there are, and a step: a power from a table costs a tenth of one that is computed. */
const MOST = 540;
const powers = Float64Array.from({ length: 2 * MOST + 1 }, (_, at) => 2 ** (at - MOST));
const powerOfTwo = (exponent: number): number => powers[exponent + MOST] ?? 2 ** exponent;
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const P1 = 1.66666666666666019037e-1;
const P2 = -2.77777777770155933842e-3;
const P3 = 6.61375632143793436117e-5;
const P4 = -1.6533902205465251539e-6;
const P5 = 4.13813679705723846039e-8;
