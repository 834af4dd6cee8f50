// Convolutions that are not drawn yet. In TensorFlow.js the operations that follow a convolution in a network (batch
// normalization, activation, the sum with a shortcut) are operations of their own, and would each be a pass over the
// image. So a convolution is drawn when its values are first needed. An operation that the epilogue can do makes
// another deferred convolution instead, with a longer epilogue, and the first one is never drawn.
//
// A convolution whose result is used twice is needed later after all, and is computed twice. That is noticed: from then
// on, convolutions with these weights are drawn before the operation that should not have been joined. While gradients
// are recorded nothing is deferred, because the tape keeps every result.

import { type DataId, engine } from '@tensorflow/tfjs-core';
import { type Clamp, composeClamps, linearClamp } from '../../../../kernels/glsl/tiled/conv/clampEpilogue.js';
import { readFlag } from '../../../tfjs/flags.js';
import type { Texture, TiledTexture } from '../gl/textures.js';
import { isMeasured } from '../measuring.js';
import type { TensorStore } from '../tensors/tensorStore.js';
import type { Deferred, TiledTensor } from '../tensors/tiledTensor.js';
import type { ConvPlan, EpilogueForm } from './plan.js';

export interface ConvParts {
  readonly plan: ConvPlan;
  /** Whether the program with a form of epilogue is right on this device. */
  trusts(form: EpilogueForm, use: 'choice' | 'draw'): boolean;
  readonly x: TiledTexture;
  readonly w: Texture;
  /** The tensor whose values `w` holds. The texture itself holds other weights when it is used again. */
  readonly filter: DataId;
  readonly bias: Texture;
  /** Scale and shift for each channel, as packAffine() makes them. */
  readonly vectors?: Texture;
  readonly residual?: TiledTexture;
  /** Default: linear. */
  readonly clamp?: Clamp;
  /** A slope for each channel, in place of the one in `clamp`. */
  readonly slope?: Texture;
}

/**
 * Whether results may stay undrawn: not while gradients are recorded, and not with CONVNET_DEFER off, which is for
 * measurements of single operations. Where the CPU may take over, a draw must fail in the operation that it belongs to.
 */
export function mayDefer(): boolean {
  return (
    !isMeasured() &&
    readFlag('CONVNET_DEFER') &&
    engine().state.gradientDepth === 0 &&
    readFlag('CONVNET_ON_FAILURE') === 'error'
  );
}

/** How many operations may be joined to the convolution with the weights of this dataId. */
const stageLimits = new WeakMap<DataId, number>();

export class DeferredConv implements Deferred {
  readonly sources: readonly Texture[];
  isJoined = false;
  readonly #store: TensorStore;
  readonly #parts: ConvParts;
  /** How many operations have been joined. */
  readonly #stage: number;

  constructor(store: TensorStore, parts: ConvParts, stage = 0) {
    this.#store = store;
    this.#parts = parts;
    this.#stage = stage;
    const { x, w, bias, vectors, residual, slope } = parts;
    this.sources = [x, w, bias, vectors, residual, slope].filter((source) => source !== undefined);
  }

  /** The deferred convolution of a tensor that nobody has needed yet. */
  static of(tensor: TiledTensor | undefined): DeferredConv | undefined {
    return tensor?.deferred instanceof DeferredConv && mayDefer() ? tensor.deferred : undefined;
  }

  draw(target: TiledTexture): void {
    if (this.isJoined) stageLimits.set(this.#parts.filter, this.#stage);
    const { plan, x, w, bias, residual, slope, clamp = linearClamp } = this.#parts;
    const { vectors = this.#store.matrices.identity() } = this.#parts;
    const epilogue = { slopes: slope !== undefined, residual: residual !== undefined };
    const inputs = { x, w, bias, vectors, ...(residual && { residual }), ...(slope && { slope }) };
    if (!this.#parts.trusts(epilogue, 'draw')) {
      const rule = `a program must be right on this GPU, and is not used any more; call the model again`;
      throw new Error(`convnet: ${rule}; received program=${plan.kernelClass}`);
    }
    plan.draw(this.#store, target, { epilogue, inputs, clamp });
  }

  /** y * scale + shift for each channel. Here and below, undefined means that it must be an operation of its own. */
  joinAffine(vectors: () => Texture): DeferredConv | undefined {
    const isFree = this.#isSum && this.#parts.vectors === undefined && this.#mayJoin;
    return isFree ? this.#join({ vectors: vectors() }) : undefined;
  }

  /** y + residual, which has the same layout. */
  joinSum(residual: () => TiledTexture): DeferredConv | undefined {
    const mayJoin = this.#isSum && this.#mayJoin && this.#parts.trusts({ slopes: false, residual: true }, 'choice');
    return mayJoin ? this.#join({ residual: residual() }) : undefined;
  }

  /** clamp(y), where y may be clamped already: tfjs-layers computes relu6 as a relu and a clip. */
  joinClamp(clamp: Clamp): DeferredConv | undefined {
    const { clamp: before, slope } = this.#parts;
    const both = before ? composeClamps(before, clamp) : clamp;
    return both && !slope && this.#mayJoin ? this.#join({ clamp: both }) : undefined;
  }

  /** y < 0 ? slope * y : y, with a slope for each channel. */
  joinSlopes(slope: () => Texture): DeferredConv | undefined {
    const { clamp, residual } = this.#parts;
    const isFree = clamp === undefined && this.#mayJoin;
    const mayJoin = isFree && this.#parts.trusts({ slopes: true, residual: residual !== undefined }, 'choice');
    return mayJoin ? this.#join({ slope: slope(), clamp: linearClamp }) : undefined;
  }

  /** Whether only a bias and a normalization follow so far. */
  get #isSum(): boolean {
    return this.#parts.residual === undefined && this.#parts.clamp === undefined;
  }

  get #mayJoin(): boolean {
    return this.#stage < (stageLimits.get(this.#parts.filter) ?? Number.POSITIVE_INFINITY);
  }

  #join(more: Partial<ConvParts>): DeferredConv {
    this.isJoined = true;
    return new DeferredConv(this.#store, { ...this.#parts, ...more }, this.#stage + 1);
  }
}
