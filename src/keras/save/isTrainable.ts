import type { layers } from '@tensorflow/tfjs-layers';
import { freezesByLayer } from '../../layers/run/models.js';

/** The `trainable` flag of the layer itself. The public getter of tfjs is false also if the model around it is frozen. */
export function isTrainable(layer: layers.Layer): boolean {
  return (layer as unknown as { readonly trainable_: boolean }).trainable_;
}

/** Whether layers within a model can be trained: not in a frozen one, unless each layer there has a flag that counts. */
export function trainsWithin(model: layers.Layer): boolean {
  return isTrainable(model) || freezesByLayer(model);
}
