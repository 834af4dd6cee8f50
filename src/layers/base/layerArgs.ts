// What layers are given: the arguments that all have, where a layer's arguments come from, and what makes a weight.

import type { layers, Shape } from '@tensorflow/tfjs-layers';
import type { KerasObject } from '../../core/json.js';
import { majorOf } from '../../core/kerasVersion.js';
import type { Constraint } from '../constraints/constraints.js';
import type { Initializer } from '../initializers/initializers.js';
import type { Regularizer } from '../regularizers/regularizers.js';
import type { FieldContext } from './fields.js';
import type { RegularizerLike } from './identifiers.js';

export type Kwargs = Record<string, unknown>;
/** Arguments that every layer accepts: those of https://keras.io/api/layers/base_layer/ and of tf.layers.Layer. */
export interface BaseLayerArgs {
  /** Default: the class in snake_case, numbered. */
  name?: string;
  /** Whether training changes the layer's weights. Default true. */
  trainable?: boolean;
  /** Name of a dtype policy, or a serialized one. Kept in the config; layers compute in float32. */
  dtype?: unknown;
  /** A penalty on the layer's output. In training it is divided by the batch size and added to the loss. */
  activityRegularizer?: RegularizerLike;
  /** Shape of one example. The first layer of a Sequential model makes its input layer from it. */
  inputShape?: Shape;
  /** inputShape with the batch dimension in front. */
  batchInputShape?: Shape;
  /** Batch size of the input layer that is made from `inputShape`. Default null: any. */
  batchSize?: number;
}

/** The origin of the arguments: a user's code, or a file that another version of Keras may have written. */
export interface LayerContext extends Pick<FieldContext, 'kerasMajor' | 'customObjects'> {
  /** The version that wrote the file, for rules that changed. Default: the newest. */
  readonly kerasVersion?: string;
  /**
   * Makes models and layers of the user's classes, before the classes of this package are tried. Null for all others.
   */
  readonly makeCustom?: (object: KerasObject) => layers.Layer | null;
  /** Called with each layer that was made from a serialized form, also within wrappers. */
  readonly onMade?: (object: KerasObject, layer: layers.Layer) => void;
  /** Called with the keys that the layer does not know. Default: throws ValueError, as Keras does. */
  readonly onUnknownKeys?: (className: string, keys: readonly string[]) => void;
}

/**
 * Whether the rules of tf.keras hold for the layer. The form of its file may be that of another version: of a model.json, or
 * of what was saved here.
 */
export function followsKeras2({ kerasVersion, kerasMajor }: LayerContext): boolean {
  return kerasVersion ? majorOf(kerasVersion) === 2 : kerasMajor === 2;
}

/** What a layer that another makes for itself must know of the file: whose rules hold. */
export function versionsOf({ kerasVersion, kerasMajor }: LayerContext = {}): LayerContext {
  return { kerasVersion, kerasMajor };
}

let versionOfConfigs: string | undefined;

/**
 * Runs `make`. Layers that TensorFlow.js makes meanwhile follow this version of Keras: it hands them their config and
 * nothing else. Undefined is the version of the model around.
 */
export function withKerasVersion<T>(version: string | undefined, make: (version: string | undefined) => T): T {
  const before = versionOfConfigs;
  versionOfConfigs = version ?? before;
  try {
    return make(versionOfConfigs);
  } finally {
    versionOfConfigs = before;
  }
}

/** What a layer is told that TensorFlow.js makes from its config. */
export function contextOfConfig(): LayerContext | undefined {
  return versionOfConfigs === undefined ? undefined : { kerasVersion: versionOfConfigs };
}

/** How a weight is made and kept in check. */
export interface VariableOptions {
  /** Null is glorot_uniform, as in Keras. */
  readonly initializer: Initializer | string | null;
  readonly regularizer?: Regularizer | null;
  readonly constraint?: Constraint | null;
  /** Default true. */
  readonly trainable?: boolean;
  /** Default 'float32'. */
  readonly dtype?: 'float32' | 'int32';
}
