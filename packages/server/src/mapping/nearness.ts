/**
 * Cosines of two unit vectors and those of a list, of which each two belong together: the nearer one counts, 0 to 1; what points away counts as nothing in common.
 * @param pairs - vectors of the same length, one after the other
 * @returns for each of the two a number for every pair
 */
export function nearness(a: Float32Array, b: Float32Array, pairs: Float32Array): readonly [ofA: Float64Array, ofB: Float64Array] {
  const dim = a.length;
  const made = [new Float64Array(pairs.length / dim / 2), new Float64Array(pairs.length / dim / 2)] as const;
  for (let pair = 0; pair < made[0].length; pair++) {
    const [first, second] = [2 * pair * dim, (2 * pair + 1) * dim];
    // Four sums side by side: each step of a sum waits for the one before.
    let [a1, a2, b1, b2] = [0, 0, 0, 0];
    for (let i = 0; i < dim; i++) {
      const ofA = a[i] ?? 0;
      const ofB = b[i] ?? 0;
      const one = pairs[first + i] ?? 0;
      const two = pairs[second + i] ?? 0;
      a1 += ofA * one;
      a2 += ofA * two;
      b1 += ofB * one;
      b2 += ofB * two;
    }
    made[0][pair] = Math.min(1, Math.max(0, a1, a2));
    made[1][pair] = Math.min(1, Math.max(0, b1, b2));
  }
  return made;
}
