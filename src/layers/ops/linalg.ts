// Linear algebra on one matrix in float64. Matrices are Float64Arrays by rows.
// Source: G. H. Golub and C. F. Van Loan, Matrix Computations

export type Matrix = Float64Array;

export interface Lu {
  /** Both factors in one matrix: below the diagonal the lower one, whose diagonal is 1. */
  readonly lu: Matrix;
  /** Row i was exchanged with row pivots[i]. */
  readonly pivots: Int32Array;
  readonly sign: number;
}

/** Factors of the matrix with rows exchanged so that the largest value of a column leads. */
export function luFactor(a: Matrix, n: number): Lu {
  const lu = a.slice();
  const pivots = new Int32Array(n);
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(lu[i * n + k]) > Math.abs(lu[pivot * n + k])) pivot = i;
    pivots[k] = pivot;
    if (pivot !== k) {
      sign = -sign;
      swapRows(lu, n, k, pivot);
    }
    if (lu[k * n + k] === 0) continue;
    for (let i = k + 1; i < n; i++) {
      lu[i * n + k] /= lu[k * n + k];
      for (let j = k + 1; j < n; j++) lu[i * n + j] -= lu[i * n + k] * lu[k * n + j];
    }
  }
  return { lu, pivots, sign };
}

function swapRows(a: Matrix, columns: number, i: number, j: number): void {
  const row = a.slice(i * columns, (i + 1) * columns);
  a.copyWithin(i * columns, j * columns, (j + 1) * columns);
  a.set(row, j * columns);
}

/** Solves for k right sides [n, k]. A triangular matrix is read from one half only. */
export function solveTriangular(
  a: Matrix,
  n: number,
  b: Matrix,
  k: number,
  isLower: boolean,
  hasUnitDiagonal = false,
): Matrix {
  const x = b.slice();
  for (let step = 0; step < n; step++) {
    const i = isLower ? step : n - 1 - step;
    for (let c = 0; c < k; c++) {
      let sum = x[i * k + c];
      for (let j = isLower ? 0 : i + 1; j < (isLower ? i : n); j++) sum -= a[i * n + j] * x[j * k + c];
      x[i * k + c] = hasUnitDiagonal ? sum : sum / a[i * n + i];
    }
  }
  return x;
}

export function solveMatrix(a: Matrix, n: number, b: Matrix, k: number): Matrix {
  const { lu, pivots } = luFactor(a, n);
  const x = b.slice();
  pivots.forEach((pivot, i) => {
    if (pivot !== i) swapRows(x, k, i, pivot);
  });
  return solveTriangular(lu, n, solveTriangular(lu, n, x, k, true, true), k, false);
}

export function identity(n: number): Matrix {
  return Float64Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
}

export function transpose(a: Matrix, rows: number, columns: number): Matrix {
  return Float64Array.from({ length: rows * columns }, (_, i) => a[(i % rows) * columns + Math.floor(i / rows)]);
}

/** [rows, inner] times [inner, columns]. */
export function multiply(a: Matrix, b: Matrix, rows: number, inner: number, columns: number): Matrix {
  const c = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      for (let j = 0; j < columns; j++) c[i * columns + j] += a[i * inner + k] * b[k * columns + j];
    }
  }
  return c;
}

/** The lower factor; NaN for a matrix that is not positive definite. Reads the symmetric part. */
export function cholesky(a: Matrix, n: number): Matrix {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = (a[i * n + j] + a[j * n + i]) / 2;
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      if (i === j && sum <= 0) return l.fill(Number.NaN);
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j];
    }
  }
  return l;
}

/** Householder's q [m, m] and r [m, n] with LAPACK's signs: r's diagonal opposes the sign of what it replaces. */
export function qr(a: Matrix, m: number, n: number): { q: Matrix; r: Matrix } {
  const r = a.slice();
  const q = identity(m);
  for (let k = 0; k < Math.min(m - 1, n); k++) {
    const v = new Float64Array(m);
    let below = 0;
    for (let i = k; i < m; i++) {
      v[i] = r[i * n + k];
      if (i > k) below += v[i] ** 2;
    }
    if (below === 0) continue;
    v[k] += (v[k] < 0 ? -1 : 1) * Math.sqrt(below + v[k] ** 2);
    const scale = 2 / (below + v[k] ** 2);
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let i = k; i < m; i++) sum += v[i] * r[i * n + j];
      for (let i = k; i < m; i++) r[i * n + j] -= scale * sum * v[i];
    }
    for (let row = 0; row < m; row++) {
      let sum = 0;
      for (let i = k; i < m; i++) sum += q[row * m + i] * v[i];
      for (let i = k; i < m; i++) q[row * m + i] -= scale * sum * v[i];
    }
    for (let i = k + 1; i < m; i++) r[i * n + k] = 0;
  }
  return { q, r };
}

const sweeps = 60;

/** Eigenvalues of a symmetric matrix, ascending, with the vectors in the columns, by Jacobi's rotations. */
export function eigh(given: Matrix, n: number): { values: Float64Array; vectors: Matrix } {
  const a = Float64Array.from(given, (value, i) => (value + given[(i % n) * n + Math.floor(i / n)]) / 2);
  const v = identity(n);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let rest = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rest += a[p * n + q] ** 2;
    if (rest === 0) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[i * n + i] - a[j * n + j]);
  return {
    values: Float64Array.from(order, (i) => a[i * n + i]),
    vectors: Float64Array.from({ length: n * n }, (_, i) => v[Math.floor(i / n) * n + order[i % n]]),
  };
}

/** Makes a[p][q] zero by a rotation of rows and columns p and q. */
function rotate(a: Matrix, v: Matrix, n: number, p: number, q: number): void {
  const off = a[p * n + q];
  const [first, second] = [a[p * n + p], a[q * n + q]];
  if (Math.abs(off) <= 1e-18 * Math.sqrt(Math.abs(first * second)) || off === 0 || Number.isNaN(off)) {
    a[p * n + q] = 0;
    a[q * n + p] = 0;
    return;
  }
  const theta = (second - first) / (2 * off);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[k * n + p], a[k * n + q]];
    a[k * n + p] = c * x - s * y;
    a[k * n + q] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[p * n + k], a[q * n + k]];
    a[p * n + k] = c * x - s * y;
    a[q * n + k] = s * x + c * y;
    const [g, h] = [v[k * n + p], v[k * n + q]];
    v[k * n + p] = c * g - s * h;
    v[k * n + q] = s * g + c * h;
  }
}

export interface Svd {
  /** [m, r] for r = min(m, n) */
  readonly u: Matrix;
  /** Descending. */
  readonly s: Float64Array;
  /** [n, r] */
  readonly v: Matrix;
}

/** Singular values and vectors by one-sided Jacobi rotations of the columns. */
export function svd(a: Matrix, m: number, n: number): Svd {
  if (m < n) {
    const { u, s, v } = svd(transpose(a, m, n), n, m);
    return { u: v, s, v: u };
  }
  const w = a.slice();
  const v = identity(n);
  for (let sweep = 0, isDone = false; sweep < sweeps && !isDone; sweep++) {
    isDone = true;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) if (orthogonalize(w, v, m, n, p, q)) isDone = false;
  }
  const norms = Array.from({ length: n }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < m; i++) sum += w[i * n + j] ** 2;
    return Math.sqrt(sum);
  });
  const order = norms.map((_, i) => i).sort((i, j) => norms[j] - norms[i]);
  const s = Float64Array.from(order, (i) => norms[i]);
  const u = new Float64Array(m * n);
  order.forEach((from, j) => {
    for (let i = 0; i < m; i++) u[i * n + j] = norms[from] === 0 ? 0 : w[i * n + from] / norms[from];
  });
  const negligible = s[0] * 1e-15;
  for (let j = 0; j < n; j++) if (!(s[j] > negligible)) completeColumn(u, m, n, j);
  return { u, s, v: Float64Array.from({ length: n * n }, (_, i) => v[Math.floor(i / n) * n + order[i % n]]) };
}

/** Rotates two columns until they are orthogonal; false if they are already. */
function orthogonalize(w: Matrix, v: Matrix, m: number, n: number, p: number, q: number): boolean {
  let [alpha, beta, gamma] = [0, 0, 0];
  for (let i = 0; i < m; i++) {
    const [x, y] = [w[i * n + p], w[i * n + q]];
    alpha += x * x;
    beta += y * y;
    gamma += x * y;
  }
  if (!(Math.abs(gamma) > 1e-15 * Math.sqrt(alpha * beta))) return false;
  const zeta = (beta - alpha) / (2 * gamma);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(zeta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = c * t;
  const turn = (a: Matrix, rows: number) => {
    for (let i = 0; i < rows; i++) {
      const [x, y] = [a[i * n + p], a[i * n + q]];
      a[i * n + p] = c * x - s * y;
      a[i * n + q] = s * x + c * y;
    }
  };
  turn(w, m);
  turn(v, n);
  return true;
}

/** Puts a unit vector that is orthogonal to the other columns into column j of [m, columns]. */
export function completeColumn(u: Matrix, m: number, columns: number, j: number): void {
  // What is left of a unit vector has the squared length 1 - the sum of its squares in the columns: the longest is taken.
  let [axis, least] = [0, Number.POSITIVE_INFINITY];
  for (let i = 0; i < m; i++) {
    let covered = 0;
    for (let c = 0; c < columns; c++) if (c !== j) covered += u[i * columns + c] ** 2;
    if (covered < least - 1e-12) [axis, least] = [i, covered];
  }
  const x = new Float64Array(m);
  x[axis] = 1;
  for (let pass = 0; pass < 2; pass++) {
    for (let c = 0; c < columns; c++) {
      if (c === j) continue;
      let dot = 0;
      for (let i = 0; i < m; i++) dot += x[i] * u[i * columns + c];
      for (let i = 0; i < m; i++) x[i] -= dot * u[i * columns + c];
    }
  }
  const length = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  for (let i = 0; i < m; i++) u[i * columns + j] = x[i] / length;
}
