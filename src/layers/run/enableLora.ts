// LoRA on many layers of a model at once, for networks that were loaded: kernel + alpha/rank * (a b), where only a and b are
// trained. Source: `enable_lora` in https://keras.io/api/layers/core_layers/dense/, https://arxiv.org/abs/2106.09685

import { LayersModel, type layers, type Shape } from '@tensorflow/tfjs-layers';
import { everyLayerOf } from '../../tfjs/everyLayer.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { setOwnTrainable } from '../base/trainable.js';
import type { LoraOptions } from '../conv/lora.js';

/** A layer that LoRA can adapt: Conv1D, Conv2D, Conv3D, Dense, EinsumDense, Embedding, ReversibleEmbedding. */
export interface AdaptableLayer extends layers.Layer {
  readonly loraEnabled: boolean;
  /** The shape of the weight that LoRA adapts; null where it cannot: not built, under a constraint, or adapted already. */
  readonly adaptableShape: Shape | null;
  enableLora(rank: number, options?: LoraOptions): void;
}

/** Options of `enableLora`. */
export interface EnableLoraOptions extends LoraOptions {
  /**
   * Which of the layers get LoRA: their names, a pattern of names, or a function. Default: all that can, also within nested
   * models and wrappers, except those whose kernel is no larger than its factors would be. Layers that have LoRA already or
   * a constraint on the kernel cannot.
   */
  readonly where?: readonly string[] | RegExp | ((layer: AdaptableLayer) => boolean);
  /**
   * Whether to freeze all other layers, batch normalization too, so that the factors and the biases of the adapted layers
   * alone are trained. Default true. Set `trainable` of a new head to true afterwards.
   */
  readonly freezeOthers?: boolean;
}

/**
 * Enables LoRA on layers of a model. Outputs are the same at first. Compile the model (again) afterwards.
 *
 * @param rank Inner size of the factors.
 * @returns The layers that have LoRA now.
 * @throws ValueError for a rank that is no positive integer, for names that no adaptable layer has, and if no layer fits.
 */
export function enableLora(model: LayersModel, rank: number, options: EnableLoraOptions = {}): AdaptableLayer[] {
  const { where, freezeOthers = true, ...lora } = options;
  if (!Number.isInteger(rank) || rank < 1) {
    throw new KerasValueError(
      `Argument \`rank\` of lora must be a positive integer. Received: rank=${showValue(rank)}`,
    );
  }
  const all = new Set<layers.Layer>();
  collect(model, all);
  const adaptable = [...all].filter(isAdaptable);
  const chosen = adaptable.filter((layer) => isWanted(layer, where) && (where !== undefined || saves(layer, rank)));
  const missing = isNames(where) ? where.filter((name) => !adaptable.some((layer) => layer.name === name)) : [];
  if (missing.length > 0 || chosen.length === 0) {
    throw new KerasValueError(
      `enableLora: \`where\` must choose layers that LoRA can adapt (${adaptable.map(({ name }) => name).join(', ')}). Received: where=${showValue(missing.length > 0 ? missing : String(where))}`,
    );
  }
  if (freezeOthers) {
    for (const layer of all) setOwnTrainable(layer, layer instanceof LayersModel);
  }
  for (const layer of chosen) {
    setOwnTrainable(layer, true);
    layer.enableLora(rank, lora);
  }
  return chosen;
}

/** The model, and all layers at any depth. */
function collect(layer: layers.Layer, found: Set<layers.Layer>): void {
  if (found.has(layer)) return;
  found.add(layer);
  const within =
    layer instanceof LayersModel
      ? everyLayerOf(layer)
      : layer instanceof KerasLayer
        ? Object.values(layer.children).flat()
        : [];
  for (const inner of within) collect(inner, found);
}

function isAdaptable(layer: layers.Layer): layer is AdaptableLayer {
  return ((layer as Partial<AdaptableLayer>).adaptableShape ?? null) !== null;
}

function isNames(where: EnableLoraOptions['where']): where is readonly string[] {
  return Array.isArray(where);
}

function isWanted(layer: AdaptableLayer, where: EnableLoraOptions['where']): boolean {
  if (where === undefined) return true;
  if (typeof where === 'function') return where(layer);
  return isNames(where) ? where.includes(layer.name) : where.test(layer.name);
}

/** Whether the factors are smaller than the kernel. */
function saves({ adaptableShape }: AdaptableLayer, rank: number): boolean {
  const shape = adaptableShape as number[];
  const last = shape[shape.length - 1];
  const rows = shape.reduce((product, size) => product * size, 1) / last;
  return rank * (rows + last) < rows * last;
}
