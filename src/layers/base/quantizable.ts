// What a layer says about a weight that Keras may quantise. src/keras/weights/quantized expands such weights to floats.
// Source: https://keras.io/api/models/model_saving_apis/ (Model.quantize)

import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { freezeWeight } from './trainable.js';

/** A weight that files may hold as small integers with scales. */
export interface QuantizableWeight {
  /** 'kernel', 'embeddings' or 'reverse_embeddings'; the name of its scale is `<name>_scale`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The axes with a scale of their own, in the order in which the scales are stored. */
  readonly scaleAxes: readonly number[];
  /** The axes along which a version of Keras packs two 4-bit values into a byte. */
  readonly packAxes: readonly number[];
  /**
   * Whether newer versions of Keras reshape the weight to a matrix [summed axes, other axes] before they quantise it to
   * 4 bits.
   */
  readonly isFlattened: boolean;
}

/** Modes whose weights are integers. float8 keeps a float kernel, which Keras trains. */
const integerModes = /^(int8|int4|gptq|awq)/;

/** Whether Keras holds the weights of a layer with this mode ('int8', 'int4/128', ...) as integers. */
export function holdsIntegers(mode: string | null): boolean {
  return mode !== null && integerModes.test(mode);
}

/** A layer with weights that may be quantised. */
interface QuantizableLayer extends layers.Layer {
  readonly quantizable: readonly QuantizableWeight[];
  readonly variables: readonly LayerVariable[];
}

/** Freezes the weights that Keras holds as integers, which it does not train. Biases and factors of LoRA are trained. */
export function freezeIntegers(layer: QuantizableLayer): void {
  const names = new Set(layer.quantizable.map(({ name }) => name));
  const shortName = ({ originalName }: LayerVariable) => originalName.slice(originalName.lastIndexOf('/') + 1);
  for (const weight of layer.variables) if (names.has(shortName(weight))) freezeWeight(layer, weight, true);
}
