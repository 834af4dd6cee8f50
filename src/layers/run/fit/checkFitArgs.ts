// The values of fit()'s arguments. What TypeScript would refuse is an error in JavaScript too, before anything is trained.

import type { CustomCallbackArgs } from '@tensorflow/tfjs-layers';
import { isPlainObject } from '../../../core/json.js';
import { checkOptionKeys, type OptionKeys } from '../../../core/optionKeys.js';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import { isSource } from './batchSource.js';
import type { KerasFitArgs, KerasFitDatasetArgs } from './fitArgs.js';
import { checkArgs } from './optionKeys.js';

type Args = KerasFitArgs & KerasFitDatasetArgs;
type Rule = readonly [fits: (value: unknown) => boolean, must: string];

const isCount = (value: unknown) => Number.isInteger(value) && (value as number) > 0;
const count: Rule = [isCount, 'a positive integer'];
const yields = ['auto', 'batch', 'epoch', 'never'];

const rules: Readonly<Partial<Record<keyof Args, Rule>>> = {
  batchSize: count,
  epochs: count,
  stepsPerEpoch: count,
  batchesPerEpoch: count,
  validationBatchSize: count,
  initialEpoch: [(value) => value === 0 || isCount(value), 'an integer of 0 or more'],
  validationSplit: [(value) => typeof value === 'number', 'a number from 0 to 1'],
  shuffle: [(value) => typeof value === 'boolean', 'true or false'],
  verbose: [(value) => typeof value === 'number' || typeof value === 'boolean', 'a number'],
  yieldEvery: [
    (value) => typeof value === 'number' || yields.includes(value as string),
    `a number or one of ${yields}`,
  ],
  signal: [(value) => typeof (value as AbortSignal).aborted === 'boolean', 'an AbortSignal'],
  validationData: [
    (value) => isSource(value) || (Array.isArray(value) && value.length > 1 && value.length < 4),
    '[x, y], [x, y, sampleWeight] or batches',
  ],
  callbacks: [
    (value) => [value].flat().every((one) => typeof one === 'object' && one !== null),
    'callbacks, or objects with functions such as onEpochEnd',
  ],
};

const functions: OptionKeys<CustomCallbackArgs & { onTestBegin: unknown; onTestEnd: unknown }> = {
  onTrainBegin: true,
  onTrainEnd: true,
  onEpochBegin: true,
  onEpochEnd: true,
  onBatchBegin: true,
  onBatchEnd: true,
  onYield: true,
  nowFunc: true,
  nextFrameFunc: true,
  onTestBegin: true,
  onTestEnd: true,
};

/** @throws ValueError for what is given and is no number of batches or examples. */
export function checkCount(name: string, value: unknown): void {
  if (value == null || isCount(value)) return;
  throw new KerasValueError(`fit: ${name} must be ${count[1]}. Received: ${name}=${showValue(value)}`);
}

/** @throws Error for an argument that fit() does not have, or of which the value is none of its kind. */
export function checkFitArgs(args: Args): void {
  checkArgs('fit', args);
  for (const [name, [fits, must]] of Object.entries(rules) as [keyof Args, Rule][]) {
    const value = args[name];
    if (value == null || fits(value)) continue;
    throw new KerasValueError(`fit: ${name} must be ${must}. Received: ${name}=${showValue(value)}`);
  }
  for (const value of [args.validationFreq ?? 1].flat()) checkCount('validationFreq', value);
  for (const one of [args.callbacks ?? []].flat() as readonly object[]) {
    if ('setParams' in one || !isPlainObject(one)) continue; // an instance may have functions of its own
    const given = Object.entries(one).filter(([, value]) => typeof value === 'function');
    checkOptionKeys('fit: callbacks', Object.fromEntries(given), functions);
  }
}
