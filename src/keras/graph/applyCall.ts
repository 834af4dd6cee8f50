// One call of a layer in a graph: which tensors go in, in which order, and what comes out.

import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import { checkFile, fileError } from '../../formats/kerasFileError.js';
import { TensorAlias } from '../../layers/base/tensorAlias.js';
import { type CallSpec, isRef, type LayerSpec, refsOf, type TensorRef } from '../config/modelSpec.js';
import { type CallTemplate, rememberCall } from './callTemplates.js';

type Layer = layers.Layer;

/** What a layer class may say about its call: names of tensor arguments, in order, and of other arguments. */
interface CallSignature {
  readonly inputNames?: readonly string[];
  readonly callOptions?: readonly string[];
}

/** Arguments of a call that change nothing here: tfjs hands masks on by itself, and `training` is fixed elsewhere. */
const ignoredOptions = new Set(['training', 'mask', 'name']);

/** Tensors of a call: positional ones, then keyword ones in the order of their names. */
export function tensorsOf({ args, kwargs }: CallSpec): TensorRef[] {
  return [...refsOf(args), ...refsOf(kwargs)];
}

/** The call with each tensor replaced by its index among `refs`, which hold the very objects of the call. */
export function callTemplate(call: CallSpec, refs: readonly TensorRef[]): CallTemplate {
  const mark = (value: Json): Json => {
    if (isRef(value)) return { __input__: refs.indexOf(value.__ref__) };
    if (Array.isArray(value)) return value.map(mark);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mark(item as Json)]));
  };
  return { args: mark(call.args), kwargs: mark(call.kwargs) };
}

export interface CallInGraph {
  readonly spec: LayerSpec;
  readonly layer: Layer;
  readonly call: CallSpec;
  readonly resolve: (ref: TensorRef) => SymbolicTensor;
}

/** @returns the outputs of the call, flat. */
export function applyCall({ spec, layer, call, resolve }: CallInGraph): SymbolicTensor[] {
  const where = `layer '${spec.name}' (${spec.object.class_name})`;
  const { inputNames, callOptions = [] } = layer.constructor as CallSignature;
  if (spec.kind !== 'op') setCallOptions(layer, call, callOptions, where);
  const refs = inputNames ? namedTensors(call, inputNames, where) : tensorsOf(call);
  checkFile(refs.length > 0, where, 'a call must have a tensor', { args: call.args });
  const tensors = distinct(refs.map(resolve));
  let result: ReturnType<Layer['apply']>;
  try {
    result = layer.apply(tensors.length === 1 ? tensors[0] : tensors);
  } catch (error) {
    throw fileError(where, (error as Error).message, {}, error);
  }
  rememberCall(layer.inboundNodes[layer.inboundNodes.length - 1], callTemplate(call, refs));
  return (Array.isArray(result) ? result : [result]) as SymbolicTensor[];
}

/** Several named tensors, as of attention layers: in the order of the names, wherever they were written. */
function namedTensors({ args, kwargs }: CallSpec, names: readonly string[], where: string): TensorRef[] {
  const positional = refsOf(args);
  const named = names.slice(positional.length).flatMap((name) => (isRef(kwargs[name]) ? [kwargs[name].__ref__] : []));
  const count = positional.length + named.length;
  const given = names.filter((name, i) => i < positional.length || isRef(kwargs[name]));
  const isGapless = given.every((name, i) => name === names[i]);
  checkFile(
    count === tensorsOf({ args, kwargs }).length && isGapless,
    where,
    `tensors must be the first of ${names.join(', ')}`,
    {
      given,
    },
  );
  return [...positional, ...named];
}

/** Arguments that are no tensors belong to the layer, not to the call: tfjs has no place for them. */
function setCallOptions(layer: Layer, { kwargs }: CallSpec, known: readonly string[], where: string): void {
  const options = Object.entries(kwargs).filter(
    ([key, value]) => refsOf(value).length === 0 && !ignoredOptions.has(key),
  );
  const set = options.filter(([, value]) => value !== null && value !== false);
  const unknown = set.filter(([key]) => !known.includes(key)).map(([key]) => key);
  checkFile(unknown.length === 0, where, 'these arguments of the call are not supported', { arguments: unknown });
  if (set.length > 0) (layer as { callArguments?: object }).callArguments = Object.fromEntries(set);
}

/** The same tensors, each once: repeated ones go through an alias, see tensorAlias.ts. */
function distinct(tensors: readonly SymbolicTensor[]): SymbolicTensor[] {
  return tensors.map((tensor, i) =>
    tensors.indexOf(tensor) === i ? tensor : (new TensorAlias({}).apply(tensor) as SymbolicTensor),
  );
}
