// Makes weights whose names are in a scope. TensorFlow.js opens a scope only when it calls a layer, so a layer of the
// scope's name is called once.

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

/** Runs `body`. Weights that it makes are named `<outer scope>/<name>/...`. */
export function inNameScope(name: string, body: () => void): void {
  tidy(() => {
    new Scope(name, body).apply(zeros([1]));
  });
}
