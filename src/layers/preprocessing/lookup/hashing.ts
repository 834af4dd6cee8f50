// The layer Hashing. Source: https://keras.io/api/layers/preprocessing_layers/categorical/hashing/

import type { Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { Field } from '../../base/fields.js';
import { only, onlyShape } from '../../base/inputs.js';
import { KerasLayer } from '../../base/kerasLayer.js';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../../base/layerArgs.js';
import { type CategoryMode, categoryShape, encodeCategories, notSparse } from './categories.js';
import { bucketOf, fingerprint, saltedFingerprint } from './fingerprints.js';
import { codePointsOf, nameOf, saltField, textOf } from './lookupFields.js';
import { asTexts } from './tensorValues.js';

type Mode = Exclude<CategoryMode, 'tf_idf'>;

/** The number of bins of a hashing layer. */
export function binCount(): Field<number> {
  return {
    parse(value, { where, key }) {
      if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
      throw new KerasValueError(
        `The \`${key}\` for \`${where}\` cannot be \`None\` or non-positive values. Received: ${key}=${showValue(value)}.`,
      );
    },
    serialize: (value) => value,
  };
}

const hashingMode: Field<Mode> = {
  parse(value) {
    const modes: readonly Mode[] = ['int', 'one_hot', 'multi_hot', 'count'];
    const mode = nameOf(value ?? 'int', modes);
    if (mode !== undefined) return mode;
    throw new KerasValueError(
      `Invalid value for argument \`output_mode\`. Expected one of ${showValue(modes)}. Received: output_mode=${showValue(value)}`,
    );
  },
  serialize: (value) => value,
};

/** A text or a number that is the mask, or null. */
const maskValue: Field<string | number | null> = {
  parse(value, { key }) {
    if (value == null) return null;
    if (typeof value === 'number') return value;
    const text = textOf(value);
    if (text !== undefined) return text;
    throw new KerasValueError(`Hashing: \`${key}\` must be a string or a number. Received: ${key}=${showValue(value)}`);
  },
  serialize: (value) => value,
  serializeTfjs: (value) => (typeof value === 'string' ? codePointsOf(value) : value),
};

const fields = {
  numBins: binCount(),
  maskValue,
  salt: saltField('Hashing'),
  outputMode: hashingMode,
  sparse: notSparse(),
};

/** The arguments of Keras's Hashing. */
export interface HashingArgs extends BaseLayerArgs {
  /** The number of bins, with that of the mask value. */
  numBins: number;
  /** The value that alone has bin 0. Default null: none. */
  maskValue?: string | number | null;
  /** Key of the hash: SipHash takes the place of FarmHash. One number stands for two equal ones. Default null. */
  salt?: number | readonly [number, number] | null;
  /** Default 'int'. */
  outputMode?: Mode;
  /** Must be false. */
  sparse?: boolean;
}

/** The arguments with Keras's default for dtype, which is int64 where the layer gives integers. */
export function withIntegerDtype(args: object, where: string): object {
  const given = args as { dtype?: unknown; outputMode?: unknown; output_mode?: unknown };
  const isInt = (given.outputMode ?? given.output_mode ?? 'int') === 'int';
  if (given.dtype == null) return isInt ? { ...args, dtype: 'int64' } : args;
  if (isInt && typeof given.dtype === 'string' && !given.dtype.startsWith('int')) {
    throw new KerasValueError(
      `${where}: When \`output_mode="int"\`, \`dtype\` should be an integer type, 'int32' or 'in64'. Received: dtype=${given.dtype}`,
    );
  }
  return args;
}

/**
 * Hashes texts or integers into bins: the same bins as in Keras.
 *
 * Input: strings or numbers; a number is hashed as its text. Output: int32 of the same shape; float32 [..., numBins] in
 * other modes than 'int'. Source: https://keras.io/api/layers/preprocessing_layers/categorical/hashing/
 */
export class Hashing extends KerasLayer<typeof fields> {
  static readonly className: string = 'Hashing';

  constructor(args: HashingArgs, context?: LayerContext) {
    super(withIntegerDtype(args, 'Hashing'), fields, context);
    if (this.config.outputMode === 'int') Object.assign(this, { dtype: 'int32' }); // of the symbolic outputs
  }

  /** Keras 3 records some shapes of outputs in other modes than 'int' that its layer does not give. */
  readonly misrecordsShape: boolean = true;

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return categoryShape(onlyShape(inputShape), this.config.outputMode, this.config.numBins);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = only(inputs);
    const { numBins, outputMode, maskValue } = this.config;
    const isText = x.dtype === 'string';
    if (maskValue !== null && isText !== (typeof maskValue === 'string')) {
      throw new KerasValueError(
        `Layer '${this.name}': Cannot convert ${showValue(maskValue)} to a tensor of dtype ${x.dtype}. Received: mask_value=${showValue(maskValue)}`,
      );
    }
    const values: ArrayLike<unknown> = x.dataSync();
    const indices = asTexts(x).map((text, i) =>
      maskValue !== null && values[i] === maskValue ? 0 : this.#binOf(text, maskValue !== null),
    );
    return encodeCategories({ indices, shape: x.shape, mode: outputMode, depth: numBins });
  }

  /** The bin of a text; bin 0 may be reserved for the mask value. */
  #binOf(text: string, isFirstReserved: boolean): number {
    const { numBins, salt } = this.config;
    const first = isFirstReserved && numBins > 1 ? 1 : 0;
    return first + bucketOf(salt ? saltedFingerprint(text, salt) : fingerprint(text), numBins - first);
  }
}

/** Makes a Hashing layer. */
export function hashing(args: HashingArgs): Hashing {
  return new Hashing(args);
}
