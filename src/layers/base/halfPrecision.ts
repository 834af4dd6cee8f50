// Which float32 numbers are one number in float16 or bfloat16. Layers compute in float32 whatever their policy; where a
// layer asks whether a value equals a number, the answer is that of the rounded value.
// Source: IEEE 754, and the dtype policies of https://keras.io/api/mixed_precision/policy/

/** The bits of the fraction, and the smallest exponent of a normal number. */
const formats: Readonly<Record<string, readonly [fraction: number, smallest: number]>> = {
  float16: [10, -14],
  bfloat16: [7, -126],
};

/** What rounds to a number. */
export interface Rounded {
  /** The number as the format has it. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Whether low and high round to it too: to an even fraction. */
  readonly isClosed: boolean;
}

/** What rounds to the number to which `value` rounds, in the format of a policy; null for policies of other dtypes. */
export function roundedTo(value: number, policy: string): Rounded | null {
  const format = formats[policy.replace(/^mixed_/, '')];
  if (!format || !Number.isFinite(value)) return null;
  const [fraction, smallest] = format;
  const exponent = value === 0 ? smallest : Math.max(smallest, Math.floor(Math.log2(Math.abs(value))));
  const step = 2 ** (exponent - fraction);
  const count = roundHalfEven(value / step);
  // Below a power of two the numbers lie closer.
  const isPower = Math.abs(count) === 2 ** fraction && exponent > smallest;
  const towardsZero = isPower ? step / 4 : step / 2;
  const [below, above] =
    count > 0 ? [towardsZero, step / 2] : count < 0 ? [step / 2, towardsZero] : [step / 2, step / 2];
  const rounded = count * step;
  const limit = 2 ** (2 - smallest);
  if (Math.abs(rounded) >= limit) {
    const edge = limit - 2 ** -(smallest + fraction);
    return rounded > 0
      ? { value: Infinity, low: edge, high: Infinity, isClosed: true }
      : { value: -Infinity, low: -Infinity, high: -edge, isClosed: true };
  }
  return { value: rounded, low: rounded - below, high: rounded + above, isClosed: count % 2 === 0 };
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
