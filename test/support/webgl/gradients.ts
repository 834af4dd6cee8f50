// Shared by the tests of gradients on the WebGL2 engine: runs the engine's tiled path on a case.

import * as tf from '@tensorflow/tfjs';
import { select } from '../../../src/core/select.js';
import type { WebglBackend } from '../../../src/engines/webgl/backend.js';
import { gradFilterPaths, gradInputPaths } from '../../../src/engines/webgl/engine.js';
import { resolved } from '../cases.js';
import type { ConvCase } from '../convCase.js';
import { wShape, xShape, yShape } from '../reference.js';

export type Gradient = 'input' | 'filter';

/** Shapes of (dy, w) or (x, dy). */
export function operandShapes(c: ConvCase, gradient: Gradient): [number[], number[]] {
  return gradient === 'input' ? [yShape(c), wShape(c)] : [xShape(c), yShape(c)];
}

/** Runs the tiled path that the engine would take, and says which. */
export function runTiled(c: ConvCase, gradient: Gradient, a: Float32Array, b: Float32Array) {
  const backend = tf.backend() as WebglBackend;
  const conv = resolved(c);
  const paths = gradient === 'input' ? gradInputPaths : gradFilterPaths;
  const path = select(paths, conv, backend);
  if (!path.name.startsWith('tiled/')) throw new Error(`${c.name}: must run tiled; received path=${path.name}`);
  const [aShape, bShape] = operandShapes(c, gradient);
  return tf.tidy(() => {
    const result = path.run({ backend, conv, a: tf.tensor(a, aShape), b: tf.tensor(b, bShape) });
    return tf.engine().makeTensorFromTensorInfo(result).dataSync() as Float32Array;
  });
}
