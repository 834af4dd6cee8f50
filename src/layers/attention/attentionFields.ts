// The arguments of MultiHeadAttention and GroupQueryAttention.
// Source: https://keras.io/api/layers/attention_layers/multi_head_attention/

import { boolean, type Field, number, positiveInteger } from '../base/fields.js';
import type { BaseLayerArgs } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { seedField } from '../random/randomSource.js';
import { type ProjectionArgs, projectionFields } from './projection.js';

function positiveOrNull(): Field<number | null> {
  const inner = positiveInteger();
  return { parse: (value, context) => (value == null ? null : inner.parse(value, context)), serialize: (v) => v };
}

/** null, one integer or several. */
function integersOrNull(): Field<readonly number[] | null> {
  return {
    parse(value, { where, key }) {
      if (value == null) return null;
      const list = typeof value === 'number' ? [value] : value;
      if (Array.isArray(list) && list.every((item) => Number.isInteger(item))) return list;
      throw new KerasValueError(
        `Argument \`${key}\` of layer ${where} must be an int, list, or tuple. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

export const multiHeadFields = {
  numHeads: positiveInteger(),
  keyDim: positiveInteger(),
  valueDim: positiveOrNull(),
  dropout: number(0),
  useBias: boolean(true),
  useGate: boolean(false),
  outputShape: integersOrNull(),
  attentionAxes: integersOrNull(),
  slidingWindow: positiveOrNull(),
  ...projectionFields,
  seed: seedField(),
};

/** The arguments of Keras's MultiHeadAttention. */
export interface MultiHeadAttentionArgs extends BaseLayerArgs, ProjectionArgs {
  numHeads: number;
  /** Size of each head's queries and keys. */
  keyDim: number;
  /** Size of each head's values. Default: keyDim. */
  valueDim?: number | null;
  /** Share of the scores that become zero while training. Default 0. */
  dropout?: number;
  /** Default true. */
  useBias?: boolean;
  /** Multiplies the heads by a sigmoid of the query. Default false. */
  useGate?: boolean;
  /** The output's last axes. Default: the query's last axis. */
  outputShape?: number | readonly number[] | null;
  /** Axes along which positions see each other. Default: all but the batch and the last. */
  attentionAxes?: number | readonly number[] | null;
  /** Positions see only what is nearer than this. Default: everything. */
  slidingWindow?: number | null;
  /** Of the dropout. Default: a random one. */
  seed?: number | null;
}

export const groupQueryFields = {
  headDim: positiveInteger(),
  numQueryHeads: positiveInteger(),
  numKeyValueHeads: positiveInteger(),
  useBias: boolean(true),
  useGate: boolean(false),
  slidingWindow: positiveOrNull(),
  dropout: number(0),
  ...projectionFields,
  seed: seedField(),
};

/** The arguments of Keras's GroupQueryAttention. */
export interface GroupQueryAttentionArgs extends BaseLayerArgs, ProjectionArgs {
  /** Size of each head. */
  headDim: number;
  numQueryHeads: number;
  /** A divisor of numQueryHeads: that many queries share a key and a value. */
  numKeyValueHeads: number;
  /** Default true. */
  useBias?: boolean;
  /** Multiplies the heads by a sigmoid of the query. Default false. */
  useGate?: boolean;
  /** Positions see only what is nearer than this. Default: everything. */
  slidingWindow?: number | null;
  /** Share of the scores that become zero while training. Default 0. */
  dropout?: number;
  /** Of the dropout. Default: a random one. */
  seed?: number | null;
}
