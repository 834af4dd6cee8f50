// Names of weights within a scope. TensorFlow.js opens one for every call of a layer and has no other way in; a layer of the
// scope's name, called once, is enough.

import { tidy, zeros } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';

class Scope extends layers.Layer {
  static readonly className = 'NameScope';
  readonly #body: () => void;

  constructor(name: string, body: () => void) {
    super({ name });
    this.#body = body;
  }

  override build(): void {
    this.#body();
    this.built = true;
  }
}

/** Weights made in `body` are called `<outer scope>/<name>/...`. */
export function inNameScope(name: string, body: () => void): void {
  tidy(() => {
    new Scope(name, body).apply(zeros([1]));
  });
}
