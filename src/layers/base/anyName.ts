// Names that TensorFlow.js refuses: those with other characters than A-Z a-z 0-9 . _ - and /, or with one of the last four in
// front. Keras 3 takes all but '/'. TensorFlow.js checks names where it makes weights and symbolic tensors, within a call of the
// layer: there the layer says a name that is accepted, the scope, and its own one everywhere else.

import { input, type layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';

const accepted = /^[A-Za-z0-9][-A-Za-z0-9._/]*$/;

/** The name within which TensorFlow.js names weights of a layer. Different names have different scopes. */
export function scopeName(name: string): string {
  if (accepted.test(name)) return name;
  const spelled = name.replace(/[^-A-Za-z0-9._/]/gu, (character) => `.${character.codePointAt(0)?.toString(16)}.`);
  return /^[A-Za-z0-9]/.test(spelled) ? spelled : `x.${spelled}`;
}

const named = new WeakSet<layers.Layer>();

/** Lets the layer have any name. Nothing changes for a name that TensorFlow.js accepts. */
export function allowAnyName(layer: layers.Layer): void {
  const scope = scopeName(layer.name);
  if (scope === layer.name || named.has(layer)) return;
  named.add(layer);
  let name = layer.name;
  let calls = 0;
  const { apply } = layer;
  Object.defineProperty(layer, 'name', {
    configurable: true,
    enumerable: true,
    get: () => (calls > 0 ? scope : name),
    set(value: string) {
      name = value;
    },
  });
  layer.apply = function inScope(...args) {
    calls++;
    try {
      return apply.apply(this, args);
    } finally {
      calls--;
    }
  };
}

/** Makes an input layer of any name, and gives its tensor. */
export function namedInput(config: Parameters<typeof input>[0] & { readonly name: string }): SymbolicTensor {
  const { name } = config;
  const tensor = input({ ...config, name: scopeName(name) });
  tensor.sourceLayer.name = name;
  return tensor;
}
