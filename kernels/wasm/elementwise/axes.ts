// NumPy's broadcasting: the steps through two operands that give a contiguous result, in as few dimensions as possible.

/** A dimension of the result, and each operand's stride along it in values: 0 repeats a value. */
export interface Axis {
  readonly size: number;
  readonly a: number;
  readonly b: number;
}

/**
 * Drops dimensions of size 1 and merges adjacent ones that both operands step through as one. The result, unlike
 * `axes`, has the innermost dimension first.
 */
export function collapse(axes: readonly Axis[]): Axis[] {
  const out: Axis[] = [];
  for (let i = axes.length - 1; i >= 0; i--) {
    const axis = axes[i];
    if (axis.size === 1) continue;
    const last = out.at(-1);
    if (last && axis.a === last.a * last.size && axis.b === last.b * last.size) {
      out[out.length - 1] = { size: axis.size * last.size, a: last.a, b: last.b };
    } else {
      out.push(axis);
    }
  }
  return out;
}

/** The axes of shapes that broadcast to `shape`, outermost first. */
export function broadcastAxes(
  shape: readonly number[],
  aShape: readonly number[],
  bShape: readonly number[],
): readonly Axis[] {
  const axes: Axis[] = new Array(shape.length);
  let aStride = 1;
  let bStride = 1;
  for (let i = shape.length - 1, ia = aShape.length - 1, ib = bShape.length - 1; i >= 0; i--, ia--, ib--) {
    const aSize = ia >= 0 ? aShape[ia] : 1;
    const bSize = ib >= 0 ? bShape[ib] : 1;
    axes[i] = { size: shape[i], a: aSize === 1 ? 0 : aStride, b: bSize === 1 ? 0 : bStride };
    aStride *= aSize;
    bStride *= bSize;
  }
  return axes;
}
