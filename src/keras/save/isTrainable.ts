import type { layers } from '@tensorflow/tfjs-layers';

/** The `trainable` flag of the layer itself. The public getter of tfjs is false also if the model around it is frozen. */
export function isTrainable(layer: layers.Layer): boolean {
  return (layer as unknown as { readonly trainable_: boolean }).trainable_;
}
