// Numbers in float64 with a bound of what float32 may make of them: each operation adds its own rounding to what those
// before it have left. A formula over them gives a right value and its tolerance.

import { epsilon } from './family.js';

export interface Bounded {
  readonly value: number;
  readonly error: number;
}

/** A number that float32 holds exactly. */
export const known = (value: number): Bounded => ({ value, error: 0 });

/** Whoever computes may write a formula otherwise, and each rounds in another place. */
const ROUNDINGS = 4;

function rounded(value: number, error: number): Bounded {
  return { value, error: error + ROUNDINGS * epsilon * Math.abs(value) };
}

export function plus(a: Bounded, b: Bounded): Bounded {
  const most = ROUNDINGS * epsilon * Math.max(Math.abs(a.value), Math.abs(b.value)); // the sum may be small
  return rounded(a.value + b.value, a.error + b.error + most);
}

export function minus(a: Bounded, b: Bounded): Bounded {
  return plus(a, { value: -b.value, error: b.error });
}

export function times(a: Bounded, b: Bounded): Bounded {
  return rounded(a.value * b.value, Math.abs(a.value) * b.error + Math.abs(b.value) * a.error + a.error * b.error);
}

export function over(a: Bounded, b: Bounded): Bounded {
  const least = Math.abs(b.value) - b.error;
  const value = a.value / b.value;
  return rounded(value, least > 0 ? (a.error + Math.abs(value) * b.error) / least : Number.POSITIVE_INFINITY);
}

export function root(a: Bounded): Bounded {
  if (a.value < a.error) return { value: Math.sqrt(Math.max(0, a.value)), error: Number.POSITIVE_INFINITY };
  return rounded(Math.sqrt(a.value), a.error / Math.sqrt(a.value || 1));
}

export function most(a: Bounded, b: Bounded): Bounded {
  return { value: Math.max(a.value, b.value), error: Math.max(a.error, b.error) };
}

export function within(a: Bounded, limit: number): Bounded {
  return { value: Math.min(Math.max(a.value, -limit), limit), error: a.error };
}

export function magnitude(a: Bounded): Bounded {
  return { value: Math.abs(a.value), error: a.error };
}

export function signOf(a: Bounded): Bounded {
  return { value: Math.sign(a.value), error: Math.abs(a.value) <= a.error && a.error > 0 ? 2 : 0 };
}

/** a^p for a above 0. */
export function power(a: Bounded, p: number): Bounded {
  const value = a.value ** p;
  return rounded(value, Math.abs((p * value * a.error) / a.value));
}
