// The layer StackedRNNCells. Source: https://keras.io/api/layers/recurrent_layers/stacked_rnn_cell/

import type { serialization } from '@tensorflow/tfjs-core';
import { expandDims, squeeze, type Tensor } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import type { Field } from '../base/fields.js';
import type { LayerLike } from '../base/identifiers.js';
import { onlyShape } from '../base/inputs.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { inNameScope } from './nameScope.js';
import { type CellRun, RecurrentCell } from './recurrentCell.js';
import { byRegistry, readWrappedLayer, type SerializeLayer, wrappedConfig, wrappedTfjsConfig } from './wrapperLayer.js';

const cellList: Field<readonly RecurrentCell[]> = {
  parse(value, context) {
    const list = Array.isArray(value) ? value.map((item) => readWrappedLayer(item, context)) : [];
    if (list.length > 0 && list.every((cell) => cell instanceof RecurrentCell)) return list as RecurrentCell[];
    throw new KerasValueError(
      `${context.where}: \`${context.key}\` must be a list of recurrent cells. Received: ${context.key}=${showValue(value)}`,
    );
  },
  serialize: () => undefined,
};

const fields = { cells: cellList };

/** The arguments of Keras's StackedRNNCells. */
export interface StackedRNNCellsArgs extends BaseLayerArgs {
  /** The cells, or serialized ones. */
  cells: readonly LayerLike[];
}

/**
 * Several cells as one. In each step the output of a cell is the input of the next.
 * Source: https://keras.io/api/layers/recurrent_layers/stacked_rnn_cell/
 */
export class StackedRNNCells extends RecurrentCell<typeof fields> {
  static readonly className: string = 'StackedRNNCells';

  constructor(args: StackedRNNCellsArgs, context?: LayerContext) {
    super(args, fields, context);
  }

  get cells(): readonly RecurrentCell[] {
    return this.config.cells;
  }

  /** The input shape of each cell. */
  #inputShapes(stepShape: Shape): Shape[] {
    const shapes = [stepShape];
    for (const cell of this.cells) shapes.push(cell.outputShapeOf(shapes[shapes.length - 1]));
    return shapes;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shapes = this.#inputShapes(onlyShape(inputShape));
    this.cells.forEach((cell, i) => {
      if (cell.built) return;
      inNameScope(`RNNCell_${i}`, () => cell.build(shapes[i]));
      cell.built = true;
    });
    super.build(inputShape);
  }

  override stateShapesOf(stepShape: Shape): Shape[] {
    const shapes = this.#inputShapes(stepShape);
    return this.cells.flatMap((cell, i) => cell.stateShapesOf(shapes[i]));
  }

  /** The output is the first state of the last cell. */
  override get outputState(): number {
    const before = this.cells.slice(0, -1).flatMap((cell) => cell.stateShapesOf([null, null]));
    return before.length + this.cells[this.cells.length - 1].outputState;
  }

  override begin(training: boolean, stepShape: readonly number[]): CellRun {
    const shapes = this.#inputShapes([...stepShape]) as number[][];
    const runs = this.cells.map((cell, i) => cell.begin(training, shapes[i]));
    const counts = this.cells.map((cell) => cell.stateShapesOf([null, null]).length);
    return {
      project: (sequence) => runs[0].project(sequence),
      step(x, states) {
        let output: Tensor = x;
        let first = 0;
        const next = runs.flatMap((run, i) => {
          const given = i === 0 ? output : squeeze(run.project(expandDims(output, 1)), [1]);
          const result = run.step(given, states.slice(first, first + counts[i]));
          first += counts[i];
          output = result.output;
          return result.states;
        });
        return { output, states: next };
      },
    };
  }

  override get children(): Readonly<Record<string, readonly layers.Layer[]>> {
    return { cells: this.cells };
  }

  override getKerasConfig(serialize: SerializeLayer = byRegistry): Record<string, Json> {
    return { ...super.getKerasConfig(), ...wrappedConfig(this.children, serialize) };
  }

  override getConfig(): serialization.ConfigDict {
    return wrappedTfjsConfig(this, super.getKerasConfig(), this.children);
  }
}

/** Makes a StackedRNNCells layer. Arguments, shapes and errors are those of the class. */
export function stackedRNNCells(args: StackedRNNCellsArgs): StackedRNNCells {
  return new StackedRNNCells(args);
}
