// The classes of the fixture `custom_layer`, written as an application would.

import * as tf from '@tensorflow/tfjs';

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
