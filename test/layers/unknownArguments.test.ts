// Arguments that a class or a function does not have: errors with the value, made for every exported class.

import { expect } from 'chai';
import * as keras from '../../src/keras.js';
import * as training from '../../src/training.js';

type Made = new (args: object, more?: object) => unknown;

/** What must be there beside the wrong argument. */
const needed: Readonly<Record<string, object>> = {
  IoU: { numClasses: 2, targetClassIds: [1] },
  MeanIoU: { numClasses: 2 },
  OneHotIoU: { numClasses: 2, targetClassIds: [1] },
  OneHotMeanIoU: { numClasses: 2 },
  PrecisionAtRecall: { recall: 0.5 },
  RecallAtPrecision: { precision: 0.5 },
  SensitivityAtSpecificity: { specificity: 0.5 },
  SpecificityAtSensitivity: { sensitivity: 0.5 },
  CosineDecay: { initialLearningRate: 1, decaySteps: 2 },
  CosineDecayRestarts: { initialLearningRate: 1, firstDecaySteps: 2 },
  ExponentialDecay: { initialLearningRate: 1, decaySteps: 2, decayRate: 0.5 },
  InverseTimeDecay: { initialLearningRate: 1, decaySteps: 2, decayRate: 0.5 },
  PolynomialDecay: { initialLearningRate: 1, decaySteps: 2 },
  PiecewiseConstantDecay: { boundaries: [1], values: [1, 2] },
};

/** Bases, errors, and classes whose first argument is another: these have tests of their own below. */
const others = new Set([
  ...[
    'Callback',
    'KerasFileError',
    'KerasOptimizer',
    'LearningRateSchedule',
    'LossScaleOptimizer',
    'MeanMetricWrapper',
  ],
  ...['Metric', 'BackupAndRestore', 'CSVLogger', 'LearningRateScheduler', 'ModelCheckpoint', 'TerminateOnNaN'],
]);

const classes = Object.entries({ ...keras, ...training }).filter(
  ([name, value]) => /^class/.test(Function.prototype.toString.call(value)) && !others.has(name),
);

describe('arguments that nobody knows', () => {
  it('there are classes of optimizers, schedules, metrics and callbacks', () => {
    expect(classes.length).to.be.greaterThan(50);
  });

  for (const [name, made] of classes) {
    it(`${name}: an error`, () => {
      const make = () => new (made as Made)({ ...needed[name], unheard: 3 });
      expect(make).to.throw(/unknown (argument|option).*unheard=3/);
    });
  }

  for (const [what, make, says] of [
    ['lr', () => new keras.Adam({ lr: 0.1 } as object), /Adam: unknown argument.*learningRate.*lr=0.1/],
    ['weightdecay', () => new keras.AdamW({ weightdecay: 0.1 } as object), /Did you mean weightDecay\?/],
    ['threshold', () => new training.Precision({ threshold: 0.3 } as object), /Did you mean thresholds\?/],
    [
      'restore_best_weights',
      () => new training.EarlyStopping({ restore_best_weights: true } as object),
      /Did you mean restoreBestWeights\?/,
    ],
    ['LossScaleOptimizer', () => new keras.LossScaleOptimizer(new keras.SGD(), { scale: 2 } as object), /scale=2/],
    ['ModelCheckpoint', () => new training.ModelCheckpoint('a.keras', { saveBest: true } as object), /saveBest=/],
    ['CSVLogger', () => new training.CSVLogger(null, { separater: ';' } as object), /Did you mean separator\?/],
    ['CSVLogger without a name', () => new training.CSVLogger({ append: true } as never), /filename must be/],
    ['BackupAndRestore without a store', () => new training.BackupAndRestore({} as never), /read, write and remove/],
    ['LearningRateScheduler', () => new training.LearningRateScheduler({} as never), /must be a function/],
    ['getOptimizer', () => keras.getOptimizer('adam', { learningRate: 0.1 } as object), /learningRate=0.1/],
    ['getLoss, options', () => keras.getLoss('mse', {}, { delta: 2 } as object), /delta=2/],
    ['getLoss, arguments', () => keras.getLoss('Huber', { detla: 2 }), /Did you mean delta\?/],
    ['getLoss of a function', () => keras.getLoss(() => 0, { delta: 2 }), /arguments are for the name/],
    ['getMetric', () => training.getMetric('mse', { name: 'x' } as object), /name=.*x/],
  ] as const) {
    it(`${what}: an error`, () => {
      expect(make).to.throw(says);
    });
  }

  it('null is no argument, and Keras has its own spelling', () => {
    const optimizer = new keras.Adam({ unheard: null, beta_1: 0.5, learning_rate: 0.25 } as object);
    expect(optimizer.getConfig()).to.deep.include({ beta_1: 0.5, learning_rate: 0.25 });
  });

  it('configs of files may have more, which a warning tells', () => {
    const { warn } = console;
    const warnings: string[] = [];
    console.warn = (text: string) => void warnings.push(text);
    try {
      keras.getOptimizer({ class_name: 'Adam', config: { newer: 1 } });
      training.getMetric({ class_name: 'AUC', config: { newer: 2 } });
    } finally {
      console.warn = warn;
    }
    expect(warnings.map((text) => text.replace(/^.*received /, ''))).to.deep.equal(['newer=1', 'newer=2']);
  });
});
