// The k greatest values of each row and their indices, the greatest first. Among equal values the lower index comes first,
// and NaN is greater than everything, as in the WebAssembly kernel. TensorFlow.js's own kernel has no order for NaN, nor
// among equal infinities.

export interface TopK<Values> {
  /** [rows, k] each. */
  readonly values: Values;
  readonly indices: Int32Array<ArrayBuffer>;
}

/** Up to so many are kept in order while the row is read; more are sorted with all of the row. */
const FEW = 512;

/**
 * @param x [rows, length] floats or integers.
 * @param k From 0 to `length`.
 */
export function topK<Values extends Float32Array | Int32Array | Uint8Array>(
  x: Values,
  length: number,
  k: number,
): TopK<Values> {
  const rows = length === 0 ? 0 : x.length / length;
  const values = new (x.constructor as new (size: number) => Values)(rows * k);
  const indices = new Int32Array(rows * k);
  for (let row = 0; row < rows; row++) {
    const line = x.subarray(row * length, (row + 1) * length);
    const best = k <= FEW ? fewOf(line, k) : Int32Array.from(line, (_, i) => i).sort((a, b) => order(line, a, b));
    for (let i = 0; i < k; i++) {
      values[row * k + i] = line[best[i]];
      indices[row * k + i] = best[i];
    }
  }
  return { values, indices };
}

/** Below 0 where the value at a comes before the one at b. */
function order(line: ArrayLike<number>, a: number, b: number): number {
  const [p, q] = [line[a], line[b]];
  if (p > q) return -1;
  if (p < q) return 1;
  if (p === q) return a - b;
  const isNaNFirst = Number(Number.isNaN(q)) - Number(Number.isNaN(p));
  return isNaNFirst || a - b;
}

function fewOf(line: ArrayLike<number>, k: number): Int32Array {
  const best = new Int32Array(k);
  let size = 0;
  for (let i = 0; i < line.length && k > 0; i++) {
    if (size === k && order(line, i, best[k - 1]) > 0) continue;
    let [low, high] = [0, size];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order(line, i, best[middle]) > 0) low = middle + 1;
      else high = middle;
    }
    best.copyWithin(low + 1, low, Math.min(size, k - 1));
    best[low] = i;
    size = Math.min(size + 1, k);
  }
  return best;
}
