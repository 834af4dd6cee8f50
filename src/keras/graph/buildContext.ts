// The options of buildModel, and the state that all parts of one build share.

import type { layers } from '@tensorflow/tfjs-layers';
import type { LayerContext } from '../../layers/base/kerasLayer.js';
import type { CustomObjects } from './customObjects.js';

export interface BuildOptions {
  /** Major version of the Keras that wrote the file. Default 3. */
  readonly kerasMajor?: 2 | 3;
  readonly customObjects?: CustomObjects;
  /** Whether the caller will replace all weights, so that none needs an initial value. Default false. */
  readonly skipsInitializers?: boolean;
  /** Called once for each oddity that does not change results. */
  readonly warn?: (message: string) => void;
}

export interface BuildContext extends BuildOptions {
  readonly layerContext: LayerContext;
  /** Every layer made so far. They are disposed of if the build fails. */
  readonly made: layers.Layer[];
  /** Layers by class and name. A copy that the file lists later stands for the layer here, see makeSpecLayer.ts. */
  readonly shareable: Map<string, layers.Layer>;
}
