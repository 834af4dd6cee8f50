// Pictures of two classes for the test of the page that trains: disks (0) and stripes (1), in any colors, sizes and places.

import type { RgbImage } from '../../../examples/upscale/image.js';
import { randomValues } from '../randomCases.js';

const SIDE = 224;

export type TestPicture = RgbImage;

/** Draws a picture of the class. Each number gives another one, the same in every run. */
export function drawPicture(label: number, number: number): TestPicture {
  const random = randomValues(12, 7919 * number + label + 1).map((value) => (value + 1) / 2);
  const [ground, figure] = [random.slice(0, 3), random.slice(3, 6)].map((color) => color.map((value) => value * 255));
  const [a, b, c, d] = random.slice(6);
  // The figure must be seen on its ground.
  const seen = figure.map((value, i) => (Math.abs(value - ground[i]) < 70 ? (ground[i] + 128) % 256 : value));
  const [centerX, centerY, radius] = [70 + 84 * a, 70 + 84 * b, 35 + 40 * c];
  const [angle, width] = [Math.PI * a, 14 + 20 * d];
  const isFigure = (x: number, y: number) =>
    label === 0
      ? Math.hypot(x - centerX, y - centerY) < radius
      : Math.sin(((x * Math.cos(angle) + y * Math.sin(angle)) * Math.PI) / width) > 0;
  const data = new Uint8Array(SIDE * SIDE * 3);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) data.set(isFigure(x, y) ? seen : ground, 3 * (y * SIDE + x));
  }
  return { width: SIDE, height: SIDE, data };
}
