// Keyword arguments of a call in JavaScript. TensorFlow.js's graph holds one list of tensors for each call, so tensors that
// are given by name, as `attention.apply(query, { value })` or `gru.apply(x, { initialState })`, are put into that list.

import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { toSnake } from '../../core/json.js';
import { maskArguments } from '../graph/maskArguments.js';
import type { SymbolicTensors } from './calledTensors.js';
import { KerasValueError, showValue } from './kerasValueError.js';
import type { Kwargs } from './layerArgs.js';

type Inputs = Tensor | Tensor[] | SymbolicTensors;

/** What a class may declare about its calls. */
interface CallSignature {
  /** Its tensor arguments, in order. */
  readonly inputNames?: readonly string[];
  /** Its arguments that are no tensors. */
  readonly callOptions?: readonly string[];
  /** Whether states follow the sequence in the list of its inputs. */
  readonly takesInitialState?: boolean;
}

const everyCall: ReadonlySet<string> = new Set(['training', 'name', ...maskArguments]);
/** What a model's run gives each of its layers, in its own spelling: this is asked in each call. */
const runsGive: ReadonlySet<string> = new Set(['training', 'mask', 'reluFollows']);

/**
 * The inputs with the tensors of keywords behind them, and the other keywords.
 * @throws ValueError for a tensor that is given twice or without those before it, and for names that the layer does not
 * know, as in Keras: nobody would read them.
 */
export function withKeywordTensors(layer: layers.Layer, inputs: Inputs, kwargs?: Kwargs): [Inputs, Kwargs | undefined] {
  if (kwargs == null || onlyFromRuns(kwargs)) return [inputs, kwargs];
  const { inputNames, callOptions = [], takesInitialState } = layer.constructor as CallSignature;
  const list: unknown[] = [inputs].flat();
  const rest: Kwargs = {};
  const found = new Map<string, unknown>();
  const tensorNames = takesInitialState ? ['initial_state'] : (inputNames ?? []);
  for (const [key, value] of Object.entries(kwargs)) {
    const name = toSnake(key);
    const isInput = tensorNames.includes(name);
    if (isInput && areTensors(value)) found.set(name, value);
    else if (isInput && value != null) throw callError(layer, `takes tensors as '${key}'`, tensorNames);
    // Files have null for each argument that was not given.
    else if (value != null && !everyCall.has(name) && !callOptions.includes(name)) {
      throw callError(layer, `got an unexpected keyword argument '${key}'`, [...callOptions, ...tensorNames]);
    } else rest[key] = value;
  }
  if (found.size === 0) return [inputs, kwargs];
  const count = list.length + found.size;
  const names = takesInitialState ? tensorNames : tensorNames.slice(list.length, count);
  if (names.some((name) => !found.has(name)) || (takesInitialState && list.length > 1)) {
    throw callError(layer, `tensors must be the first of its arguments, each once`, tensorNames);
  }
  return [[...list, ...names.flatMap((name) => found.get(name))] as Inputs, rest];
}

function onlyFromRuns(kwargs: Kwargs): boolean {
  for (const key in kwargs) if (!runsGive.has(key)) return false;
  return true;
}

/** @throws ValueError for a name that a call of a model does not take. */
export function checkModelCall(model: layers.Layer, kwargs?: Kwargs): void {
  if (kwargs == null || onlyFromRuns(kwargs)) return;
  const unknown = Object.keys(kwargs).find((key) => kwargs[key] != null && !everyCall.has(toSnake(key)));
  if (unknown !== undefined) throw callError(model, `got an unexpected keyword argument '${unknown}'`, []);
}

/** Whether it is a tensor, of values or symbolic, or some. */
function areTensors(value: unknown): boolean {
  const list = [value].flat();
  return list.length > 0 && list.every((item) => Array.isArray((item as { shape?: unknown } | null)?.shape));
}

function callError(layer: layers.Layer, problem: string, known: readonly string[]): KerasValueError {
  const all = [...known, 'mask', 'training'];
  return new KerasValueError(`${layer.getClassName()} '${layer.name}': a call ${problem}. It takes ${showValue(all)}`);
}
