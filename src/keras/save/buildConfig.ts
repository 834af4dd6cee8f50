// `build_config`, the shapes for which Keras builds a layer when it loads it. A layer without weights has none, and a
// layer with several named inputs has one shape for each name.
// Source: https://keras.io/api/layers/base_layer/ (get_build_config), and files written by Keras.

import type { layers } from '@tensorflow/tfjs-layers';
import { isJsonArray, isJsonObject, type KerasObject } from '../../core/json.js';

const nothingToBuild = new RegExp(
  `^(${[
    '\\w*Pooling\\dD',
    'Activation|ReLU|LeakyReLU|ELU|Softmax|UnitNormalization|Reshape|Identity|Masking',
    '(Spatial|Alpha|Gaussian)?Dropout(\\dD)?|GaussianNoise|ActivityRegularization|Random\\w+',
  ].join('|')})$`,
);

/** Keras's class has no build() of its own and is built for its first input, whatever it is called with. */
const builtForFirst = new Set(['CategoryEncoding']);

/** The object with the `build_config` that Keras would write. */
export function withBuildConfig(object: KerasObject, layer: layers.Layer): KerasObject {
  const { build_config: build, ...rest } = object;
  if (build === undefined || nothingToBuild.test(object.class_name)) return rest;
  const { inputNames } = layer.constructor as { readonly inputNames?: readonly string[] };
  const shapes = isJsonObject(build) ? build.input_shape : undefined;
  if (!inputNames || !isJsonArray(shapes) || !isJsonArray(shapes[0])) return object;
  if (builtForFirst.has(object.class_name)) return { ...rest, build_config: { input_shape: shapes[0] } };
  const named = inputNames.slice(0, shapes.length).map((name, i) => [`${name}_shape`, shapes[i]]);
  return { ...rest, build_config: { shapes_dict: Object.fromEntries(named) } };
}
