// What compile() is given, checked: TensorFlow.js runs into errors of JavaScript at what it does not know.

import { type Optimizer, Optimizer as TfjsOptimizer } from '@tensorflow/tfjs-core';
import { isKerasObject } from '../../core/json.js';
import { checkOptionKeys, type OptionKeys } from '../../core/optionKeys.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { getLoss } from '../losses/losses.js';
import { isMetric } from '../metrics/metric.js';
import type { KerasCompileArgs } from './compileLosses.js';

/** `runEagerly`, `stepsPerExecution` and `jitCompile` are arguments of Keras without an effect here. */
const known: OptionKeys<KerasCompileArgs> & Readonly<Record<string, true>> = {
  optimizer: true,
  loss: true,
  metrics: true,
  weightedMetrics: true,
  lossWeights: true,
  runEagerly: true,
  stepsPerExecution: true,
  jitCompile: true,
};

/**
 * The arguments with functions in the place of losses that are instances or serialized.
 * @throws ValueError for classes where instances belong, and for what is no optimizer, loss or metric; Error for unknown
 *   arguments.
 */
export function readCompileArgs(args: KerasCompileArgs): KerasCompileArgs {
  checkOptionKeys('compile', args, known);
  checkOptimizer(args.optimizer);
  for (const key of ['metrics', 'weightedMetrics'] as const) eachLeaf(args[key], (one) => checkMetric(key, one));
  return { ...args, loss: eachLeaf(args.loss, lossOf) as KerasCompileArgs['loss'] };
}

/** Names of optimizers that TensorFlow.js knows, which are instances with its defaults. */
const names = new Set(
  ['Adagrad', 'Adadelta', 'Adam', 'Adamax', 'RMSProp', 'SGD'].flatMap((name) => [name, name.toLowerCase()]),
);

function checkOptimizer(given: string | Optimizer | undefined): void {
  if (given != null && (given instanceof TfjsOptimizer || names.has(given))) return;
  if (typeof given === 'string') {
    throw new KerasValueError(
      `compile: optimizer must be one of ${[...names].join(', ')}, or an instance: getOptimizer() of tfjs-backend-convnet/keras makes one of each name of Keras. Received: optimizer=${showValue(given)}`,
    );
  }
  throw new KerasValueError(
    `compile: optimizer must be a name of TensorFlow.js or an instance${instead(given)}, such as \`new Adam()\` or what getOptimizer() gives. Received: optimizer=${told(given)}`,
  );
}

function checkMetric(key: string, one: unknown): undefined {
  if (typeof one === 'string' || isMetric(one) || (typeof one === 'function' && !isClass(one))) return;
  throw new KerasValueError(
    `compile: ${key} must be names, functions of targets and predictions, or instances of classes that extend Metric${instead(one)}. Received: ${told(one)}`,
  );
}

function lossOf(one: unknown): unknown {
  if (typeof one === 'string' || (typeof one === 'function' && !isClass(one))) return one;
  const { call } = one as { readonly call?: unknown };
  if (typeof one === 'object' && typeof call === 'function') {
    return (...tensors: unknown[]) => call.apply(one, tensors);
  }
  if (isKerasObject(one)) return getLoss(one);
  throw new KerasValueError(
    `compile: loss must be a name, a function of targets and predictions, or an instance with \`call\`${instead(one)}. Received: ${told(one)}`,
  );
}

/** The same structure of lists and dictionaries with what `read` makes of each member. */
function eachLeaf(given: unknown, read: (one: unknown) => unknown): unknown {
  if (given == null || given === '') return given;
  const within = (one: unknown) => (isEmptyObject(one) ? read(one) : eachLeaf(one, read));
  if (Array.isArray(given)) return given.map(within);
  const isDictionary = Object.getPrototypeOf(given) === Object.prototype && !isKerasObject(given);
  if (!isDictionary || typeof (given as { call?: unknown }).call === 'function') return read(given);
  return Object.fromEntries(Object.entries(given).map(([name, one]) => [name, within(one)]));
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

function isClass(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  const methods = Object.getOwnPropertyNames(value.prototype ?? {}).filter((name) => name !== 'constructor');
  return /^class\b/.test(Function.prototype.toString.call(value)) || methods.length > 0;
}

function instead(value: unknown): string {
  return isClass(value) ? `: \`new ${(value as { name: string }).name}()\`, not the class` : '';
}

function told(value: unknown): string {
  if (isClass(value)) return `the class ${(value as { name: string }).name}`;
  if (typeof value !== 'object' || value === null) return showValue(value);
  const { name } = value.constructor ?? {};
  return name && name !== 'Object' ? `an instance of ${name}` : 'an object';
}
