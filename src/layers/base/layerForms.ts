// Layers in Keras's serialized form and back. Only the registry knows all classes, and it installs itself here when it is
// first used: no layer has to import it, so that an app carries the layers that it imports and no others.

import type { layers } from '@tensorflow/tfjs-layers';
import type { Json, KerasObject } from '../../core/json.js';
import type { ResolveOptions } from '../serialization/resolve.js';
import { KerasValueError } from './kerasValueError.js';

/** How the registry makes layers from Keras's serialized form and back. */
export interface LayerForms {
  make(object: KerasObject, context: ResolveOptions): layers.Layer;
  serialize(layer: layers.Layer): KerasObject;
}

let forms: LayerForms | undefined;

/** Called by the registry. */
export function setLayerForms(given: LayerForms): void {
  forms = given;
}

function requireForms(what: string): LayerForms {
  if (forms) return forms;
  throw new KerasValueError(`${what}: call installKerasLayers() of tfjs-backend-convnet/layers first`);
}

/** Makes a layer from its serialized form. Throws ValueError if the classes are not known. */
export function makeSerializedLayer(object: KerasObject, context: ResolveOptions): layers.Layer {
  return requireForms(`A layer in serialized form ('${object.class_name}')`).make(object, context);
}

/** What a layer of this package says of itself. */
interface OwnLayer extends layers.Layer {
  getKerasConfig(): Record<string, Json>;
  readonly builtShape: Json;
}

interface OwnClass {
  readonly className: string;
  readonly kerasModule: string;
  readonly registeredName: string | null;
}

function isOwn(layer: layers.Layer): layer is OwnLayer {
  return typeof (layer as Partial<OwnLayer>).getKerasConfig === 'function';
}

/** Serializes a layer as Keras does, with `build_config` if it is built. */
export function serializedLayer(layer: layers.Layer): KerasObject {
  if (!isOwn(layer))
    return requireForms(`The layer '${layer.name}' of TensorFlow.js has no form in Keras's files`).serialize(layer);
  const { kerasModule, className, registeredName } = layer.constructor as unknown as OwnClass;
  const object = {
    module: kerasModule,
    class_name: className,
    config: layer.getKerasConfig(),
    registered_name: registeredName,
  };
  return layer.built && layer.builtShape ? { ...object, build_config: { input_shape: layer.builtShape } } : object;
}
