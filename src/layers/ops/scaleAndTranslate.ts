// keras.ops.image.scale_and_translate: resampling of any axes by a matrix for each. Output position o is the input position
// (o + 0.5 - translation) / scale - 0.5.
// Source: https://docs.jax.dev/en/latest/_autosummary/jax.image.scale_and_translate.html

import * as tf from '@tensorflow/tfjs-core';
import { spendTrial } from '../base/loadLimits.js';
import { kernelOf } from '../reshaping/resampleMatrix.js';
import { op } from './opRow.js';
import { float } from './opValues.js';
import { moveToLast } from './permuteAxes.js';

const methods = ['linear', 'bilinear', 'trilinear', 'cubic', 'bicubic', 'tricubic', 'lanczos3', 'lanczos5'] as const;

const kernelNames = {
  linear: 'bilinear',
  bilinear: 'bilinear',
  trilinear: 'bilinear',
  cubic: 'bicubic',
  bicubic: 'bicubic',
  tricubic: 'bicubic',
  lanczos3: 'lanczos3',
  lanczos5: 'lanczos5',
} as const;

interface Axis {
  readonly inSize: number;
  readonly outSize: number;
  readonly scale: number;
  readonly translation: number;
}

/** The weights [inSize, outSize]. Each output's sum to 1, and an output that lies outside is 0. */
function weightsOf(axis: Axis, kernel: (distance: number) => number, antialias: boolean): tf.Tensor {
  const { inSize, outSize, scale, translation } = axis;
  const step = 1 / scale;
  const width = antialias ? Math.max(step, 1) : 1;
  spendTrial([inSize, outSize]);
  const weights = new Float32Array(inSize * outSize);
  for (let o = 0; o < outSize; o++) {
    const at = (o + 0.5 - translation) * step - 0.5;
    if (at < -0.5 || at > inSize - 0.5) continue;
    const column = Array.from({ length: inSize }, (_, i) => kernel(Math.abs(at - i) / width));
    const sum = column.reduce((a, b) => a + b, 0);
    if (Math.abs(sum) < 1000 * 2 ** -23) continue;
    column.forEach((weight, i) => {
      weights[i * outSize + o] = weight / sum;
    });
  }
  return tf.tensor2d(weights, [inSize, outSize]);
}

/** Has no gradient with respect to scale and translation, which are read. */
export const scaleAndTranslate = op('images output_shape scale translation spatial_dims method antialias', (call) => {
  const x = float(call.tensor('images'));
  const shape = call.integers('output_shape');
  const dims = call.axes('spatial_dims', x.rank) as number[];
  const [scales, translations] = ['scale', 'translation'].map((key) => float(call.tensor(key)).dataSync());
  const kernel = kernelOf(kernelNames[call.oneOf('method', methods, 'linear')]);
  const antialias = call.boolean('antialias', true);
  return dims.reduce((y, axis, i) => {
    const sizes = { inSize: y.shape[axis], outSize: shape[axis] };
    // A trial's scale is 0.
    const scale = call.isTrial ? scales[i] || 1 : scales[i];
    const weights = weightsOf({ ...sizes, scale, translation: translations[i] }, kernel, antialias);
    const { moved, back } = moveToLast(y, axis);
    const rows = tf.matMul(tf.reshape(moved, [-1, sizes.inSize]), weights);
    return back(tf.reshape(rows, [...moved.shape.slice(0, -1), sizes.outSize]));
  }, x);
});
