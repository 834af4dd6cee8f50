// The facts of Winograd's minimal filtering that all engines share: https://arxiv.org/abs/1509.09308.

/** `auto`: F(4x4, 3x3) where it is faster. `f2`: F(2x2, 3x3), which rounds less than a plain sum. `off`: none. */
export const winogradChoices = ['auto', 'f2', 'off'] as const;
export type WinogradChoice = (typeof winogradChoices)[number];

/**
 * F(4, 3) and F(2, 5) interpolate at the points 0, ±a, ±b and infinity. Their errors are half of those of the usual
 * points 0, ±1, ±2: in float32 the root mean square is 1.8 to 2.4 times that of a plain sum, against 3.5 to 4.6. The
 * number of operations is the same: 12 in BT and 13 in AT.
 */
export const winogradPoints = { a: Math.SQRT1_2, b: Math.SQRT2 } as const;
