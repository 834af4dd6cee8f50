// The layer Concatenate. Source: https://keras.io/api/layers/merging_layers/concatenate/

import { all, any, broadcastTo, cast, concat, expandDims, onesLike, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { isBefore } from '../../core/kerasVersion.js';
import { number } from '../base/fields.js';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { withoutGradient } from '../base/masks.js';
import { shapeList } from './mergeShapes.js';

const fields = { axis: number(-1) };

/** The arguments of Keras's Concatenate. */
export interface ConcatenateArgs extends BaseLayerArgs {
  /** The axis of concatenation. Default -1. */
  axis?: number;
}

/**
 * Concatenates its inputs along an axis.
 * Inputs: at least one float32 tensor [batch, ...]; all sizes but those along the axis must agree.
 * Source: https://keras.io/api/layers/merging_layers/concatenate/
 *
 * @throws ValueError for inputs whose shapes do not fit.
 */
export class Concatenate extends KerasLayer<typeof fields> {
  static readonly className: string = 'Concatenate';

  /** Before Keras 3.4 a position counted if all of its values did; since then if one does. */
  readonly #needsAllValues: boolean;

  constructor(args: ConcatenateArgs = {}, context: LayerContext = {}) {
    super(args, fields, context);
    this.supportsMasking = true;
    this.#needsAllValues = isBefore(context.kerasVersion, 3, 4);
  }

  #axisOf(rank: number): number {
    const { axis } = this.config;
    return axis < 0 ? axis + rank : axis;
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shapes = shapeList(inputShape);
    const [first] = shapes;
    const at = this.#axisOf(first.length);
    const fits = (shape: Shape) =>
      shape.length === first.length &&
      shape.every((size, i) => i === at || shapes.every((other) => areCompatible(size, other[i])));
    if (at < 0 || at >= first.length || !shapes.every(fits)) {
      throw new KerasValueError(
        `A \`Concatenate\` layer requires inputs with matching shapes except for the concatenation axis. Received: input_shape=${showValue(shapes)}, axis=${this.config.axis}`,
      );
    }
    const known = (i: number) => shapes.map((shape) => shape[i]).find((size) => size !== null) ?? null;
    const sum = shapes.reduce<number | null>(
      (all, { [at]: size }) => (all === null || size === null ? null : all + size),
      0,
    );
    return first.map((_, i) => (i === at ? sum : known(i)));
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const tensors = [inputs].flat().map(floatInput);
      return concat(tensors, this.#axisOf(tensors[0].rank));
    });
  }

  /** A tensor without a mask counts as if its mask were true everywhere. */
  override computeMask(inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor | Tensor[] {
    const masks = mask ? [mask].flat() : [];
    if (masks.every((m) => m == null)) return null as unknown as Tensor;
    return withoutGradient(() => {
      const tensors = [inputs].flat();
      const full = tensors.map((x, i) => {
        const m = masks[i];
        if (m == null) return cast(onesLike(x), 'bool');
        return m.rank < x.rank ? broadcastTo(expandDims(m, -1), x.shape) : m;
      });
      const joined = concat(full, this.#axisOf(tensors[0].rank));
      return this.#needsAllValues ? all(joined, -1) : any(joined, -1);
    });
  }
}

/** Makes a Concatenate layer. Arguments, shapes and errors are those of the class. */
export function concatenate(args: ConcatenateArgs = {}): Concatenate {
  return new Concatenate(args);
}

function areCompatible(a: number | null, b: number | null): boolean {
  return a === null || b === null || a === b;
}
