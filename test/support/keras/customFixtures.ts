// The classes of the fixture `custom_layer`, written as an application would.

import * as tf from '@tensorflow/tfjs';
import { Dense } from '../../../src/layers/core/dense.js';
import { Embedding } from '../../../src/layers/core/embedding.js';

/** factor * gain * x, with one gain per channel. */
export class FixtureScale extends tf.layers.Layer {
  static readonly className = 'FixtureScale';
  readonly #factor: number;
  #gain: tf.LayerVariable | null = null;

  constructor(config: { name?: string; factor: number }) {
    super({ name: config.name });
    this.#factor = config.factor;
  }

  override build(inputShape: tf.Shape): void {
    this.#gain = this.addWeight('gain', [inputShape.at(-1) as number], 'float32', tf.initializers.ones());
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return tf.tidy(() => tf.mul(tf.mul(x, this.#factor), (this.#gain as tf.LayerVariable).read()));
  }
}

/** x / (1 + |x|) + 0.5 */
export function softStep(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.add(tf.div(x, tf.add(1, tf.abs(x))), 0.5));
}

/** projection(x) + position_embedding(0, 1, ...), with layers of its own. */
export class FixturePatchEncoder extends tf.layers.Layer {
  static readonly className = 'FixturePatchEncoder';
  readonly #patches: number;
  readonly #projection: Dense;
  readonly #position: Embedding;

  constructor(config: { name?: string; patches: number; size: number }) {
    super({ name: config.name });
    this.#patches = config.patches;
    this.#projection = new Dense({ units: config.size, name: `${this.name}_projection` });
    this.#position = new Embedding({ inputDim: config.patches, outputDim: config.size, name: `${this.name}_position` });
  }

  /** The layers by the names of Keras's attributes, under which files have their weights. */
  get children(): Record<string, tf.layers.Layer> {
    return { projection: this.#projection, position_embedding: this.#position };
  }

  override build(inputShape: tf.Shape): void {
    this.#projection.build(inputShape);
    this.#position.build([this.#patches]);
    for (const child of Object.values(this.children)) child.built = true;
    super.build(inputShape);
  }

  override get trainableWeights(): tf.LayerVariable[] {
    return Object.values(this.children).flatMap((child) => child.trainableWeights);
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return this.#projection.computeOutputShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const positions = this.#position.call(tf.range(0, this.#patches, 1, 'int32'));
      return tf.add(this.#projection.call(inputs), positions);
    });
  }
}

/** All of them by registered name. */
export const customFixtures = {
  'fixtures>Scale': FixtureScale,
  'fixtures>PatchEncoder': FixturePatchEncoder,
  'fixtures>soft_step': softStep,
};
