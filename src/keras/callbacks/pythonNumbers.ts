// Numbers as Python writes them: ties are rounded to the even digit, exponents have two digits at least.
// Source: https://docs.python.org/3/library/string.html#formatspec

/** The significant digits of a number that is not negative, with the power of ten of the first of them. */
interface Digits {
  readonly digits: string;
  readonly exponent: number;
}

const MOST = 100; // digits that toExponential() gives after the first one

/** @param count How many digits, rounded by the exact value; less than 1 gives at most one digit that was carried. */
function rounded(value: number, count: number): Digits {
  const [mantissa, power] = value.toExponential(MOST).split('e');
  const all = mantissa.replace('.', '');
  const exponent = Number(power);
  if (count < 0 || value === 0) return { digits: '0'.repeat(Math.max(count, 0)), exponent };
  const kept = all.slice(0, count);
  const rest = all.slice(count).padEnd(1, '0');
  const half = `5${'0'.repeat(rest.length - 1)}`;
  const isOdd = Number(kept.at(-1) ?? 0) % 2 === 1;
  const isUp = rest > half || (rest === half && isOdd);
  const whole = isUp ? String(BigInt(kept || '0') + 1n).padStart(count, '0') : kept.padEnd(count, '0');
  return whole.length > count ? { digits: whole, exponent: exponent + 1 } : { digits: whole, exponent };
}

/** As Python's 'f': so many digits after the point. */
export function fixedText(value: number, digits: number): string {
  const [, power] = value.toExponential(MOST).split('e');
  const { digits: found } = rounded(value, value === 0 ? digits + 1 : Number(power) + 1 + digits);
  const all = found.padStart(digits + 1, '0');
  const point = all.length - digits;
  return digits === 0 ? all : `${all.slice(0, point)}.${all.slice(point)}`;
}

/** As Python's 'e': so many digits after the point of the mantissa. */
export function scientificText(value: number, digits: number): string {
  const { digits: found, exponent } = rounded(value, digits + 1);
  return withExponent(found.slice(0, digits + 1), exponent);
}

function withExponent(digits: string, exponent: number): string {
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** As Python's 'g': so many digits in all, with an exponent where the number is large or small. */
export function generalText(value: number, digits: number): string {
  const count = Math.max(digits, 1);
  return placed(rounded(value, count), count, count);
}

/** As Python writes a number without a type: the shortest text that means it, or so many digits; always a number with a point. */
export function plainText(value: number, digits?: number): string {
  if (digits !== undefined) {
    const count = Math.max(digits, 1);
    return asFloat(placed(rounded(value, count), count, count - 1));
  }
  const [mantissa, power] = value.toExponential().split('e');
  const all = mantissa.replace('.', '');
  return asFloat(placed({ digits: all, exponent: Number(power) }, all.length, 16));
}

const asFloat = (text: string): string => (/[.e]/.test(text) ? text : `${text}.0`);

/** @param most From which power of ten on there is an exponent. */
function placed({ digits: found, exponent }: Digits, count: number, most: number): string {
  const shown = found.slice(0, count).replace(/(?!^)0+$/, '');
  if (exponent < -4 || exponent >= most) return withExponent(shown, exponent);
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${shown}`;
  const whole = shown.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const rest = shown.slice(exponent + 1);
  return rest ? `${whole}.${rest}` : whole;
}
