// fan_in and fan_out of a kernel: how many values feed an output and how many outputs a value feeds. Variance scaling
// divides by them.

export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * Computes the fans from the stored shape, as Keras does. For a grouped kernel [kH, kW, inC/groups, outC] the outputs
 * are therefore not divided by the groups.
 * @param inputAxes with `outputAxes`: the axes whose product is each fan. Default: the last two axes and the window.
 */
export function fansOf(
  shape: readonly number[],
  inputAxes: readonly number[] | null = null,
  outputAxes: readonly number[] | null = null,
): Fans {
  if (inputAxes && outputAxes) {
    const along = (axes: readonly number[]) => product(axes.map((axis) => shape.at(axis) ?? Number.NaN));
    return { fanIn: along(inputAxes), fanOut: along(outputAxes) };
  }
  if (shape.length === 0) return { fanIn: 1, fanOut: 1 };
  if (shape.length === 1) return { fanIn: shape[0], fanOut: shape[0] };
  const window = product(shape.slice(0, -2));
  return { fanIn: window * shape[shape.length - 2], fanOut: window * shape[shape.length - 1] };
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((a, b) => a * b, 1);
}
