// The reference of the convolution layers, in any number of spatial dimensions: plain loops in float64 over
// channels-last arrays. They share no code with src/.

/** An array of any rank, row-major. */
export interface Nd {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** The operands of a convolution. */
export interface Loop {
  /** [batch, ...spatial, channels] */
  readonly x: Nd;
  /** [...kernelSize, channels / groups, filters]; transposed: [...kernelSize, filters, channels] */
  readonly w: Nd;
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

interface Conv extends Loop {
  readonly outSpatial: readonly number[];
  /** Number of zeros in front, for each spatial dimension. */
  readonly before: readonly number[];
}

function strideOf(shape: readonly number[]): number[] {
  return shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
}

/** Reads the value at an index; zero outside. */
function reader({ shape, values }: Nd): (index: readonly number[]) => number {
  const strides = strideOf(shape);
  return (index) => {
    let offset = 0;
    for (let axis = 0; axis < strides.length; axis++) {
      if (index[axis] < 0 || index[axis] >= shape[axis]) return 0;
      offset += strides[axis] * index[axis];
    }
    return values[offset];
  };
}

/** All indices of an array of this shape, in row-major order. */
export function* indices(shape: readonly number[]): Generator<number[]> {
  const [size, ...rest] = shape;
  if (size === undefined) yield [];
  else for (let i = 0; i < size; i++) for (const others of indices(rest)) yield [i, ...others];
}

/** The convolution. */
export function convLoop({ x, w, strides, dilations, outSpatial, before }: Conv): number[] {
  const rank = outSpatial.length;
  const kernel = w.shape.slice(0, rank);
  const [inPerGroup, filters] = w.shape.slice(rank);
  const outPerGroup = filters / (x.shape[rank + 1] / inPerGroup);
  const outputs = [...indices([x.shape[0], ...outSpatial, filters])];
  const taps = [...indices([...kernel, inPerGroup])];
  const [xAt, wAt] = [reader(x), reader(w)];
  return outputs.map(([n, ...others]) => {
    const f = others[rank];
    const first = Math.floor(f / outPerGroup) * inPerGroup;
    let sum = 0;
    for (const tap of taps) {
      const c = tap[rank];
      const input = tap.slice(0, rank).map((k, i) => others[i] * strides[i] + k * dilations[i] - before[i]);
      sum += xAt([n, ...input, first + c]) * wAt([...tap, f]);
    }
    return sum;
  });
}

/** The transposed convolution, without the first `before` outputs. */
export function transposeLoop({ x, w, strides, dilations, outSpatial, before }: Conv): number[] {
  const rank = outSpatial.length;
  const kernel = w.shape.slice(0, rank);
  const filters = w.shape[rank];
  const taps = [...indices([...kernel, filters])];
  const [xAt, wAt] = [reader(x), reader(w)];
  const shape = [x.shape[0], ...outSpatial, filters];
  const strideOut = strideOf(shape);
  const y = Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0);
  for (const [n, ...inner] of indices(x.shape)) {
    const c = inner[rank];
    for (const tap of taps) {
      const output = tap.slice(0, rank).map((k, i) => inner[i] * strides[i] + k * dilations[i] - before[i]);
      if (output.some((o, i) => o < 0 || o >= outSpatial[i])) continue;
      const index = [n, ...output, tap[rank]];
      y[strideOut.reduce((sum, stride, axis) => sum + stride * index[axis], 0)] +=
        xAt([n, ...inner]) * wAt([...tap, c]);
    }
  }
  return y;
}
