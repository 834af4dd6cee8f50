// A chain of layers that runs by Keras's rules: a tf.Sequential whose inner model is a FunctionalModel.

import type { layers, Shape } from '@tensorflow/tfjs-layers';
import { showFirstCall } from '../base/calledTensors.js';
import { FunctionalModel } from './kerasModel.js';
import { type KerasRules, newestRules } from './kerasRules.js';
import { OpenSequential } from './openModel.js';

/** The arguments of a Sequential model. */
export interface SequentialArgs {
  /** The layers in their order. Default none: add() takes them one by one. */
  readonly layers?: readonly layers.Layer[];
  /** Default: a name with a number. */
  readonly name?: string;
}

export class SequentialModel extends OpenSequential {
  readonly rules: KerasRules;

  constructor({ layers = [], name }: SequentialArgs = {}, rules = newestRules) {
    super({ name });
    showFirstCall(this as unknown as layers.Layer);
    this.rules = rules;
    for (const layer of layers) this.add(layer);
  }

  override build(inputShape?: Shape | Shape[]): void {
    super.build(inputShape);
    const { inputs, outputs, trainable } = this;
    this.model = new FunctionalModel({ inputs, outputs: outputs[0], name: `${this.name}_model` }, this.rules);
    this.model.trainable = trainable;
  }
}
