// The options of buildModel, and the state that all parts of one build share.

import type { layers } from '@tensorflow/tfjs-layers';
import type { LayerContext } from '../../layers/base/layerArgs.js';
import type { KerasRules } from '../../layers/run/kerasRules.js';
import type { CustomObjects } from './customObjects.js';
import type { SharedLayers } from './sharedLayers.js';

export interface BuildOptions {
  /** In whose spelling the layers are written. Default 3. */
  readonly kerasMajor?: 2 | 3;
  /** The version by whose rules the model runs. Default: the newest of that major version. */
  readonly kerasVersion?: string;
  readonly customObjects?: CustomObjects;
  /** Whether the file has the weights of a layer at each place where the layer stands, as an `.h5` has. Default false. */
  readonly repeatsWeights?: boolean;
  /** Whether the caller will replace all weights, so that none needs an initial value. Default false. */
  readonly skipsInitializers?: boolean;
  /** Called once for each oddity that does not change results. */
  readonly warn?: (message: string) => void;
}

export interface BuildContext extends BuildOptions {
  readonly layerContext: LayerContext;
  readonly rules: KerasRules;
  /** Layers of graphs that no output needs. They have their weights in the file, but are no part of a model. */
  readonly unused: layers.Layer[];
  /** Layers and models that the file may hold again. */
  readonly shared: SharedLayers;
}
