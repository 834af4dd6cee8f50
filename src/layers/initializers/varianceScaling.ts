// Random values whose variance depends on the shape of the kernel: scale/n, where n is fan_in, fan_out or their mean.
// Source: https://keras.io/api/layers/initializers/, which names the paper of each variant.

import { toSnake } from '../../core/json.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { fillNormal, fillUniform, type Random } from '../random/seededRandom.js';
import { type Fans, fansOf } from './fans.js';

/** The parameters of VarianceScaling, as in Keras's config. */
export interface VarianceScaling {
  readonly scale: number;
  readonly mode: string;
  readonly distribution: string;
  readonly input_axes: readonly number[] | null;
  readonly output_axes: readonly number[] | null;
}

const modes: Readonly<Record<string, (fans: Fans) => number>> = {
  fan_in: ({ fanIn }) => fanIn,
  fan_out: ({ fanOut }) => fanOut,
  fan_avg: ({ fanIn, fanOut }) => (fanIn + fanOut) / 2,
};

/** Standard deviation of a standard normal distribution truncated at -2 and 2. */
const truncatedStddev = 0.8796256610342398;

const distributions: Readonly<Record<string, (values: Float32Array, variance: number, random: Random) => void>> = {
  uniform(values, variance, random) {
    const limit = Math.sqrt(3 * variance);
    fillUniform(values, -limit, limit, random);
  },
  truncated_normal(values, variance, random) {
    fillNormal(values, { mean: 0, stddev: Math.sqrt(variance) / truncatedStddev, limit: 2 }, random);
  },
  untruncated_normal(values, variance, random) {
    fillNormal(values, { mean: 0, stddev: Math.sqrt(variance) }, random);
  },
};

/** Makes the checks of Keras's constructor, and converts TensorFlow.js's names to Keras's spelling. */
export function checkVarianceScaling<T extends VarianceScaling>(given: T): T {
  if (!(given.scale > 0)) {
    throw new KerasValueError(`Argument \`scale\` must be positive float. Received: scale=${showValue(given.scale)}`);
  }
  const mode = String(given.mode).replace(/^fan(In|Out|Avg)$/, toSnake);
  if (!Object.hasOwn(modes, mode)) throw invalid('mode', given.mode, modes);
  const lower = toSnake(String(given.distribution)).toLowerCase();
  const distribution = lower === 'normal' ? 'truncated_normal' : lower;
  if (!Object.hasOwn(distributions, distribution)) throw invalid('distribution', given.distribution, distributions);
  return { ...given, mode, distribution };
}

function invalid(name: string, value: unknown, known: object): KerasValueError {
  const names = Object.keys(known).join(', ');
  return new KerasValueError(`Invalid \`${name}\` argument: ${showValue(value)}. Please use one of {${names}}`);
}

/** Fills `values` with random numbers for a kernel of this shape. */
export function fillVarianceScaling(
  values: Float32Array,
  shape: readonly number[],
  { scale, mode, distribution, input_axes, output_axes }: VarianceScaling,
  random: Random,
): void {
  const variance = scale / Math.max(1, modes[mode](fansOf(shape, input_axes, output_axes)));
  distributions[distribution](values, variance, random);
}
