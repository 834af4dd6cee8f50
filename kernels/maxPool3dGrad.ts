// The gradient of max pooling over volumes in plain loops: what the CPU engine computes with, and what a GPU is tested
// against. TensorFlow.js's own confuses height and width of a window.

/** Windows along one axis: window i begins at i * stride - padding, and has `size` values of the `inSize` there are. */
export interface WindowAxis {
  readonly inSize: number;
  readonly outSize: number;
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
}

export interface MaxPool3dGrad {
  readonly batch: number;
  readonly channels: number;
  readonly depth: WindowAxis;
  readonly height: WindowAxis;
  readonly width: WindowAxis;
}

type Span = readonly [first: number, end: number];

/**
 * Passes dy of each window to the first of its values that is the greatest, or to none if that is -Infinity; NaN is none.
 *
 * @param x [batch, depth, height, width, channels], as large as the result.
 * @param dy One value for each window and channel.
 */
export function maxPool3dGrad(
  { batch, channels, depth, height, width }: MaxPool3dGrad,
  x: ArrayLike<number>,
  dy: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const [depths, rows, columns] = [depth, height, width].map(spansOf);
  const dx = new Float64Array(x.length);
  let from = 0;
  for (let n = 0; n < batch; n++) {
    for (const d of depths) {
      for (const h of rows) {
        for (const w of columns) {
          for (let c = 0; c < channels; c++, from++) {
            const at = firstMaximum(n, c, [d, h, w]);
            if (at >= 0) dx[at] += dy[from];
          }
        }
      }
    }
  }
  return Float32Array.from(dx);

  function firstMaximum(n: number, c: number, [ofDepth, ofRows, ofColumns]: readonly Span[]): number {
    let [best, found] = [Number.NEGATIVE_INFINITY, -1];
    for (let d = ofDepth[0]; d < ofDepth[1]; d++) {
      for (let h = ofRows[0]; h < ofRows[1]; h++) {
        for (let w = ofColumns[0]; w < ofColumns[1]; w++) {
          const at = (((n * depth.inSize + d) * height.inSize + h) * width.inSize + w) * channels + c;
          if (x[at] > best) [best, found] = [x[at], at];
        }
      }
    }
    return found;
  }
}

function spansOf({ inSize, outSize, size, stride, padding }: WindowAxis): Span[] {
  return Array.from({ length: outSize }, (_, i) => {
    const first = i * stride - padding;
    return [Math.max(first, 0), Math.min(first + size, inSize)];
  });
}
