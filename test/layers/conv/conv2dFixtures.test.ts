// Compares Conv2D's configs and errors with real Keras (test/fixtures/configs).

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { Conv2D, type Conv2DArgs } from '../../../src/layers/conv/index.js';
import { serializeLayer } from '../../../src/layers/registry.js';
import configs from '../../fixtures/configs/conv2d.json' with { type: 'json' };
import errors from '../../fixtures/configs/errors.json' with { type: 'json' };
import { useBackend } from '../../support/backends.js';
import { expectConfig } from '../../support/layers/testConfigs.js';

type Args = Readonly<Record<string, unknown>>;
const make = (args: Args) => new Conv2D(args as unknown as Conv2DArgs);

interface ConfigRow {
  readonly args: Args;
  readonly config: Args;
  readonly wrapper: object;
  readonly wrapper_built?: object;
  readonly input_shape: (number | null)[];
  readonly output_shape: (number | null)[];
  /** Name, shape, dtype, trainable. */
  readonly weights?: readonly (readonly [string, number[], string, boolean])[];
  readonly losses?: number;
  readonly trainable_weights?: number;
}

interface ErrorRow {
  readonly phase: string;
  readonly args: Args;
  readonly error: string;
  readonly message: string;
  readonly input_shape?: (number | null)[];
  readonly call_shape?: number[];
}

describe('Conv2D: the table of configs', () => {
  useBackend('cpu');
  for (const row of configs as unknown as ConfigRow[]) it(JSON.stringify(row.args), () => testConfig(row));
});

function testConfig(row: ConfigRow): void {
  const layer = make(row.args);
  expectConfig(layer, row.config, row.args);
  expectConfig(make(row.config), row.config, row.config);
  expectConfig(make(layer.getConfig()), row.config, row.args);
  const { config: _, ...wrapper } = serializeLayer(layer);
  expect(wrapper).to.deep.equal(row.wrapper);
  expect(layer.computeOutputShape(row.input_shape)).to.deep.equal(row.output_shape);
  if (!row.weights) return; // what Keras cannot build
  layer.build(row.input_shape);
  layer.built = true;
  const { config: __, ...built } = serializeLayer(layer);
  expect(built).to.deep.equal(row.wrapper_built);
  const weights = row.weights.map(([name, shape, , trainable]) => ({ name, shape, trainable }));
  const found = layer.variables.map((weight) => ({
    name: weight.originalName.split('/').at(-1),
    shape: weight.shape,
    trainable: layer.trainableWeights.includes(weight),
  }));
  expect(found).to.have.deep.members(weights);
  expect(layer.trainableWeights.length, 'trainable weights').to.equal(row.trainable_weights);
  tf.tidy(() => {
    layer.apply(tf.zeros(row.input_shape.map((size) => size ?? 12)), { training: true });
    expect(layer.calculateLosses().length, 'losses').to.equal(row.losses);
  });
  for (const weight of layer.weights) weight.dispose();
}

/** Phrases of Keras's messages that users search for, and our phrases where Keras's are unclear. */
const phrases: readonly (readonly [RegExp, ...string[]])[] = [
  [/must be a string and cannot contain/],
  [/DTypePolicy/],
  [/Could not interpret [\w ]+ identifier/],
  [/Unrecognized keyword arguments passed to Conv2D/],
  [/`trainable`/, 'boolean'],
  [/`(kernel_size|strides|dilation_rate)` argument/, 'must be a tuple of 2 integers'],
  [/do not satisfy/],
  [/The `padding` argument must be a list\/tuple or one of \{'same', 'valid'\}/],
  [/The `data_format` argument must be one of/],
  [/Invalid value for argument `filters`/, 'strictly positive'],
  [/The number of groups must be a positive integer/],
  [/The number of (filters|input channels) must be evenly divisible by the number of groups/],
  [/`strides > 1` not supported in conjunction with `dilation_rate > 1`/],
  [/Kernel shape must have the same length as input/],
  [/Computed output size would be zero or negative/],
  [/Lora is incompatible with kernel constraints/],
  [/is incompatible with the layer: expected (axis -?\d of input shape to|min_ndim=4, found ndim=\d)/],
  [/Received:? /, 'eceived'],
];

/** Errors of Python itself, and shapes on which Keras fails by accident. Here they are errors about the argument. */
const otherWords: readonly (readonly [RegExp, string])[] = [
  [/has no attribute 'lower'/, '`padding` argument must be'],
  [/`padding` must be either/, '`padding` argument must be'],
  [/'<=' not supported/, '`groups`'],
  [/unsupported operand type\(s\) for %/, 'The channel dimension of the inputs'],
  [/Shapes used to initialize variables/, '`filters`'],
  [/resulted in an empty output/, 'Computed output size would be zero or negative'],
  [/out of bounds for axis/, 'Kernel shape must have the same length as input'],
];

function wantedWords({ message, args }: ErrorRow): string[] {
  const replaced = otherWords.find(([pattern]) => pattern.test(message));
  if (replaced) return [replaced[1]];
  if (args.filters === 2.5) return ['`filters`']; // refused earlier than Keras does
  return phrases.flatMap(([pattern, ...more]) => {
    const match = pattern.exec(message);
    return match ? [...(pattern.source.startsWith('Received') ? [] : [match[0]]), ...more] : [];
  });
}

function cause({ args, phase, input_shape: inputShape, call_shape: callShape }: ErrorRow): unknown {
  const layer = errorOf(() => make(args));
  if (phase === 'constructor' || layer instanceof Error) return layer;
  const built = errorOf(() => layer.build(inputShape as number[]));
  if (built instanceof Error) return built;
  layer.built = true;
  const output = errorOf(() => tf.tidy(() => layer.apply(tf.zeros(callShape ?? [])) as tf.Tensor));
  for (const weight of layer.weights) weight.dispose();
  return output;
}

function errorOf<T>(f: () => T): T | Error {
  try {
    return f();
  } catch (error) {
    return error as Error;
  }
}

describe('Conv2D: the errors of Keras', () => {
  useBackend('cpu');
  for (const row of errors as unknown as ErrorRow[]) {
    it(`${JSON.stringify(row.args)} ${row.input_shape ?? ''} ${row.call_shape ?? ''}`, () => {
      const error = cause(row) as Error;
      expect(error, 'no error').to.be.an('error');
      expect(error.name, error.message).to.equal('ValueError');
      for (const words of wantedWords(row)) expect(error.message).to.include(words);
    });
  }
});
