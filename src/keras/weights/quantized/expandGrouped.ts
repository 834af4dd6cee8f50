// GPTQ and AWQ: the kernel is a matrix [outputs, inputs] of unsigned integers. Each input belongs to a group, and each
// pair of an output and a group has a scale and a zero point.
// Sources: https://arxiv.org/abs/2210.17323 and https://arxiv.org/abs/2306.00978

import { type StoredValue, sameShape, sizeOf, storedFloats } from '../storedValue.js';
import type { Expansion } from './expansion.js';
import { groupsOf } from './groups.js';
import { lowBits, unpackAlong } from './int4.js';

/** The kernel [inputs, outputs] in the layer's shape. Null if it does not fit the layer. */
export function expandGrouped({ weight, values }: Expansion, stored: StoredValue): StoredValue | null {
  const scale = values.get('kernel_scale');
  const zero = values.get('kernel_zero');
  const groups = values.get('g_idx');
  const inputScale = values.get('awq_scales');
  if (!scale || !zero || !groups || scale.shape.length !== 2) return null;
  const [inputs] = groups.shape;
  const [outputs, groupCount] = scale.shape;
  const isPacked = stored.shape[0] !== outputs;
  const rows = isPacked ? Math.ceil(outputs / 2) : outputs;
  const fits =
    sameShape([rows, inputs], stored.shape) &&
    sameShape([...scale.shape], zero.shape) &&
    inputs * outputs === sizeOf(weight.shape) &&
    (!inputScale || sameShape([inputs], inputScale.shape));
  if (!fits) return null;
  return storedFloats(stored.path, weight.shape, () => {
    const integers = isPacked ? unpackAlong(stored.numbers(), [outputs, inputs], 0, lowBits) : stored.numbers();
    const [scales, zeros, divisors] = [scale.numbers(), zero.numbers(), inputScale?.numbers()];
    const groupOf = groupsOf(groups, groupCount);
    const kernel = new Float32Array(inputs * outputs);
    for (let output = 0; output < outputs; output++) {
      for (let input = 0; input < inputs; input++) {
        const at = output * groupCount + groupOf[input];
        const value = Math.fround((integers[output * inputs + input] - zeros[at]) * scales[at]);
        kernel[input * outputs + output] = divisors ? value / divisors[input] : value;
      }
    }
    return kernel;
  });
}
