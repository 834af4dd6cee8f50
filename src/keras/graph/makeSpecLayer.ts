// Makes a layer from its LayerSpec: every kind but inputs and models.

import type { layers } from '@tensorflow/tfjs-layers';
import { isJsonObject } from '../../core/json.js';
import { checkFile } from '../../formats/kerasFileError.js';
import { type OpDefinition, OpLayer } from '../../layers/ops/opLayer.js';
import { opModule } from '../../layers/ops/opModules.js';
import { makeLayer } from '../../layers/registry.js';
import type { LayerSpec } from '../config/modelSpec.js';
import { callTemplate, tensorsOf } from './applyCall.js';
import type { BuildContext } from './buildContext.js';
import { rememberCustomObjects } from './customObjects.js';
import { layerError } from './layerError.js';
import { rememberFiledClass } from './origins.js';

/** @throws KerasFileError that names the layer. */
export function makeSpecLayer(spec: LayerSpec, context: BuildContext): layers.Layer {
  try {
    const layer = spec.kind === 'op' ? makeOp(spec, context) : makeLayer(withName(spec), context.layerContext);
    if (spec.kind !== 'op') rememberFiledClass(layer, spec.object.class_name);
    if (context.skipsInitializers) layer.setFastWeightInitDuringBuild(true);
    if (context.customObjects) rememberCustomObjects(layer, context.customObjects);
    return layer;
  } catch (error) {
    throw layerError(`layer '${spec.name}' (${spec.object.class_name})`, error);
  }
}

/** The layer's object with the name in its config. Files of Keras 2 may hold the name beside the config only. */
function withName({ name, object }: LayerSpec): LayerSpec['object'] {
  return isJsonObject(object.config) ? { ...object, config: { ...object.config, name } } : object;
}

function makeOp({ name, object, calls }: LayerSpec, { layerContext }: BuildContext): OpLayer {
  checkFile(calls.length <= 1, `operation '${name}'`, 'an operation must be called once', { calls: calls.length });
  const call = calls[0] ?? { args: [], kwargs: {} };
  const { args, kwargs } = callTemplate(call, tensorsOf(call));
  const className = object.class_name;
  const definition: OpDefinition = {
    // As the newest Keras says them: a legacy file has neither, and older versions had other modules.
    module: opModule(className),
    className,
    registeredName: className,
    config: object.config,
    args,
    kwargs,
  };
  return new OpLayer({ name, definition }, layerContext);
}
