// Layers that join tensors of broadcastable shapes value by value. Shapes are aligned as Keras does it: a tensor of smaller
// rank gets its missing axes behind the batch axis. Source: https://keras.io/api/layers/merging_layers/

import {
  add,
  addN,
  broadcastTo,
  div,
  expandDims,
  logicalOr,
  maximum,
  minimum,
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
import { floatInput } from '../base/inputs.js';
import { type BaseLayerArgs, KerasLayer, type LayerContext } from '../base/kerasLayer.js';
import { KerasValueError } from '../base/kerasValueError.js';
import { maskOf } from '../base/masks.js';
import { checkShapes, mergedShape } from './mergeShapes.js';

const fields = {};

/** Arguments of the merging layers without arguments of their own. */
export type MergeArgs = BaseLayerArgs;

type Binary = (a: Tensor, b: Tensor) => Tensor;

abstract class Merge extends KerasLayer<typeof fields> {
  constructor(args: MergeArgs = {}, context?: LayerContext) {
    super(args, fields, context);
    this.supportsMasking = true;
  }

  /** Of tensors of one rank, at least one; within a tidy. */
  protected abstract merge(tensors: Tensor[]): Tensor;

  override build(inputShape: Shape | Shape[]): void {
    mergedShape(checkShapes(this.getClassName(), inputShape));
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return mergedShape(checkShapes(this.getClassName(), inputShape));
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const tensors = [inputs].flat();
      const rank = Math.max(...tensors.map((x) => x.rank));
      return this.merge(tensors.map((x) => toRank(x, rank)));
    });
  }

  override computeMask(_inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor | Tensor[] {
    const masks = mask ? [mask].flat() : [];
    const known = masks.filter((m) => m != null);
    if (known.length === 0 || known.length < masks.length) return null as unknown as Tensor;
    return tidy(() => known.reduce((all, m) => logicalOr(all, m)).clone());
  }
}

/** float32, with axes of size 1 behind the first one where some are missing. */
function toRank(x: Tensor, rank: number): Tensor {
  const y = floatInput(x);
  if (y.rank === rank) return y;
  const [batch, ...others] = y.shape;
  return reshape(y, [batch, ...Array<number>(rank - y.rank).fill(1), ...others]);
}

/** The mask of x, repeated along its last axis. */
function fullMask(x: Tensor): Tensor | null {
  const mask = maskOf(x);
  return mask && mask.rank === x.rank - 1 ? broadcastTo(expandDims(mask, -1), x.shape) : null;
}

/** Where a value is masked, the others alone decide. */
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

/** The sum of all. TensorFlow.js adds more than two tensors in one kernel if they have one shape. */
function sumOf(tensors: Tensor[]): Tensor {
  const isSame = tensors.every(({ shape }) => shape.every((size, i) => size === tensors[0].shape[i]));
  return isSame && tensors.length > 2 ? addN(tensors) : tensors.reduce((a, b) => add(a, b));
}

/** The sum of its inputs: at least one tensor [batch, ...]. Source: https://keras.io/api/layers/merging_layers/add/ */
export class Add extends Merge {
  static readonly className: string = 'Add';

  protected override merge(tensors: Tensor[]): Tensor {
    return sumOf(tensors);
  }
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

/** The product of its inputs. Source: https://keras.io/api/layers/merging_layers/multiply/ */
export class Multiply extends Merge {
  static readonly className: string = 'Multiply';

  protected override merge(tensors: Tensor[]): Tensor {
    const masks = tensors.map(fullMask);
    if (masks.every((mask) => mask === null)) return tensors.reduce((a, b) => mul(a, b));
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

/** The mean of its inputs. Source: https://keras.io/api/layers/merging_layers/average/ */
export class Average extends Merge {
  static readonly className: string = 'Average';

  protected override merge(tensors: Tensor[]): Tensor {
    return div(sumOf(tensors), tensors.length);
  }
}

/** The larger of its inputs, value by value. Source: https://keras.io/api/layers/merging_layers/maximum/ */
export class Maximum extends Merge {
  static readonly className: string = 'Maximum';

  protected override merge(tensors: Tensor[]): Tensor {
    return mergeUnmasked(tensors, maximum);
  }
}

/** The smaller of its inputs, value by value. Source: https://keras.io/api/layers/merging_layers/minimum/ */
export class Minimum extends Merge {
  static readonly className: string = 'Minimum';

  protected override merge(tensors: Tensor[]): Tensor {
    return mergeUnmasked(tensors, minimum);
  }
}
