// Masks of padded sequences. A mask belongs to a tensor and travels with it, as in Keras. (TensorFlow.js's own executor
// passes every layer the first mask that appears.)
// Source: https://keras.io/guides/understanding_masking_and_padding/

import { cast, customGrad, mul, sub, type Tensor, where } from '@tensorflow/tfjs-core';

// Several tensors may share a mask. The property that TensorFlow.js has for masks (`kerasMask`) would dispose of it with the
// first of them.
interface Holder {
  mask: Tensor | null;
}

// In Keras a layer that has nothing to do, as Dropout at inference, gives the tensor itself. Here it gives another one of the same
// data: both have one holder, so that who takes the mask off one takes it off the other.
const holders = new WeakMap<Tensor, Holder>();

/** The mask of x, bool and of the shape of x without its last axes; null if x has none. */
export function maskOf(x: Tensor): Tensor | null {
  const { kerasMask } = x as { readonly kerasMask?: Tensor | null }; // set by layers of TensorFlow.js itself
  const mask = holders.get(x)?.mask ?? kerasMask;
  return mask && !mask.isDisposed ? mask : null;
}

/** Puts a mask on x, or takes away the one that it has. The mask stays the caller's. */
export function setMask(x: Tensor, mask: Tensor | null): void {
  const holder = holders.get(x);
  if (holder) holder.mask = mask;
  else if (mask) holders.set(x, { mask });
}

/** Puts a mask on an output y of x. Where y is x in all but the object, and the mask is that of x, they share it from then on. */
function handMaskOn(x: Tensor, y: Tensor, mask: Tensor | null): void {
  const holder = holders.get(x);
  const isSame = x.dataId === y.dataId && x.rank === y.rank && x.shape.every((size, i) => size === y.shape[i]);
  if (isSame && holder && holder.mask === mask) holders.set(y, holder);
  else setMask(y, mask);
}

/** Puts on the outputs of x what computeMask() gave: one mask, that of the first output, or a list. */
export function handMasksOn(x: Tensor, outputs: Tensor | Tensor[], made: Tensor | (Tensor | null)[] | null): void {
  const maskAt = (i: number) => (Array.isArray(made) ? made[i] : i === 0 ? made : null) ?? null;
  if (!Array.isArray(outputs)) handMaskOn(x, outputs, maskAt(0));
  else
    outputs.forEach((output, i) => {
      handMaskOn(x, output, maskAt(i));
    });
}

type Masks = Tensor | null | readonly (Tensor | null)[];

let handedOn: { readonly layer: object; readonly masks: Masks } | undefined;

/**
 * Says from which masks the next call of a layer computes those of its outputs; undefined: from those of the call. It is no
 * argument of the call: to take it out of them again cost more than all else that apply() does.
 */
export function handOnNext(layer: object, masks: Masks | undefined): void {
  handedOn = masks === undefined ? undefined : { layer, masks };
}

/** What handOnNext() said of this layer, once; else the masks of the call. */
export function takeHandedOn(layer: object, ofCall: Masks): Masks {
  if (handedOn?.layer !== layer) return ofCall;
  const { masks } = handedOn;
  handedOn = undefined;
  return masks;
}

/**
 * The mask of each input of a call: the one that the caller gives, else the one on the tensor.
 *
 * @param given The keyword `mask`: a mask for the first input, or a list with a mask, null or nothing for each; false, also
 *     in the list: no mask.
 */
export function masksOfCall(inputs: readonly Tensor[], given: unknown): (Tensor | null)[] {
  if (given === undefined) return inputs.map(maskOf);
  if (given === false) return inputs.map(() => null);
  const list = (Array.isArray(given) ? given : [given]) as readonly (Tensor | null | undefined | false)[];
  return inputs.map((x, i) => (list[i] === false ? null : ((list[i] as Tensor | null | undefined) ?? maskOf(x))));
}

/** What a layer's `call` gets as `mask`: the mask of its one input, or a list of those of several. As masksOfCall(). */
export function maskArgument(inputs: Tensor | Tensor[], given: unknown): Tensor | null | (Tensor | null)[] {
  if (given === undefined && !Array.isArray(inputs)) return maskOf(inputs);
  const masks = masksOfCall(Array.isArray(inputs) ? inputs : [inputs], given);
  return masks.length === 1 ? masks[0] : masks;
}

/**
 * The mask of each input, as `call` and `computeMask` of a layer with several inputs get it from apply(): a list is complete,
 * null in it means that the call has no mask there, whatever the tensor carries.
 */
export function completeMasks(inputs: readonly Tensor[], given: unknown): readonly (Tensor | null)[] {
  return Array.isArray(given) ? given.map((mask) => mask || null) : masksOfCall(inputs, given);
}

/**
 * Whether a layer that begins a mask should make one: always, but for TensorFlow.js's own executor, which asks with a list
 * of masks. It passes the first mask that it gets to every later layer; the masks on the tensors do without it.
 */
export function isMaskWanted(mask: unknown): boolean {
  return !Array.isArray(mask);
}

/**
 * Computes a tensor through which no gradient flows. TensorFlow.js has no gradients of comparisons and logical
 * operations, and throws if a loss depends on one.
 */
export function withoutGradient(f: () => Tensor): Tensor {
  return customGrad(() => ({ value: f(), gradFunc: () => [] }))();
}

/** The term that masks scores before the softmax: 0 where the mask is true, -1e9 elsewhere. */
export function maskPenalty(mask: Tensor): Tensor {
  return mul(sub(cast(mask, 'float32'), 1), 1e9);
}

/**
 * Scores before the softmax, -1e9 where the mask is false. Unlike `maskPenalty` no gradient flows into those: a row that is
 * masked as a whole has equal shares whatever its scores are.
 */
export function maskedScores(scores: Tensor, mask: Tensor): Tensor {
  return where(cast(mask, 'bool'), scores, -1e9);
}
