/**
 * Shows the picture before and after, one canvas above the other. An invisible range input as large as the stage moves
 * the line between them, so that dragging, arrow keys and screen readers work.
 */
import type { RgbImage } from '../upscale/image.js';
import { byId } from './dom.js';
import { encodePng, paint, resize } from './picture.js';

const stage = byId('stage', HTMLDivElement);
const before = byId('before', HTMLCanvasElement);
const after = byId('after', HTMLCanvasElement);
const split = byId('split', HTMLInputElement);
const beforeSize = byId('before-size', HTMLSpanElement);
const afterSize = byId('after-size', HTMLSpanElement);

const REVEAL_MS = 700;

split.addEventListener('input', () => moveSplit(split.valueAsNumber));

export function showPicture(image: RgbImage): void {
  resize(before, image);
  paint(before, image);
  stage.style.setProperty('--ratio', String(image.width / image.height));
  beforeSize.textContent = sizeText(image);
  clearResult();
}

export function clearResult(): void {
  stage.dataset.state = 'before';
  split.hidden = true;
  afterSize.hidden = true;
}

/** The original stays in view until the parts of the result have covered it. */
export function beginResult(size: { width: number; height: number }): void {
  clearResult();
  resize(after, size);
  stage.dataset.state = 'running';
  afterSize.textContent = sizeText(size);
}

export function addRows(top: number, rows: RgbImage): void {
  paint(after, rows, top);
}

export function finishResult(): void {
  stage.dataset.state = 'after';
  split.hidden = false;
  afterSize.hidden = false;
  reveal();
}

export function encodeResult(): Promise<Blob> {
  return encodePng(after);
}

/** Moves the line in from the left once, to show that it can move. */
function reveal(): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
    moveSplit(50);
    return;
  }
  moveSplit(0);
  const start = performance.now();
  const step = (now: number) => {
    const t = Math.min(1, Math.max(0, (now - start) / REVEAL_MS));
    moveSplit(50 * (1 - (1 - t) ** 3));
    if (t < 1 && stage.dataset.state === 'after') requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

function moveSplit(percent: number): void {
  split.value = String(percent);
  split.setAttribute('aria-valuetext', `${Math.round(percent)} % original`);
  stage.style.setProperty('--split', `${percent}%`);
}

export function sizeText({ width, height }: { width: number; height: number }): string {
  return `${width} × ${height}`;
}
