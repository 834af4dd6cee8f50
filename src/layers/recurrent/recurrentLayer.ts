// The base of SimpleRNN, GRU, LSTM, ConvLSTM and RNN: a layer that runs a cell over the steps of a sequence.
// Source: https://keras.io/api/layers/recurrent_layers/rnn/

import { cast, keep, type Scalar, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import { isBefore } from '../../core/kerasVersion.js';
import { boolean, type Fields, type Values } from '../base/fields.js';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { Kwargs, LayerContext } from '../base/layerArgs.js';
import type { RecurrentCell } from './recurrentCell.js';
import { runLoop } from './runLoop.js';

export const sequenceFields = {
  returnSequences: boolean(false),
  returnState: boolean(false),
  goBackwards: boolean(false),
  stateful: boolean(false),
  unroll: boolean(false),
  zeroOutputForMask: boolean(false),
};

/** Arguments of every recurrent layer. */
export interface SequenceArgs {
  /** Whether to return the outputs of all steps, [batch, time, ...], instead of the last one. Default false. */
  returnSequences?: boolean;
  /** Whether to return the states after the last step too. Default false. */
  returnState?: boolean;
  /** Whether to run from the last step to the first. Default false. */
  goBackwards?: boolean;
  /** Whether a call starts with the final states of the previous one, which needs a fixed batch size. Default false. */
  stateful?: boolean;
  /** Only affects masked steps, which then repeat the previous output. Default false. */
  unroll?: boolean;
  /** Whether masked steps give zeros instead of the previous output. Default false. */
  zeroOutputForMask?: boolean;
}

type Sequence = Values<typeof sequenceFields>;

/** Shape [batch, time, ...] -> [batch, ...] */
function stepShapeOf(shape: Shape): Shape {
  return [shape[0], ...shape.slice(2)];
}

function firstShape(inputShape: Shape | Shape[]): Shape {
  return (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape;
}

/**
 * A recurrent layer. It supports masks.
 * Inputs: float32 [batch, time, ...], or a list of it and the initial states.
 * Output: the output of the last step, or of all with returnSequences; then the states with returnState.
 */
export abstract class RecurrentLayer<F extends Fields & typeof sequenceFields> extends KerasLayer<F> {
  /** Arguments of Keras 2 that do not change the result. `time_major` is accepted only if it is false. */
  static override readonly ignoredKeys: readonly string[] = ['implementation', 'timeMajor', 'inputLength', 'useCudnn'];

  static readonly takesInitialState: boolean = true;

  #states: Tensor[] | null = null;
  /** tf.keras leaves `initial_state` out where a stateful layer has states of its own; Keras 3 starts with it each time. */
  readonly #prefersKept: boolean;

  constructor(args: object, fields: F, context?: LayerContext) {
    super(args, fields, context);
    const { timeMajor, time_major } = args as Record<string, unknown>;
    if (timeMajor === true || time_major === true) {
      throw new KerasValueError(`${this.name}: time_major is not supported. Received: time_major=True`);
    }
    this.supportsMasking = true;
    this.#prefersKept = isBefore(context?.kerasVersion, 3, 0);
    this.inputRules = [{ minRank: 3 }];
  }

  abstract get cell(): RecurrentCell;

  get sequence(): Sequence {
    return this.config as unknown as Sequence;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = firstShape(inputShape);
    if (this.sequence.stateful && shape[0] === null) {
      throw new KerasValueError(
        `When using \`stateful=True\` in a RNN, the batch size must be static. Found dynamic batch size: sequence.shape=${showValue(shape)}`,
      );
    }
    this.buildCell(stepShapeOf(shape));
    super.build(shape);
  }

  protected buildCell(stepShape: Shape): void {
    if (this.cell.built) return;
    this.cell.build(stepShape);
    this.cell.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const shape = firstShape(inputShape);
    const stepShape = stepShapeOf(shape);
    const [batch, ...output] = this.cell.outputShapeOf(stepShape);
    const outputShape = this.sequence.returnSequences ? [batch, shape[1], ...output] : [batch, ...output];
    return this.sequence.returnState ? [outputShape, ...this.cell.stateShapesOf(stepShape)] : outputShape;
  }

  override computeMask(_inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor | Tensor[] {
    const { returnSequences, returnState } = this.sequence;
    const given = (Array.isArray(mask) ? mask[0] : mask) ?? null;
    const output = returnSequences ? given : null;
    if (!returnState) return output as Tensor;
    const none = this.cell.stateShapesOf(stepShapeOf(this.builtShape as Shape)).map(() => null);
    return [output, ...none] as Tensor[];
  }

  override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor | Tensor[] {
    return tidy(() => {
      const [first, ...given] = [inputs].flat();
      const sequence = floatInput(first);
      const { returnSequences, returnState, goBackwards, stateful, unroll, zeroOutputForMask } = this.sequence;
      const mask = [kwargs?.mask as Tensor | Tensor[] | null | undefined].flat()[0] ?? null;
      const { output, states } = runLoop({
        run: this.cell.begin(kwargs?.training === true, stepShapeOf(sequence.shape) as number[]),
        sequence,
        initialStates: this.#initialStates(sequence.shape, given),
        mask: mask && cast(mask, 'bool'),
        goBackwards,
        returnSequences,
        maskedOutput: zeroOutputForMask && !unroll ? 'zeros' : 'previous',
      });
      if (stateful) this.#remember(states);
      return returnState ? [output, ...states.map((state) => state.clone())] : output;
    });
  }

  #initialStates(shape: number[], given: readonly Tensor[]): Tensor[] {
    const kept = this.sequence.stateful ? this.#states : null;
    if (given.length > 0 && !(kept && this.#prefersKept)) return given.map((state) => floatInput(state));
    const shapes = this.cell.stateShapesOf(stepShapeOf(shape)) as number[][];
    if (!kept) return shapes.map((stateShape) => zeros(stateShape));
    if (kept[0].shape[0] !== shape[0]) {
      throw new KerasValueError(
        `If an RNN is stateful, the batch size of the input sequences must be the same as the batch size of the initial state. Expected batch size: ${kept[0].shape[0]}. Received batch size: ${shape[0]}`,
      );
    }
    return kept;
  }

  #remember(states: readonly Tensor[]): void {
    const kept = states.map((state) => keep(state.clone()));
    this.resetStates();
    this.#states = kept;
  }

  override get stateful(): boolean {
    return this.sequence.stateful;
  }

  /** Forgets the states of a stateful layer: its next call starts with zeros. */
  override resetStates(): void {
    for (const state of this.#states ?? []) state.dispose();
    this.#states = null;
  }

  protected override disposeWeights(): number {
    this.resetStates();
    return super.disposeWeights();
  }

  override get children(): Readonly<Record<string, layers.Layer>> {
    return { cell: this.cell };
  }

  override calculateLosses(): Scalar[] {
    return [...super.calculateLosses(), ...this.cell.calculateLosses()];
  }
}
