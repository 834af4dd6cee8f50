// The arguments of MultiHeadAttention and GroupQueryAttention.
// Source: https://keras.io/api/layers/attention_layers/multi_head_attention/

import { boolean, type Field, number, positiveInteger } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs } from '../base/layerArgs.js';
import { seedField } from '../random/randomSource.js';
import { type ProjectionArgs, projectionFields } from './projection.js';

function positiveOrNull(): Field<number | null> {
  const inner = positiveInteger();
  return { parse: (value, context) => (value == null ? null : inner.parse(value, context)), serialize: (v) => v };
}

/** One integer or a list of them; null stays null. */
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
  /** Number of heads. */
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
  /** Sizes of the output's last axes. Default null: the query's last axis. */
  outputShape?: number | readonly number[] | null;
  /** Axes over which attention is applied. Default null: all but the batch and the last axis. */
  attentionAxes?: number | readonly number[] | null;
  /** A query sees only positions at a distance below this. Default null: all positions. */
  slidingWindow?: number | null;
  /** Seed of the dropout. Default null: a random seed. */
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
  /** Number of heads of the query; a multiple of numKeyValueHeads. */
  numQueryHeads: number;
  /**
   * Number of key and value heads, a divisor of numQueryHeads. Each serves numQueryHeads / numKeyValueHeads query
   * heads.
   */
  numKeyValueHeads: number;
  /** Default true. */
  useBias?: boolean;
  /** Multiplies the heads by a sigmoid of the query. Default false. */
  useGate?: boolean;
  /** A query sees only positions at a distance below this. Default null: all positions. */
  slidingWindow?: number | null;
  /** Share of the scores that become zero while training. Default 0. */
  dropout?: number;
  /** Seed of the dropout. Default null: a random seed. */
  seed?: number | null;
}
