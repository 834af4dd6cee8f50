// Convolutions that are not drawn yet. What follows a convolution in a network (batch normalization, activation, the sum with a
// shortcut) is an operation of its own in TensorFlow.js, and would be a pass over the image of its own. So a convolution is
// drawn when its values are first asked for; an operation that the epilogue can do makes another such convolution instead,
// with more of an epilogue, and the first one is never drawn.
//
// Unless somebody asks for it later: a convolution whose result goes two ways is then computed twice. That is seen, and
// from then on convolutions with these weights are drawn before the operation that was wrongly joined. While gradients are
// recorded nothing is deferred: the tape keeps every result.

import { engine } from '@tensorflow/tfjs-core';
import { composeClamps } from '../../../../kernels/glsl/tiled/conv/epilogue.js';
import { readFlag } from '../../../tfjs/flags.js';
import type { Texture, TiledTexture } from '../gl/textures.js';
import type { Deferred, TensorStore, TiledTensor } from '../tensors/tensorStore.js';
import type { ConvPlan } from './plan.js';

export interface ConvParts {
  readonly plan: ConvPlan;
  readonly x: TiledTexture;
  readonly w: Texture;
  readonly bias: Texture;
  /** Scale and shift for each channel, as packAffine makes them. */
  readonly vectors?: Texture;
  readonly residual?: TiledTexture;
  /** The uniform `clampTo`; none: linear. */
  readonly clampTo?: readonly number[];
  /** For each channel, in place of the one in clampTo. */
  readonly slope?: Texture;
}

/**
 * Whether results may stay undrawn: not while they are recorded for gradients, and not with CONVNET_DEFER off, for
 * measurements of single operations.
 */
export function mayDefer(): boolean {
  return readFlag('CONVNET_DEFER') && engine().state.gradientDepth === 0;
}

/** How many operations may be joined to the convolution with these weights. */
const stageLimits = new WeakMap<Texture, number>();

const linear = [1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0];

export class DeferredConv implements Deferred {
  readonly sources: readonly Texture[];
  isJoined = false;
  readonly #store: TensorStore;
  readonly #parts: ConvParts;
  /** Operations joined so far. */
  readonly #stage: number;

  constructor(store: TensorStore, parts: ConvParts, stage = 0) {
    this.#store = store;
    this.#parts = parts;
    this.#stage = stage;
    const { x, w, bias, vectors, residual, slope } = parts;
    this.sources = [x, w, bias, vectors, residual, slope].filter((source) => source !== undefined);
  }

  /** The one behind a tensor that nobody has asked for yet. */
  static of(tensor: TiledTensor | undefined): DeferredConv | undefined {
    return tensor?.deferred instanceof DeferredConv && mayDefer() ? tensor.deferred : undefined;
  }

  draw(target: TiledTexture): void {
    if (this.isJoined) stageLimits.set(this.#parts.w, this.#stage);
    const { plan, x, w, bias, residual, slope, clampTo = linear } = this.#parts;
    const { vectors = this.#store.matrices.identity } = this.#parts;
    const program = plan.program({
      slopes: slope !== undefined,
      residual: residual !== undefined,
    });
    const inputs = { x, w, bias, vectors, ...(residual && { residual }), ...(slope && { slope }) };
    const source = { program, inputs, ints: plan.ints, floats: clampTo };
    if (plan.draw) plan.draw(this.#store, target, source);
    else this.#store.draw({ texture: target }, source);
  }

  /** y * scale + shift for each channel; undefined, here and below, where it has to be an operation of its own. */
  joinAffine(vectors: () => Texture): DeferredConv | undefined {
    const isFree = this.#isSum && this.#parts.vectors === undefined && this.#mayJoin;
    return isFree ? this.#join({ vectors: vectors() }) : undefined;
  }

  /** y + residual, which has the same layout. */
  joinSum(residual: () => TiledTexture): DeferredConv | undefined {
    return this.#isSum && this.#mayJoin ? this.#join({ residual: residual() }) : undefined;
  }

  /** clamp(y), also of what is clamped already: tfjs-layers computes relu6 as a relu and a clip. */
  joinClamp(clampTo: readonly number[]): DeferredConv | undefined {
    const { clampTo: before, slope } = this.#parts;
    const both = before ? composeClamps(before, clampTo) : clampTo;
    return both && !slope && this.#mayJoin ? this.#join({ clampTo: both }) : undefined;
  }

  /** Whether nothing follows yet but a bias and a normalization. */
  get #isSum(): boolean {
    return this.#parts.residual === undefined && this.#parts.clampTo === undefined;
  }

  get #mayJoin(): boolean {
    return this.#stage < (stageLimits.get(this.#parts.w) ?? Number.POSITIVE_INFINITY);
  }

  #join(more: Partial<ConvParts>): DeferredConv {
    this.isJoined = true;
    return new DeferredConv(this.#store, { ...this.#parts, ...more }, this.#stage + 1);
  }
}
