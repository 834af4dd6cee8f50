// Refuses layers that Keras has quantised (int8, int4, float8, GPTQ, AWQ). Their files hold other variables, and a
// model built without them would give other values. Source: https://keras.io/api/models/model_saving_apis/quantization/

import type { DtypePolicy } from '../base/dtypePolicy.js';
import type { Field } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** The argument quantization_config. Only null is accepted, which Keras writes for layers that are not quantised. */
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

/** Throws ValueError for a quantised policy such as 'int8_from_float32'. */
export function refuseQuantizedPolicy(where: string, { name }: DtypePolicy): void {
  if (name.includes('_from_')) {
    throw new KerasValueError(
      `Quantized layers are not supported: save the model of layer ${where} without quantization. Received: dtype='${name}'`,
    );
  }
}
