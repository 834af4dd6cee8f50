// Runs a cell over the steps of a sequence. Source: https://keras.io/api/layers/recurrent_layers/rnn/

import { reshape, slice, stack, type Tensor, tidy, where, zerosLike } from '@tensorflow/tfjs-core';
import { unstack } from '../base/parts.js';
import type { CellRun } from './recurrentCell.js';

/** The arguments of `runLoop`. */
export interface Loop {
  readonly run: CellRun;
  /** [batch, time, ...] */
  readonly sequence: Tensor;
  readonly initialStates: readonly Tensor[];
  /** bool [batch, time]. Steps where it is false do not change the states. */
  readonly mask: Tensor | null;
  /** Whether to run from the last step to the first. The outputs have that order too. */
  readonly goBackwards: boolean;
  /** Whether to return the outputs of all steps. */
  readonly returnSequences: boolean;
  /**
   * The output of a masked step: zeros, or the previous output, at first zeros. That is Keras on TensorFlow and PyTorch; on JAX
   * the output before the first one is the state that was given.
   */
  readonly maskedOutput: 'zeros' | 'previous';
}

export interface LoopResult {
  /** The outputs of all steps [batch, time, ...], or of the last one [batch, ...]. */
  readonly output: Tensor;
  readonly states: readonly Tensor[];
}

/** Call it in a tidy. */
export function runLoop(loop: Loop): LoopResult {
  const { run, sequence, mask, goBackwards } = loop;
  const time = sequence.shape[1] as number;
  const steps = unstack(run.project(sequence), 1);
  const masks = mask ? Array.from({ length: time }, (_, t) => slice(mask, [0, t], [-1, 1])) : null;
  let states = loop.initialStates;
  const outputs: Tensor[] = [];
  for (let i = 0; i < time; i++) {
    const t = goBackwards ? time - 1 - i : i;
    const isFirst = i === 0;
    const [output, ...next] = tidy(() => {
      const result = run.step(steps[t], states);
      const held = masks
        ? maskedStep(loop, masks[t], { ...result, before: states, last: isFirst ? null : outputs[outputs.length - 1] })
        : result;
      return [held.output, ...held.states];
    });
    states = next;
    if (loop.returnSequences) outputs.push(output);
    else outputs[0] = output;
  }
  return { output: loop.returnSequences ? stack(outputs, 1) : outputs[0], states };
}

interface MaskedStep {
  readonly output: Tensor;
  readonly states: readonly Tensor[];
  readonly before: readonly Tensor[];
  readonly last: Tensor | null;
}

function maskedStep({ maskedOutput }: Loop, isReal: Tensor, { output, states, before, last }: MaskedStep) {
  const choose = (real: Tensor, masked: Tensor) =>
    where(reshape(isReal, [isReal.shape[0], ...Array<number>(real.rank - 1).fill(1)]), real, masked);
  const other = maskedOutput === 'previous' && last ? last : zerosLike(output);
  return {
    output: choose(output, other),
    states: states.map((state, i) => choose(state, before[i])),
  };
}
