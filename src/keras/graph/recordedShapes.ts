// Keras 3 writes the shape of every tensor that a layer reads. Loading compares it with the shape found here: a layer
// that gives another shape would compute something else, if it did not fail.

import type { Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { configOf, isJsonArray, isJsonObject, type Json, type JsonArray } from '../../core/json.js';
import { checkFile } from '../../formats/kerasFileError.js';
import { OpLayer } from '../../layers/ops/opLayer.js';
import { findLayerClass } from '../../layers/registry.js';
import { type LayerSpec, refsOf, type TensorRef } from '../config/modelSpec.js';

/** Whether the shape is the one that the file says, as far as both are known. */
export function fitsRecordedShape(found: Shape, { shape }: TensorRef): boolean {
  return !shape || (found.length === shape.length && found.every((size, i) => agree(size, shape[i])));
}

/** @throws KerasFileError where a known size differs. */
export function checkRecordedShape(found: Shape, ref: TensorRef, reader: string): void {
  const { layer, shape = null } = ref;
  checkFile(
    fitsRecordedShape(found, ref),
    `layer '${layer}'`,
    `the file says what shape layer '${reader}' gets from it, and it gives another`,
    {
      file: shape,
      here: found,
    },
  );
}

function agree(a: number | null, b: Json): boolean {
  return a === null || b === null || a === b;
}

/**
 * The shape that a layer was built for tells sizes that values of the graph decide, where src/layers/ops/knownSizes.ts does
 * not find them: without them a Dense layer behind the tensor cannot be made. The tensor takes them over.
 * It holds for layers that are called once, with one tensor.
 */
export function learnSizes(tensor: SymbolicTensor, { object }: LayerSpec): void {
  if (!(tensor.sourceLayer instanceof OpLayer)) return;
  const { input_shape: built } = isJsonObject(object.build_config) ? object.build_config : {};
  if (!isJsonArray(built) || built.length !== tensor.shape.length) return;
  const shape = tensor.shape.map((size, i) => size ?? (typeof built[i] === 'number' ? built[i] : null));
  Object.assign(tensor, { shape });
}

const transposed = /^Conv[12]DTranspose$/;

/**
 * The layers with the `output_padding` that their file lacks. Keras 3.0 to 3.12 leaves it out when it saves a
 * transposed convolution, and then loads another model. The shape that the next layer reads still tells the padding.
 */
export function withLostArguments(layers: readonly LayerSpec[]): LayerSpec[] {
  const recorded = new Map<string, JsonArray>();
  for (const { calls } of layers) {
    const refs = calls.flatMap(({ args, kwargs }) => [...refsOf(args), ...refsOf(kwargs)]);
    for (const { layer, call, output, shape } of refs) if (shape && call + output === 0) recorded.set(layer, shape);
  }
  return layers.map((layer) => {
    const shape = recorded.get(layer.name);
    return shape && transposed.test(layer.object.class_name) ? withOutputPadding(layer, shape) : layer;
  });
}

function withOutputPadding(layer: LayerSpec, recorded: JsonArray): LayerSpec {
  const { object } = layer;
  const config = configOf(object);
  const inputShape = isJsonObject(object.build_config) ? (object.build_config.input_shape as Shape) : undefined;
  if (config.output_padding != null || !inputShape) return layer;
  const length = Number(/^Conv([12])D/.exec(object.class_name)?.[1]);
  if (agreeAll(outputShape(layer, null, inputShape), recorded)) return layer;
  // A padding of n makes the axis longer by n, so the shape without any tells it.
  const plain = outputShape(layer, Array<number>(length).fill(0), inputShape);
  const isFirst = config.data_format === 'channels_first';
  const axes = Array.from({ length }, (_, i) => (isFirst ? 2 + i : 1 + i));
  const padding = axes.map((axis) => Number(recorded[axis] ?? 0) - Number(plain?.[axis] ?? recorded[axis] ?? 0));
  const isRight = padding.every((size) => Number.isInteger(size) && size >= 0);
  if (!isRight || !agreeAll(outputShape(layer, padding, inputShape), recorded)) return layer;
  return { ...layer, object: { ...object, config: { ...config, output_padding: padding } } };
}

function outputShape({ object }: LayerSpec, padding: readonly number[] | null, inputShape: Shape): Shape | null {
  const cls = findLayerClass(object.class_name);
  if (!cls) return null;
  const config = { ...(object.config as object), output_padding: padding };
  try {
    return new cls(config, { onUnknownKeys: () => {} }).computeOutputShape(inputShape) as Shape;
  } catch {
    return null; // the layer refuses, say, a padding as large as the strides
  }
}

function agreeAll(a: Shape | null, b: JsonArray): boolean {
  return a !== null && a.length === b.length && a.every((size, i) => agree(size, b[i]));
}
