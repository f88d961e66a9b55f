/** Gives a vector the length 1, in place; one of zeros stays. Squares are summed as shares of the largest, with what rounding loses (Kahan 1965): the same in every engine, which `Math.hypot` is not. */
export function normalise(vector: Float32Array): Float32Array {
  let most = 0;
  for (let i = 0; i < vector.length; i++) most = Math.max(most, Math.abs(vector[i] ?? 0));
  if (most === 0) return vector;
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < vector.length; i++) {
    const part = (vector[i] ?? 0) / most;
    const square = part * part - lost;
    const next = sum + square;
    lost = next - sum - square;
    sum = next;
  }
  const length = Math.sqrt(sum) * most;
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) / length;
  return vector;
}
