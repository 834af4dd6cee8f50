// Layer classes by their names in Keras's files, and serialization in both directions. Here are those that networks mostly
// have; allLayers.ts adds the rest.
//
// A class name alone is ambiguous: `Add`, `Reshape` and `Softmax` are both layers and raw operations, and the module
// tells which. No name from a file is ever used to import code.
// Source: https://keras.io/api/models/model_saving_apis/serialization_utils/

import type { layers } from '@tensorflow/tfjs-layers';
import { asKerasObject, type KerasObject } from '../core/json.js';
import { activationLayers } from './activation/index.js';
import { layerActivation, setLayerActivationFactory } from './activations/activations.js';
import { applicationLayers } from './applications/index.js';
import { attentionLayers } from './attention/index.js';
import { KerasLayer, type KerasLayerClass } from './base/kerasLayer.js';
import { KerasValueError } from './base/kerasValueError.js';
import type { LayerContext } from './base/layerArgs.js';
import { serializedLayer, setLayerForms } from './base/layerForms.js';
import { TensorAlias } from './base/tensorAlias.js';
import { convLayers } from './conv/index.js';
import { coreLayers } from './core/index.js';
import { mergingLayers } from './merging/index.js';
import { normalizationLayers } from './normalization/index.js';
import { OpLayer } from './ops/opLayer.js';
import { poolingLayers } from './pooling/index.js';
import { Rescaling } from './preprocessing/rescaling.js';
import { CenterCrop, Resizing } from './preprocessing/resizing.js';
import { recurrentLayers, serializeRecurrentLayer } from './recurrent/index.js';
import { regularizationLayers } from './regularization/index.js';
import { reshapingLayers } from './reshaping/index.js';

export const commonLayers: readonly KerasLayerClass[] = [
  ...convLayers,
  ...coreLayers,
  ...activationLayers,
  ...normalizationLayers,
  ...poolingLayers,
  ...mergingLayers,
  ...reshapingLayers,
  ...regularizationLayers,
  ...([Rescaling, Resizing, CenterCrop] as unknown as readonly KerasLayerClass[]),
  ...attentionLayers,
  ...recurrentLayers,
  ...applicationLayers,
];

const dimensions = ['1D', '2D', '3D'];

/** Other names of the same layers: Keras's aliases, and classes of older versions. */
const aliases: Readonly<Record<string, string>> = {
  BatchNormalizationV1: 'BatchNormalization',
  BatchNormalizationV2: 'BatchNormalization',
  SyncBatchNormalization: 'BatchNormalization',
  GroupedQueryAttention: 'GroupQueryAttention',
  ...Object.fromEntries(
    dimensions.flatMap((d) => [
      [`Convolution${d}`, `Conv${d}`],
      [`Convolution${d}Transpose`, `Conv${d}Transpose`],
      [`SeparableConvolution${d}`, `SeparableConv${d}`],
      [`MaxPool${d}`, `MaxPooling${d}`],
      [`AvgPool${d}`, `AveragePooling${d}`],
      [`GlobalMaxPool${d}`, `GlobalMaxPooling${d}`],
      [`GlobalAvgPool${d}`, `GlobalAveragePooling${d}`],
    ]),
  ),
};

/** Classes of this package in models that TensorFlow.js saves. Keras does not have them. */
const ownClasses = [OpLayer, TensorAlias] as unknown as readonly KerasLayerClass[];

const byName = new Map([...commonLayers, ...ownClasses].map((cls) => [cls.className, cls]));

/** Makes more classes known. */
export function addLayers(classes: readonly KerasLayerClass[]): void {
  for (const cls of classes) byName.set(cls.className, cls);
}

/** All classes that are known by now. */
export function knownLayers(): readonly KerasLayerClass[] {
  return [...byName.values()];
}

/** The class of this name or alias, or null. */
export function findLayerClass(className: string): KerasLayerClass | null {
  return byName.get(aliases[className] ?? className) ?? null;
}

/**
 * Lets layers and activations be given in serialized form. It is done when the registry is first used, and not when this
 * module is imported: an app that uses no registry does not carry all layers.
 */
export function useRegistry(): void {
  setLayerForms({ make: makeLayer, serialize: serializeLayer });
  setLayerActivationFactory((object, options) =>
    isKnownLayer(asKerasObject(object).class_name) ? layerActivation(makeLayer(object, options)) : null,
  );
}

/** Whether `makeLayer` can make a layer of this class. */
export function isKnownLayer(className: string): boolean {
  return findLayerClass(className) !== null;
}

/**
 * Makes a layer from its serialized form (Keras 3, Keras 2 or TensorFlow.js).
 * @throws ValueError for an unknown class, and the errors of the layer's constructor.
 */
export function makeLayer(given: KerasObject, context: LayerContext = {}): layers.Layer {
  useRegistry();
  const object = asKerasObject(given);
  const cls = findLayerClass(object.class_name);
  const made = context.makeCustom?.(object) ?? (cls && new cls(object.config as object, context));
  if (made) {
    context.onMade?.(object, made);
    return made;
  }
  throw new KerasValueError(`Unknown layer: '${object.class_name}'. Known are ${[...byName.keys()].join(', ')}`);
}

/** Serializes a layer as Keras does, with `build_config` if it is built. Throws ValueError for classes Keras lacks. */
export function serializeLayer(layer: layers.Layer): KerasObject {
  useRegistry();
  return layer instanceof KerasLayer ? serializedLayer(layer) : serializeTfjsLayer(layer);
}

/** Serializes a layer of TensorFlow.js. Our class of the same name reads its config and writes Keras's. */
function serializeTfjsLayer(layer: layers.Layer): KerasObject {
  const recurrent = serializeRecurrentLayer(layer, serializeLayer);
  if (recurrent) return recurrent;
  const cls = findLayerClass(layer.getClassName());
  if (!cls)
    throw new KerasValueError(`Layer '${layer.name}' of class ${layer.getClassName()} has no form in Keras files`);
  const { kerasModule, className, registeredName } = cls;
  const twin = new cls(layer.getConfig(), { kerasMajor: 2, onUnknownKeys: () => {} });
  return {
    module: kerasModule,
    class_name: className,
    config: { ...twin.getKerasConfig(), trainable: layer.trainable },
    registered_name: registeredName,
  };
}
