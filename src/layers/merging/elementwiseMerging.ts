// The elementwise merging layers: Add, Subtract, Multiply, Average, Maximum, Minimum. As in Keras, a tensor of smaller
// rank gets axes of size 1 behind the batch axis, and then shapes broadcast. Source:
// https://keras.io/api/layers/merging_layers/

import {
  addN,
  add as addTensors,
  broadcastTo,
  div,
  expandDims,
  logicalAnd,
  logicalOr,
  mul,
  onesLike,
  reshape,
  sub,
  type Tensor,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { isBefore } from '../../core/kerasVersion.js';
import { maximumOf, minimumOf } from '../base/extremes.js';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { maskOf, withoutGradient } from '../base/masks.js';
import { checkShapes, mergedShape } from './mergeShapes.js';

const fields = {};

/** The arguments of the elementwise merging layers. */
export type MergeArgs = BaseLayerArgs;

type Binary = (a: Tensor, b: Tensor) => Tensor;

abstract class Merge extends KerasLayer<typeof fields> {
  /** Before Keras 3.4 a position counted if all masks that there are let it through; since then if one of all does. */
  readonly #needsAllMasks: boolean;

  constructor(args: MergeArgs = {}, context: LayerContext = {}) {
    super(args, fields, context);
    this.supportsMasking = true;
    this.#needsAllMasks = isBefore(context.kerasVersion, 3, 4);
  }

  /** Merges at least one tensor; all have one rank. Called in a tidy. */
  protected abstract merge(tensors: Tensor[]): Tensor;

  override build(inputShape: Shape | Shape[]): void {
    mergedShape(checkShapes(this.getClassName(), inputShape));
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return mergedShape(checkShapes(this.getClassName(), inputShape));
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const tensors = Array.isArray(inputs) ? inputs : [inputs];
    return tidy(() => {
      let rank = 0;
      for (const x of tensors) rank = Math.max(rank, x.rank);
      return this.merge(tensors.map((x) => toRank(x, rank)));
    });
  }

  override computeMask(_inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor | Tensor[] {
    if (!mask) return null as unknown as Tensor;
    const masks = [mask].flat();
    const known = masks.filter((m) => m != null);
    if (known.length === 0) return null as unknown as Tensor;
    if (this.#needsAllMasks) return withoutGradient(() => known.reduce((all, m) => logicalAnd(all, m)).clone());
    if (known.length < masks.length) return null as unknown as Tensor;
    return withoutGradient(() => known.reduce((all, m) => logicalOr(all, m)).clone());
  }
}

/** Casts to float32, and inserts axes of size 1 behind the batch axis up to this rank. */
function toRank(x: Tensor, rank: number): Tensor {
  const y = floatInput(x);
  if (y.rank === rank) return y;
  const [batch, ...others] = y.shape;
  return reshape(y, [batch, ...Array<number>(rank - y.rank).fill(1), ...others]);
}

/** The mask of x, broadcast along its last axis; null if there is none. */
function fullMask(x: Tensor): Tensor | null {
  const mask = maskOf(x);
  return mask && mask.rank === x.rank - 1 ? broadcastTo(expandDims(mask, -1), x.shape) : null;
}

/** Merges the values that are not masked. */
function mergeUnmasked(tensors: Tensor[], merge: Binary): Tensor {
  let [output] = tensors;
  let outputMask = fullMask(output);
  for (const x of tensors.slice(1)) {
    const mask = fullMask(x);
    const other = mask ? where(mask, x, output) : x;
    const own = outputMask ? where(outputMask, output, other) : output;
    outputMask = mask && outputMask ? logicalOr(mask, outputMask) : null;
    output = merge(own, other);
  }
  return output;
}

/** Sums the tensors. Three or more of one shape are added by one kernel of TensorFlow.js. */
function sumAll(tensors: Tensor[]): Tensor {
  if (tensors.length === 2) return addTensors(tensors[0], tensors[1]);
  const isSame = tensors.every(({ shape }) => shape.every((size, i) => size === tensors[0].shape[i]));
  return isSame && tensors.length > 2 ? addN(tensors) : tensors.reduce((a, b) => addTensors(a, b));
}

/** The sum of its inputs, at least one tensor [batch, ...]. Source: https://keras.io/api/layers/merging_layers/add/ */
export class Add extends Merge {
  static readonly className: string = 'Add';

  protected override merge(tensors: Tensor[]): Tensor {
    return sumAll(tensors);
  }
}

/** Makes an Add layer. Arguments, shapes and errors are those of the class. */
export function add(args: MergeArgs = {}): Add {
  return new Add(args);
}

/** The first input minus the second. Source: https://keras.io/api/layers/merging_layers/subtract/ */
export class Subtract extends Merge {
  static readonly className: string = 'Subtract';

  override build(inputShape: Shape | Shape[]): void {
    const { length } = checkShapes('Subtract', inputShape);
    if (length !== 2) {
      throw new KerasValueError(
        `A \`Subtract\` layer should be called on exactly 2 inputs. Received: ${length} inputs of shapes ${JSON.stringify(inputShape)}`,
      );
    }
    super.build(inputShape);
  }

  protected override merge([a, b]: Tensor[]): Tensor {
    return sub(a, b);
  }
}

/** Makes a Subtract layer. Arguments, shapes and errors are those of the class. */
export function subtract(args: MergeArgs = {}): Subtract {
  return new Subtract(args);
}

/** The product of its inputs. Source: https://keras.io/api/layers/merging_layers/multiply/ */
export class Multiply extends Merge {
  static readonly className: string = 'Multiply';

  readonly #ignoresMasks: boolean;

  constructor(args: MergeArgs = {}, context: LayerContext = {}) {
    super(args, context);
    this.#ignoresMasks = isBefore(context.kerasVersion, 3, 6);
  }

  protected override merge(tensors: Tensor[]): Tensor {
    const masks = tensors.map(fullMask);
    if (this.#ignoresMasks || masks.every((mask) => mask === null)) return tensors.reduce((a, b) => mul(a, b));
    const product = tensors
      .map((x, i) => {
        const mask = masks[i];
        return mask ? where(mask, x, onesLike(x)) : x;
      })
      .reduce((a, b) => mul(a, b));
    if (masks.includes(null)) return product;
    const isSet = (masks as Tensor[]).reduce((a, b) => logicalOr(a, b));
    return where(isSet, product, zerosLike(product));
  }
}

/** Makes a Multiply layer. Arguments, shapes and errors are those of the class. */
export function multiply(args: MergeArgs = {}): Multiply {
  return new Multiply(args);
}

/** The mean of its inputs. Source: https://keras.io/api/layers/merging_layers/average/ */
export class Average extends Merge {
  static readonly className: string = 'Average';

  protected override merge(tensors: Tensor[]): Tensor {
    return div(sumAll(tensors), tensors.length);
  }
}

/** Makes an Average layer. Arguments, shapes and errors are those of the class. */
export function average(args: MergeArgs = {}): Average {
  return new Average(args);
}

/** A position that one input masks takes the value of the others, since Keras 3.6. */
abstract class Extremum extends Merge {
  protected abstract readonly choose: Binary;
  readonly #ignoresMasks: boolean;

  constructor(args: MergeArgs = {}, context: LayerContext = {}) {
    super(args, context);
    this.#ignoresMasks = isBefore(context.kerasVersion, 3, 6);
  }

  protected override merge(tensors: Tensor[]): Tensor {
    return this.#ignoresMasks ? tensors.reduce(this.choose) : mergeUnmasked(tensors, this.choose);
  }
}

/** The elementwise maximum of its inputs. Source: https://keras.io/api/layers/merging_layers/maximum/ */
export class Maximum extends Extremum {
  static readonly className: string = 'Maximum';

  protected override readonly choose = maximumOf;
}

/** Makes a Maximum layer. Arguments, shapes and errors are those of the class. */
export function maximum(args: MergeArgs = {}): Maximum {
  return new Maximum(args);
}

/** The elementwise minimum of its inputs. Source: https://keras.io/api/layers/merging_layers/minimum/ */
export class Minimum extends Extremum {
  static readonly className: string = 'Minimum';

  protected override readonly choose = minimumOf;
}

/** Makes a Minimum layer. Arguments, shapes and errors are those of the class. */
export function minimum(args: MergeArgs = {}): Minimum {
  return new Minimum(args);
}
