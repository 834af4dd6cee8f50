// Makes models with random graphs: layers called several times, nested models of both kinds, several inputs and
// outputs, unused inputs, frozen layers. All tensors are [batch, 4, 4, 3], so that any layer can take any tensor.

import * as tf from '@tensorflow/tfjs';
import { conv2d } from '../../../src/layers/conv/conv2d.js';
import { type Random, random } from './random.js';

type Symbol = tf.SymbolicTensor;
type Layer = tf.layers.Layer;

const SHAPE = [4, 4, 3];

/** The same model for the same seed, with random weights. */
export function randomModel(seed: number): tf.LayersModel {
  const r = random(seed);
  const made: Layer[] = [];
  const model = functional(r, `random_${seed}`, 2, made);
  const used = new Set(model.weights);
  for (const weight of new Set(made.flatMap((layer) => layer.weights))) if (!used.has(weight)) weight.dispose();
  const sequential = seed % 7 === 3 ? tf.sequential({ name: `row_${seed}` }) : null;
  if (sequential && model.inputs.length === 1 && model.outputs.length === 1) {
    sequential.add(conv2d({ filters: 3, kernelSize: 1, inputShape: SHAPE, name: 'first' }));
    sequential.add(model);
    sequential.add(tf.layers.activation({ activation: 'tanh', name: 'last' }));
    return randomised(sequential, r);
  }
  return randomised(model, r);
}

function functional(r: Random, name: string, depth: number, made: Layer[]): tf.LayersModel {
  const inputs = r.below(3) + 1;
  const symbols: Symbol[] = Array.from({ length: inputs }, (_, i) =>
    tf.input({ shape: SHAPE, name: `${name}_in${i}` }),
  );
  const tensors = [...symbols];
  const reusable: Layer[] = [];
  const count = 3 + r.below(8);
  for (let i = 0; i < count; i++) {
    const isShared = reusable.length > 0 && r.below(4) === 0;
    const layer = isShared ? r.pick(reusable) : makeLayer(r, `${name}_${i}`, depth, made);
    const arity = arityOf(layer);
    if (!isShared) {
      reusable.push(layer);
      made.push(layer);
    }
    const chosen = r.sample(tensors, arity);
    if (chosen.length < arity) continue;
    const result = layer.apply(arity === 1 && !isMerge(layer) ? chosen[0] : chosen) as Symbol | Symbol[];
    tensors.push(...[result].flat());
  }
  const results = tensors.slice(symbols.length);
  const outputs = results.length > 0 ? r.sample(results, 1 + r.below(3)) : [tensors[0]];
  return tf.model({ inputs: symbols, outputs, name });
}

function makeLayer(r: Random, name: string, depth: number, made: Layer[]): Layer {
  const kind = r.below(depth > 0 ? 8 : 6);
  switch (kind) {
    case 0:
    case 1:
      return conv2d({ filters: 3, kernelSize: 1 + 2 * r.below(2), padding: 'same', useBias: r.below(2) === 0, name });
    case 2:
      return tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'relu', name });
    case 3: {
      const norm = tf.layers.batchNormalization({ name });
      norm.trainable = r.below(3) > 0;
      return norm;
    }
    case 4:
    case 5:
      return kind === 4 ? tf.layers.add({ name }) : tf.layers.maximum({ name });
    case 6:
      return functional(r, name, depth - 1, made);
    default: {
      const model = tf.sequential({ name });
      model.add(conv2d({ filters: 3, kernelSize: 1, inputShape: SHAPE, name: `${name}_a` }));
      model.add(tf.layers.batchNormalization({ name: `${name}_b` }));
      if (r.below(3) === 0) model.layers[1].trainable = false;
      model.add(tf.layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', name: `${name}_c` }));
      if (r.below(3) === 0) model.trainable = false;
      return model;
    }
  }
}

function isMerge(layer: Layer): boolean {
  return ['Add', 'Maximum'].includes(layer.getClassName());
}

function arityOf(layer: Layer): number {
  if (layer instanceof tf.LayersModel) return layer.inputs.length;
  return isMerge(layer) ? 2 : 1;
}

function randomised(model: tf.LayersModel, r: Random): tf.LayersModel {
  const values = model.weights.map(({ shape, name }) => {
    const size = shape.reduce<number>((product, length) => product * (length ?? 1), 1);
    const isVariance = name.includes('variance');
    return tf.tensor(
      Array.from({ length: size }, () => (isVariance ? 0.5 + r.next() : 1.2 * r.next() - 0.6)),
      shape as number[],
    );
  });
  model.setWeights(values);
  tf.dispose(values);
  return model;
}
