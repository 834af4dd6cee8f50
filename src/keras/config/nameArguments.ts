// The arguments of calls of Keras 3's own layers by name: a call may give a mask by position, and the data by keyword behind
// other arguments. Source: the signatures of `call` in Keras 3.0 to 3.15, which agree

import { isJsonArray, type KerasObject } from '../../core/json.js';
import type { CallSpec } from './modelSpec.js';

interface Signature {
  /** The parameters for tensors that are no masks. */
  readonly data: readonly string[];
  /** Those that follow. */
  readonly rest: readonly string[];
}

const recurrent: Signature = { data: ['sequences', 'initial_state'], rest: ['mask', 'training'] };
const attention: Signature = {
  data: ['query', 'value', 'key'],
  rest: ['query_mask', 'value_mask', 'key_mask', 'attention_mask', 'return_attention_scores', 'training'],
};
const masked: Signature = { data: ['inputs'], rest: ['mask'] };
const trained: Signature = { data: ['inputs'], rest: ['training', 'mask'] };

const signatures: Readonly<Record<string, Signature>> = {
  RNN: recurrent,
  SimpleRNN: recurrent,
  GRU: recurrent,
  LSTM: recurrent,
  Bidirectional: recurrent,
  ConvLSTM1D: recurrent,
  ConvLSTM2D: recurrent,
  ConvLSTM3D: recurrent,
  MultiHeadAttention: attention,
  GroupedQueryAttention: attention,
  GroupQueryAttention: attention,
  Attention: masked,
  AdditiveAttention: masked,
  GlobalAveragePooling1D: masked,
  Softmax: masked,
  BatchNormalization: trained,
  TimeDistributed: trained,
  Pipeline: trained,
};

/** The call with masks by keyword, and the data by position. */
export function nameArguments(call: CallSpec, { class_name, module = null }: KerasObject): CallSpec {
  const isKeras = module === null || (typeof module === 'string' && /^keras(\.|$)/.test(module));
  const { args, kwargs } = call;
  if (!isKeras || !isJsonArray(args) || !Object.hasOwn(signatures, class_name)) return call;
  const { data, rest } = signatures[class_name];
  const [first] = data;
  if (args.length === 0 && kwargs[first] !== undefined) {
    const { [first]: found, ...others } = kwargs;
    return { args: [found], kwargs: others };
  }
  const count = data.length;
  if (args.length <= count || args.length > count + rest.length) return call;
  const named = args.slice(count).map((value, i) => [rest[i], value] as const);
  const given = args.slice(0, count);
  while (given.length > 0 && given[given.length - 1] === null) given.pop(); // GRU(x, None, mask)
  const byPosition = { first: count, names: named.map(([name]) => name) };
  return { args: given, kwargs: { ...kwargs, ...Object.fromEntries(named) }, byPosition };
}
