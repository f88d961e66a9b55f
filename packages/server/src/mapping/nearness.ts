/**
 * Cosines of a unit vector and those of a list; what points away has nothing in common.
 * @param list - vectors of the same length, one after the other
 * @returns for each of the list a number from 0 to 1
 */
export function nearness(of: Float32Array, list: Float32Array): Float64Array {
  const dim = of.length;
  const made = new Float64Array(list.length / dim);
  const last = made.length - 1;
  // Four sums side by side: each step of a sum waits for the one before. At the end the last one is summed again.
  for (let at = 0; at <= last; at += 4) {
    const second = Math.min(at + 1, last);
    const third = Math.min(at + 2, last);
    const fourth = Math.min(at + 3, last);
    const a = at * dim;
    const b = second * dim;
    const c = third * dim;
    const d = fourth * dim;
    let ofA = 0;
    let ofB = 0;
    let ofC = 0;
    let ofD = 0;
    for (let i = 0; i < dim; i++) {
      const value = of[i] ?? 0;
      ofA += value * (list[a + i] ?? 0);
      ofB += value * (list[b + i] ?? 0);
      ofC += value * (list[c + i] ?? 0);
      ofD += value * (list[d + i] ?? 0);
    }
    made[at] = share(ofA);
    made[second] = share(ofB);
    made[third] = share(ofC);
    made[fourth] = share(ofD);
  }
  return made;
}

const share = (cosine: number): number => Math.min(1, Math.max(0, cosine));

/** Of each two of a list that belong together, the larger. */
export function nearer(pairs: Float64Array): Float64Array {
  const made = new Float64Array(pairs.length / 2);
  for (let at = 0; at < made.length; at++) made[at] = Math.max(pairs[2 * at] ?? 0, pairs[2 * at + 1] ?? 0);
  return made;
}

/** Vectors one after the other. */
export function joined(vectors: readonly Float32Array[]): Float32Array {
  const dim = vectors[0]?.length ?? 0;
  const all = new Float32Array(vectors.length * dim);
  for (const [at, vector] of vectors.entries()) all.set(vector, at * dim);
  return all;
}
