// The layer Dot. Source: https://keras.io/api/layers/merging_layers/dot/

import {
  div,
  matMul,
  maximum,
  reshape,
  sqrt,
  square,
  sum,
  type Tensor,
  tidy,
  transpose,
  util,
} from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { boolean, type Field } from '../base/fields.js';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { shapeList } from './mergeShapes.js';

type Axes = number | readonly [number, number];

function axesField(): Field<Axes> {
  return {
    parse(value, { key }) {
      if (Number.isInteger(value)) return value as number;
      const isPair = Array.isArray(value) && value.length === 2 && value.every((axis) => Number.isInteger(axis));
      if (isPair) return value as unknown as readonly [number, number];
      throw new KerasValueError(
        `Invalid format for argument \`${key}\`: it should be an integer or a list of two integers. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

const fields = { axes: axesField(), normalize: boolean(false) };

/** The arguments of Keras's Dot. */
export interface DotArgs extends BaseLayerArgs {
  /** The axis of each input that is summed over, or one number for both. The batch axis is not allowed. */
  axes: Axes;
  /**
   * Whether to scale both inputs to unit length along the axis first, which gives the cosine proximity. Default false.
   */
  normalize?: boolean;
}

/**
 * The dot products of two tensors along an axis of each, for each example separately.
 *
 * Inputs: two float32 tensors [batch, ...]. Output: the axes of the first without the summed one, then those of the
 * second without the batch and the summed one. Two inputs [batch, n] give [batch, 1].
 * Source: https://keras.io/api/layers/merging_layers/dot/
 *
 * @throws ValueError for another number of inputs, an axis that is the batch or out of bounds, and sizes that differ.
 */
export class Dot extends KerasLayer<typeof fields> {
  static readonly className: string = 'Dot';

  constructor(args: DotArgs, context?: LayerContext) {
    super(args, fields, context);
    this.supportsMasking = true;
  }

  /** The axes from zero up. */
  #axes(shapes: readonly Shape[]): [number, number] {
    const [a, b] = [this.config.axes, this.config.axes].map((axes, i) => (typeof axes === 'number' ? axes : axes[i]));
    const axes: [number, number] = [a < 0 ? a + shapes[0].length : a, b < 0 ? b + shapes[1].length : b];
    const isGood = axes.every((axis, i) => axis > 0 && axis < shapes[i].length);
    if (isGood) return axes;
    throw new KerasValueError(
      `Cannot perform batch_dot over axis 0 or an axis that an input lacks. Received: axes=${showValue(this.config.axes)}, input_shape=${showValue(shapes)}`,
    );
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shapes = shapeList(inputShape);
    if (shapes.length !== 2) {
      throw new KerasValueError(
        `A \`Dot\` layer should be called on a list of 2 inputs. Received: input_shape=${showValue(shapes)}`,
      );
    }
    const [a, b] = shapes;
    const [axisA, axisB] = this.#axes(shapes);
    if (a[axisA] !== null && b[axisB] !== null && a[axisA] !== b[axisB]) {
      throw new KerasValueError(
        `Incompatible input shapes: axis values ${a[axisA]} (at axis ${axisA}) != ${b[axisB]} (at axis ${axisB}). Full input shapes: ${showValue(a)}, ${showValue(b)}`,
      );
    }
    const output = [...a.filter((_, i) => i !== axisA), ...b.filter((_, i) => i !== 0 && i !== axisB)];
    return output.length === 1 ? [...output, 1] : output;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const tensors = [inputs].flat().map(floatInput);
      const axes = this.#axes(tensors.map(({ shape }) => shape));
      const [x, y] = tensors.map((tensor, i) => {
        const scaled = this.config.normalize ? unitLength(tensor, axes[i]) : tensor;
        return asMatrices(scaled, axes[i]);
      });
      const output = this.computeOutputShape(tensors.map(({ shape }) => shape)) as number[];
      return reshape(matMul(x, y, false, true), output);
    });
  }

  override computeMask(): Tensor {
    return null as unknown as Tensor;
  }
}

/** Makes a Dot layer. Arguments, shapes and errors are those of the class. */
export function dot(args: DotArgs): Dot {
  return new Dot(args);
}

/** x / max(|x|, 1e-12), where |x| is the length along `axis`. */
function unitLength(x: Tensor, axis: number): Tensor {
  return div(x, sqrt(maximum(sum(square(x), axis, true), 1e-24)));
}

/** Reshapes x to [batch, size of all other axes, size of `axis`]. */
function asMatrices(x: Tensor, axis: number): Tensor {
  const others = x.shape.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
  const order = [0, ...others, axis];
  const transposed = order.every((from, to) => from === to) ? x : transpose(x, order);
  return reshape(transposed, [x.shape[0], util.sizeFromShape(others.map((i) => x.shape[i])), x.shape[axis]]);
}
