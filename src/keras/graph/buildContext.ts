// What building a model needs besides its spec, and what it leaves behind for those who load weights into it.

import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import type { LayerContext } from '../../layers/base/kerasLayer.js';
import type { CustomObjects } from './customObjects.js';

export interface BuildOptions {
  /** Of the Keras that wrote the file. Default 3. */
  readonly kerasMajor?: 2 | 3;
  readonly customObjects?: CustomObjects;
  /** Whether all weights will be replaced, so that none needs to be initialised. */
  readonly skipsInitializers?: boolean;
  /** Told once about each oddity that does not change results. */
  readonly warn?: (message: string) => void;
}

export interface BuildContext extends BuildOptions {
  readonly layerContext: LayerContext;
  /** Every layer made so far, to be taken back if anything fails. */
  readonly made: layers.Layer[];
  /** Layers by class and name that a later copy with an object id of its own may mean. */
  readonly shareable: Map<string, layers.Layer>;
}

const orders = new WeakMap<LayersModel, readonly layers.Layer[]>();

/** The layers of a model in the order of its file. */
export function rememberOrder(model: LayersModel, order: readonly layers.Layer[]): void {
  orders.set(model, order);
}

export function fileOrder(model: LayersModel): readonly layers.Layer[] | undefined {
  return orders.get(model);
}
