// Dtype policies, read in every form that files hold and kept for the config. All layers here compute in float32,
// whatever the policy: TensorFlow.js has no other float, and float32 represents every float16 and bfloat16 exactly.
// Source: https://keras.io/api/mixed_precision/policy/

import { asKerasObject, isKerasObject, type Json } from '../../core/json.js';
import { KerasValueError, showValue } from './kerasValueError.js';

/** A dtype policy of Keras. */
export interface DtypePolicy {
  /** 'float32', 'mixed_float16', 'int8_from_float32', ... */
  readonly name: string;
  /** How weights are quantised in files: 'int8', 'int4/128', 'gptq/4/-1', ...; null where they are floats. */
  readonly quantization: string | null;
  /** The same policy for floats: 'float32' for 'int8_from_float32'. */
  unquantized(): DtypePolicy;
  /** The policy as Keras writes it in a layer's config. */
  serialize(): Json;
}

/** The names that a policy can have: a dtype, a mixed policy or a quantised form of either. */
const known = /^(float32|float16|float64|bfloat16|mixed_float16|mixed_bfloat16|u?int(8|16|32|64)|bool|string)$/;
/** A quantised policy: the mode, perhaps with numbers of bits and of values that share a scale, and the source policy. */
const quantized = /^((?:int8|int4|float8|gptq|awq)(?:\/-?\d+)*)_from_(\w+)$/;

const float32: DtypePolicy = policyOf('float32');

/**
 * Reads a policy from a name or a serialized policy of Keras 2 or 3. Null and undefined are float32.
 * @param where the layer's class, for the message.
 * @throws ValueError for anything else.
 */
export function getDtypePolicy(value: unknown, where: string): DtypePolicy {
  if (value === undefined || value === null) return float32;
  if (typeof value === 'string') return policyOf(checkName(value, where, value));
  if (typeof value === 'object' && isPolicy(value)) return value;
  if (!isKerasObject(value)) throw notAPolicy(where, value);
  const config = (value.config ?? {}) as Record<string, Json>;
  // Keras 2 writes Policy and PolicyV1, Keras 3.0 to 3.3 FloatDTypePolicy. All of them only wrap a name. Keras 3 still
  // has FloatDTypePolicy and serializes it under that name.
  if (typeof config.name === 'string') {
    const name = checkName(config.name, where, value);
    return policyOf(name, asKerasObject(value).class_name === 'FloatDTypePolicy' ? 'FloatDTypePolicy' : 'DTypePolicy');
  }
  const source = config.source_name ?? config.sourceName;
  if (typeof source === 'string') {
    return { ...policyOf(checkName(`${config.mode}_from_${source}`, where, value)), serialize: () => value as Json };
  }
  const mapped = config.default_policy ?? config.defaultPolicy ?? null;
  // A map without a default policy means the policy that Keras has when it loads the file: float32, unless it was set.
  if ('default_policy' in config || 'defaultPolicy' in config)
    return mapPolicy(getDtypePolicy(mapped, where), value as unknown as Json);
  throw notAPolicy(where, value);
}

function policyOf(name: string, className = 'DTypePolicy'): DtypePolicy {
  const object = { module: 'keras', class_name: className, config: { name }, registered_name: null };
  const [, quantization = null, source = null] = quantized.exec(name) ?? [];
  const policy = { name, quantization, serialize: () => object };
  return {
    ...policy,
    unquantized(): DtypePolicy {
      return source === null ? this : policyOf(source);
    },
  };
}

/**
 * A map of policies for the layers within a layer. Only its default matters here, since all compute in float32 and the
 * stored weights themselves show whether they are quantised.
 */
function mapPolicy(byDefault: DtypePolicy, value: Json): DtypePolicy {
  const { name, quantization } = byDefault;
  const isQuantized = /"mode"|_from_/.test(JSON.stringify(value));
  return {
    name,
    quantization,
    unquantized(): DtypePolicy {
      return isQuantized ? byDefault.unquantized() : this;
    },
    serialize: () => value,
  };
}

function checkName(name: string, where: string, value: unknown): string {
  const source = quantized.exec(name)?.[2] ?? name;
  if (known.test(source)) return name;
  throw notAPolicy(where, value);
}

function isPolicy(value: object): value is DtypePolicy {
  return typeof (value as Partial<DtypePolicy>).serialize === 'function';
}

function notAPolicy(where: string, value: unknown): KerasValueError {
  return new KerasValueError(
    `${where}: Cannot interpret \`dtype\` argument. Expected the name of a dtype policy or a DTypePolicy object. Received: dtype=${showValue(value)}`,
  );
}
