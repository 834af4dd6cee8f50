// Weights that Keras has quantised (int8, int4, float8, GPTQ, AWQ) are refused: their files hold other variables, and a model
// built without them would compute something else. Source: https://keras.io/api/models/model_saving_apis/quantization/

import type { DtypePolicy } from '../base/dtypePolicy.js';
import type { Field } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** quantization_config: only null is accepted, which Keras writes for every layer that is not quantised. */
export function noQuantization(): Field<null> {
  return {
    parse(value, { where, key }) {
      if (value === undefined || value === null) return null;
      throw new KerasValueError(
        `Quantized layers are not supported: save the model of layer ${where} without quantization. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: () => null,
  };
}

/** Refuses a policy such as 'int8_from_float32'. */
export function refuseQuantizedPolicy(where: string, { name }: DtypePolicy): void {
  if (name.includes('_from_')) {
    throw new KerasValueError(
      `Quantized layers are not supported: save the model of layer ${where} without quantization. Received: dtype='${name}'`,
    );
  }
}
