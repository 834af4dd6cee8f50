/** Sample pictures: houses, trees and faces, drawn at random, so that a newcomer has something to train on at once. */
import { SIDE, squareOf } from './square.js';

export const sampleNames = ['House', 'Tree', 'Face'] as const;

type Pen = CanvasRenderingContext2D;

const between = (low: number, high: number) => low + (high - low) * Math.random();

/** A color of this lightness in percent. */
const color = (lightness: number) => `hsl(${between(0, 360)} ${between(35, 75)}% ${lightness}%)`;

/** Draws a picture of the class, in colors, a size and a place of its own. */
export function drawSample(kind: number): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  const pen = canvas.getContext('2d', { willReadFrequently: true }) as Pen;
  pen.fillStyle = color(between(78, 92));
  pen.fillRect(0, 0, SIDE, SIDE);
  pen.fillStyle = color(between(55, 70));
  pen.fillRect(0, between(150, 180), SIDE, SIDE);
  const scale = between(0.75, 1.15);
  pen.translate(SIDE / 2 + between(-25, 25), SIDE / 2 + between(-10, 20));
  pen.rotate(between(-0.12, 0.12));
  pen.scale(scale, scale);
  pen.lineWidth = between(2, 5);
  pen.strokeStyle = color(20);
  [drawHouse, drawTree, drawFace][kind](pen);
  return squareOf(canvas, SIDE, SIDE);
}

function shape(pen: Pen, fill: string, path: () => void): void {
  pen.beginPath();
  path();
  pen.fillStyle = fill;
  pen.fill();
  pen.stroke();
}

function drawHouse(pen: Pen): void {
  const [width, height] = [between(45, 65), between(50, 70)];
  shape(pen, color(65), () => pen.rect(-width, -10, 2 * width, height));
  shape(pen, color(45), () => {
    pen.moveTo(-width - 12, -10);
    pen.lineTo(0, -10 - between(40, 60));
    pen.lineTo(width + 12, -10);
    pen.closePath();
  });
  shape(pen, color(35), () => pen.rect(-10, height - 44, 22, 34));
  for (const x of [-width + 10, width - 30]) shape(pen, color(88), () => pen.rect(x, 4, 20, 20));
}

function drawTree(pen: Pen): void {
  shape(pen, color(30), () => pen.rect(-9, 0, 18, between(55, 75)));
  const green = `hsl(${between(70, 160)} ${between(35, 65)}% ${between(28, 48)}%)`;
  for (let leaf = 0; leaf < 7; leaf++) {
    const angle = (leaf / 7) * 2 * Math.PI;
    const [x, y] = [between(18, 30) * Math.cos(angle), -35 + between(18, 30) * Math.sin(angle)];
    shape(pen, green, () => pen.arc(x, y, between(22, 30), 0, 2 * Math.PI));
  }
}

function drawFace(pen: Pen): void {
  const radius = between(50, 66);
  shape(pen, `hsl(${between(15, 45)} ${between(40, 75)}% ${between(50, 80)}%)`, () =>
    pen.ellipse(0, 0, radius * between(0.85, 1), radius, 0, 0, 2 * Math.PI),
  );
  const apart = between(18, 26);
  for (const x of [-apart, apart]) {
    shape(pen, '#fff', () => pen.arc(x, -12, between(9, 12), 0, 2 * Math.PI));
    shape(pen, color(20), () => pen.arc(x + between(-3, 3), -12, 4, 0, 2 * Math.PI));
  }
  pen.beginPath();
  pen.arc(0, 12, between(18, 28), 0.15 * Math.PI, 0.85 * Math.PI);
  pen.stroke();
}
