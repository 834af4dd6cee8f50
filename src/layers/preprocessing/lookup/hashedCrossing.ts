// The layer HashedCrossing.
// Source: https://keras.io/api/layers/preprocessing_layers/categorical/hashed_crossing/

import type { Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../../core/json.js';
import { onlyShape } from '../../base/inputs.js';
import { KerasLayer } from '../../base/kerasLayer.js';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../../base/layerArgs.js';
import { categoryMode, categoryShape, encodeCategories, notSparse } from './categories.js';
import { bucketOf, crossFingerprints, fingerprint, integerBits } from './fingerprints.js';
import { binCount, withIntegerDtype } from './hashing.js';
import { integersOf } from './tensorValues.js';

const fields = {
  numBins: binCount(),
  outputMode: categoryMode(['int', 'one_hot'], 'int'),
  sparse: notSparse(),
};

/** The arguments of Keras's HashedCrossing. */
export interface HashedCrossingArgs extends BaseLayerArgs {
  /** The number of bins. */
  numBins: number;
  /** Default 'int'. */
  outputMode?: 'int' | 'one_hot';
  /** Must be false. */
  sparse?: boolean;
}

/**
 * Hashes combinations of features into bins: the same bins as in Keras.
 *
 * Inputs: two or more tensors of strings or int32, each [batch] or [batch, 1]. Output: int32 of their shape, or float32
 * [batch, numBins]. Source: https://keras.io/api/layers/preprocessing_layers/categorical/hashed_crossing/
 */
export class HashedCrossing extends KerasLayer<typeof fields> {
  static readonly className: string = 'HashedCrossing';

  constructor(args: HashedCrossingArgs, context?: LayerContext) {
    super(withIntegerDtype(args, 'HashedCrossing'), fields, context);
    if (this.config.outputMode === 'int') Object.assign(this, { dtype: 'int32' }); // of the symbolic outputs
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return categoryShape(onlyShape(inputShape), this.config.outputMode, this.config.numBins);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const list = [inputs].flat();
    const [first] = list;
    this.#checkInputs(list);
    const columns = list.map((x) => hashesOf(x));
    const { numBins, outputMode: mode } = this.config;
    const indices = Array.from({ length: first.size }, (_, i) =>
      bucketOf(crossFingerprints(columns.map((column) => column[i])), numBins),
    );
    return encodeCategories({ indices, shape: first.shape, mode, depth: numBins });
  }

  #checkInputs(list: readonly Tensor[]): void {
    const received = `Received: inputs=${showValue(list.map(({ shape, dtype }) => `${dtype} [${shape}]`))}`;
    const check = (holds: boolean, rule: string) => {
      if (!holds) throw new KerasValueError(`Layer '${this.name}': ${rule}. ${received}`);
    };
    const [{ shape }] = list;
    check(list.length > 1, '`HashedCrossing` should be called on at least two inputs');
    check(
      list.every((x) => `${x.shape}` === `${shape}`),
      'All `HashedCrossing` inputs should have equal shape',
    );
    check(
      shape.length < 2 || (shape.length === 2 && shape[1] === 1),
      'All `HashedCrossing` inputs should have shape `()`, `(batch_size)` or `(batch_size, 1)`',
    );
    check(
      list.every(({ dtype }) => dtype === 'string' || dtype === 'int32'),
      'All `HashedCrossing` inputs should have an integer or string dtype',
    );
  }

  /** As Keras: without `trainable`, and with the name of the dtype. */
  override getKerasConfig(): Record<string, Json> {
    const { trainable: _, ...config } = super.getKerasConfig();
    return { ...config, dtype: this.dtypePolicy.name };
  }
}

function hashesOf(x: Tensor): readonly bigint[] {
  if (x.dtype === 'string') return x.dataSync<'string'>().map(fingerprint);
  return integersOf(x, 'HashedCrossing').map(integerBits);
}

/** Makes a HashedCrossing layer. */
export function hashedCrossing(args: HashedCrossingArgs): HashedCrossing {
  return new HashedCrossing(args);
}
