// Which layers of tf.keras 2 are functions of TensorFlow, and what translates them. The translation has a table of all such
// functions, so it is imported when a file names one (loadNamedLayers.ts).

import type { KerasObject } from '../../core/json.js';
import type { LayerSpec } from './modelSpec.js';

const classNames = new Set(['TFOpLambda', 'SlicingOpLambda']);

export function isTfOp({ class_name: className }: KerasObject): boolean {
  return classNames.has(className);
}

type Translate = (layer: LayerSpec) => LayerSpec;

let imported: Translate | undefined;

/** From now on translateTfOp() translates with this. */
export function useTfOps(translate: Translate): void {
  imported = translate;
}

/** @throws Error before loadNamedLayers() has seen the model. */
export function translateTfOp(layer: LayerSpec): LayerSpec {
  if (!imported) throw new Error(`translateTfOp: loadNamedLayers() must come first; received layer ${layer.name}`);
  return imported(layer);
}
