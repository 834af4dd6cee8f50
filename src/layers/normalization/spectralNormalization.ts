// The layer SpectralNormalization. In training it divides the wrapped layer's kernel by an estimate of its largest
// singular value before each call. At inference it only calls the layer.
// Sources: https://keras.io/api/layers/normalization_layers/spectral_normalization/ and
// https://arxiv.org/abs/1802.05957

import {
  abs,
  div,
  equal,
  matMul,
  max,
  maximum,
  mul,
  reshape,
  rsqrt,
  type Scalar,
  square,
  sum,
  type Tensor,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import type { LayerVariable, layers, Shape } from '@tensorflow/tfjs-layers';
import { kerasObject } from '../../core/json.js';
import { positiveInteger } from '../base/fields.js';
import type { LayerLike } from '../base/identifiers.js';
import { onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError } from '../base/kerasValueError.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';
import { layer } from '../base/layerField.js';
import { assignUnconstrained } from '../base/variables.js';
import { builtWeight } from '../base/weights.js';
import { getInitializer } from '../initializers/initializers.js';

const fields = { layer: layer(), powerIterations: positiveInteger(1) };

/** The arguments of Keras's SpectralNormalization. */
export interface SpectralNormalizationArgs extends BaseLayerArgs {
  /** A layer with a kernel, or an Embedding. */
  layer: LayerLike;
  /** Steps of the power iteration in each call. Default 1. */
  powerIterations?: number;
}

/** The lower bound of squared norms, as in Keras. */
const smallestSquare = 1e-14;

/**
 * Wraps a layer and keeps its kernel's spectral norm at 1 in training. Input and output are those of the layer.
 * Source: https://keras.io/api/layers/normalization_layers/spectral_normalization/
 *
 * @throws ValueError if the layer has no kernel.
 */
export class SpectralNormalization extends KerasLayer<typeof fields> {
  static readonly className: string = 'SpectralNormalization';

  #kernel: LayerVariable | null = null;
  #vector: LayerVariable | null = null;

  constructor(args: SpectralNormalizationArgs, context?: LayerContext) {
    super(args, fields, context);
    this.inputRules = [{ minRank: 1 }];
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const inner = this.config.layer;
    if (!inner.built) {
      inner.build(shape);
      inner.built = true;
    }
    const channels = shape[shape.length - 1];
    this.inputRules = [{ minRank: 1, axes: channels == null ? {} : { [-1]: channels } }];
    this.#kernel = kernelOf(inner);
    const columns = this.#kernel.shape[this.#kernel.shape.length - 1] as number;
    const config = { seed: null, mean: 0, stddev: 0.02 };
    const initializer = getInitializer(kerasObject('keras.initializers', 'TruncatedNormal', config));
    this.#vector = this.addVariable('vector_u', [1, columns], { initializer, trainable: false });
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return this.config.layer.computeOutputShape(inputShape);
  }

  override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor | Tensor[] {
    return tidy(() => {
      if (kwargs.training) this.#normalizeKernel();
      return this.config.layer.apply(inputs, kwargs) as Tensor | Tensor[];
    });
  }

  #normalizeKernel(): void {
    const kernel = builtWeight(this, this.#kernel, 'kernel');
    const vector = builtWeight(this, this.#vector, 'vector_u');
    const columns = kernel.shape[kernel.shape.length - 1] as number;
    const weights = reshape(kernel.read(), [-1, columns]);
    let u: Tensor = vector.read();
    let v: Tensor = u;
    for (let i = 0; i < this.config.powerIterations; i++) {
      v = toUnitLength(matMul(u, weights, false, true)); // [1, rows]
      u = toUnitLength(matMul(v, weights)); // [1, columns]
    }
    // A kernel of zeros has no direction and does not change.
    const isZero = equal(max(abs(weights)), 0);
    const sigma = where(isZero, 1, matMul(matMul(v, weights), u, false, true)); // [1, 1]
    u = where(isZero, vector.read(), u);
    assignUnconstrained(vector, u);
    assignUnconstrained(kernel, reshape(div(weights, sigma), kernel.shape as number[]));
  }

  /** As in Keras, the wrapped layer's kernel is also a variable of this layer. */
  override get variables(): readonly LayerVariable[] {
    return this.#kernel ? [this.#kernel, ...super.variables] : super.variables;
  }

  override saveState(): Tensor[] {
    return this.variables.map((weight) => weight.read().clone());
  }

  override stateShapes(): readonly Shape[] {
    return this.variables.map((weight) => weight.shape);
  }

  override loadState(values: readonly Tensor[]): void {
    this.assignAll(this.variables, values);
  }

  override calculateLosses(): Scalar[] {
    return [...super.calculateLosses(), ...this.config.layer.calculateLosses()];
  }

  override get children(): Readonly<Record<string, layers.Layer>> {
    return { layer: this.config.layer };
  }
}

/** Makes a SpectralNormalization layer. Arguments, shapes and errors are those of the class. */
export function spectralNormalization(args: SpectralNormalizationArgs): SpectralNormalization {
  return new SpectralNormalization(args);
}

function toUnitLength(x: Tensor): Tensor {
  return mul(x, rsqrt(maximum(sum(square(x)), smallestSquare)));
}

/** The wrapped layer's weight `kernel` or `embeddings`. Throws ValueError if it has none. */
function kernelOf(inner: layers.Layer): LayerVariable {
  const names = ['kernel', 'depthwise_kernel', 'embeddings'];
  const isSeparable = inner.weights.some(({ originalName }) => originalName.endsWith('pointwise_kernel'));
  const weight = inner.weights.find(({ originalName }) => names.includes(originalName.split('/').at(-1) ?? ''));
  if (weight && !isSeparable) return weight;
  throw new KerasValueError(`${inner.getClassName()} object has no attribute 'kernel' nor 'embeddings'`);
}
