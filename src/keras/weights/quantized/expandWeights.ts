// Weights that Keras has quantised (`model.quantize` in Keras 3.3 and newer), as the floats that its layers compute
// with. A layer's values get their names first, from the names in a legacy file or from their order; names and types
// then tell how the weight is stored:
//
//   int8         kernel / scale, a scale for each output
//   int4         the same, two values in a byte; in blocks: (kernel - zero) * scale
//   float8       a float kernel, rounded to e4m3 when the layer is called, and a bias rounded to bfloat16
//   GPTQ, AWQ    (kernel - zero) * scale in groups of inputs, of unsigned integers; AWQ also divides by a scale of inputs
//
// Source: https://keras.io/api/models/model_saving_apis/ and Keras's own files, which test/keras/quantized.test.ts reads.

import type { QuantizableWeight } from '../../../layers/base/quantizable.js';
import { type StoredValue, storedFloats } from '../storedValue.js';
import { expandFloat8, roundToBfloat16 } from './expandFloat8.js';
import { expandGrouped } from './expandGrouped.js';
import { expandScaled } from './expandScaled.js';
import type { Expansion, NamedValues } from './expansion.js';

/**
 * The values that a layer's variables take, of those that a file has for it; null if the values are not quantised, or
 * not in a way that fits the layer. A caller then compares shapes, and refuses the file.
 * @param names the names of the layer's variables, in the order of the result.
 */
export function expandWeights(
  names: readonly string[],
  weights: readonly QuantizableWeight[],
  values: NamedValues,
  quantization: string | null,
): StoredValue[] | null {
  const expanded = new Map<string, StoredValue>();
  for (const weight of weights) {
    const value = expandWeight({ weight, values, quantization });
    if (value === null) return null;
    expanded.set(weight.name, value);
  }
  const isFloat8 = values.has('inputs_amax_history');
  const found = names.map((name): StoredValue | undefined => {
    const value = expanded.get(name) ?? values.get(name);
    return value && isFloat8 && name === 'bias'
      ? storedFloats(value.path, value.shape, () => roundToBfloat16(value))
      : value;
  });
  return found.every((value) => value !== undefined) ? found : null;
}

function expandWeight(expansion: Expansion): StoredValue | null {
  const { weight, values } = expansion;
  const stored = values.get(weight.name);
  if (!stored) return null;
  if (values.has('inputs_amax_history')) return expandFloat8(expansion, stored);
  const isGrouped = values.has('g_idx') && stored.dtype === 'uint8';
  if (isGrouped) return expandGrouped(expansion, stored);
  return stored.dtype === 'int8' ? expandScaled(expansion, stored) : null;
}

const float8Names = [
  'inputs_scale',
  'inputs_amax_history',
  'kernel_scale',
  'kernel_amax_history',
  'outputs_grad_scale',
  'outputs_grad_amax_history',
];

/**
 * Names the values of a layer in Keras 3's layout, which has them without names in an order that depends on the mode.
 * @param names the names of the layer's variables: kernel and perhaps bias, or embeddings and perhaps reverse_embeddings.
 * @returns null for values that are not quantised.
 */
export function nameValues(
  names: readonly string[],
  weights: readonly QuantizableWeight[],
  values: readonly StoredValue[],
): NamedValues | null {
  const order = orderOfValues(names, weights, values);
  if (order?.length !== values.length) return null;
  return new Map(order.map((name, i) => [name, values[i]]));
}

function orderOfValues(
  names: readonly string[],
  [main, reverse]: readonly QuantizableWeight[],
  values: readonly StoredValue[],
): string[] | null {
  if (values.length <= names.length || !main) return null;
  const others = names.filter((name) => name !== main.name && name !== reverse?.name);
  const [first, ...more] = values;
  const kernel = values[others.length];
  if (first.dtype === 'int8') {
    const scaled = (name: string) => [name, `${name}_scale`];
    const plain = [main.name, ...others, `${main.name}_scale`, ...(reverse ? scaled(reverse.name) : [])];
    if (values.length === plain.length) return plain;
    const blocks = [main.name, ...others, `${main.name}_scale`, `${main.name}_zero`, 'g_idx'];
    return reverse ? [...blocks, ...scaled(reverse.name), `${reverse.name}_zero`] : blocks;
  }
  if (kernel?.dtype === 'uint8') {
    const grouped = [...others, main.name, `${main.name}_scale`, `${main.name}_zero`];
    return values.length === grouped.length + 1 ? [...grouped, 'g_idx'] : [...grouped, 'awq_scales', 'g_idx'];
  }
  const isFloat8 = more[others.length]?.shape.length === 0;
  return isFloat8 ? [main.name, ...others, ...float8Names] : null;
}
