/** Shows the outputs of a prediction: classes as bars, pictures, heat maps, or figures. */

import { shapeText } from '../../../src/core/units.js';
import { kindOf, type Output, type OutputRange, pictureOf, statisticsOf } from '../../../src/pictures/modelOutputs.js';
import { decodePredictions, type Picture, type RankedClass } from '../../../src/vision.js';
import { byId, element } from '../dom.js';

const body = byId('result-body', HTMLDivElement);
const caption = byId('result-text', HTMLElement);
const answer = byId('answer', HTMLParagraphElement);
const TOP = 5;

export interface Result {
  readonly outputs: readonly Output[];
  readonly range: OutputRange;
  /** The line below. */
  readonly text: string;
  /** The names of the classes, if the model's are known. */
  readonly labels?: string;
}

export function clearResult(): void {
  body.replaceChildren();
  caption.textContent = '';
  answer.hidden = true;
}

export async function showResult({ outputs, range, text, labels }: Result): Promise<void> {
  const ranked = await Promise.all(outputs.map((output) => rank(output, labels)));
  body.replaceChildren(...outputs.flatMap((output, i) => viewOf(output, range, ranked[i])));
  caption.textContent = text;
  answer.hidden = true;
  if (outputs.length === 1 && ranked[0] && areProbabilities(outputs[0].values)) {
    const [{ score }] = ranked[0];
    answer.textContent = `It sees: ${nameOf(ranked[0][0])}, ${(100 * score).toFixed(1)} %`;
    answer.hidden = false;
  }
}

async function rank(output: Output, labels: string | undefined): Promise<readonly RankedClass[] | null> {
  if (kindOf(output) !== 'classes') return null;
  const [best] = await decodePredictions(output.values, { top: TOP, labels });
  return best;
}

function areProbabilities(values: ArrayLike<number>): boolean {
  const list = Array.from(values);
  return list.every((value) => value >= 0) && Math.abs(list.reduce((sum, value) => sum + value, 0) - 1) < 1e-3;
}

function nameOf({ index, label }: RankedClass): string {
  return label ?? `class ${index}`;
}

function viewOf(output: Output, range: OutputRange, ranked: readonly RankedClass[] | null): HTMLElement[] {
  const title = element('p', { className: 'output-name', text: `${output.name}  ${shapeText(output.shape)}` });
  const { min, max, mean, nonFinite } = statisticsOf(output.values);
  if (nonFinite > 0) title.textContent += `, ${nonFinite} values are NaN or infinite`;
  if (ranked) return [title, classesOf(ranked)];
  const map = heatMapOf(output);
  if (map) return [canvasOf(map, 'Heat map of the output'), title];
  if (kindOf(output) === 'picture') return [canvasOf(pictureOf(output, range), 'Output picture'), title];
  const facts = Object.entries({ least: min, greatest: max, mean }).flatMap(([label, value]) => [
    element('dt', { text: label }),
    element('dd', { text: value.toPrecision(5) }),
  ]);
  return [title, element('dl', { children: facts })];
}

function classesOf(best: readonly RankedClass[]): HTMLElement {
  const largest = Math.max(...best.map(({ score }) => Math.abs(score)), 1e-30);
  const items = best.map((ranked) => {
    const { score } = ranked;
    const bar = element('span', { className: 'bar' });
    bar.style.setProperty('--share', String(Math.max(0, score) / largest));
    const number = element('span', { className: 'score', text: score.toFixed(5) });
    return element('li', { children: [element('span', { text: nameOf(ranked) }), bar, number] });
  });
  const list = element('ol', { className: 'classes' });
  list.append(...items);
  return list;
}

/** One channel, or the mean of channels that make no picture, from the least value (dark) to the greatest (light). */
function heatMapOf({ shape, values }: Output): Picture | null {
  const [, height, width, channels] = shape;
  if (shape.length !== 4 || shape[0] !== 1 || channels === 3 || channels === 4 || values.length === 0) return null;
  const means = Array.from({ length: height * width }, (_, pixel) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += values[pixel * channels + c];
    return sum / channels;
  });
  const { min, max } = statisticsOf(means);
  const data = new Uint8ClampedArray(4 * means.length);
  for (const [i, value] of means.entries()) data.set([...heat((value - min) / (max - min || 1)), 255], 4 * i);
  return { width, height, data };
}

/** A color for 0..1, from dark blue over teal to pale yellow. The lightness grows throughout. */
function heat(share: number): [number, number, number] {
  const stops = [
    [13, 22, 48],
    [12, 122, 107],
    [250, 240, 190],
  ];
  const at = Math.min(1, Math.max(0, share || 0)) * 2;
  const i = Math.min(1, Math.floor(at));
  return [0, 1, 2].map((c) => stops[i][c] + (stops[i + 1][c] - stops[i][c]) * (at - i)) as [number, number, number];
}

function canvasOf(picture: Picture, label: string): HTMLCanvasElement {
  const canvas = element('canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', label);
  paintPicture(canvas, picture);
  return canvas;
}

export function paintPicture(canvas: HTMLCanvasElement, { width, height, data }: Picture): void {
  canvas.width = width;
  canvas.height = height;
  canvas.classList.toggle('small', width < 64);
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.putImageData(new ImageData(Uint8ClampedArray.from(data), width, height), 0, 0);
}
