/** The picture on which the model runs. It lies on a canvas, where the visitor can draw too. */
import { byId } from '../dom.js';
import { SAMPLE } from '../files.js';
import { newestOf } from '../newest.js';
import { contextOf, decodePicture, MOST_PIXELS, resize, sizeWithin } from '../picture.js';
import type { Sheet } from './samples.js';

const canvas = byId('picture', HTMLCanvasElement);
const caption = byId('picture-text', HTMLElement);

/** The side of the square to draw on, and the width of the pen: that of ink in 28 pixels, four times as large. */
const PAD = { side: 112, pen: 9 };

let isOpen = false;
let isPad = false;
let sampled = 0;
const beginOpening = newestOf();

/** The canvas that holds the picture; undefined before the first one. */
export function openedPicture(): HTMLCanvasElement | undefined {
  return isOpen ? canvas : undefined;
}

/** Opens a picture of the sheet, or the photo. False if another picture was opened meanwhile; that one stays. */
export async function openSamplePicture(sheet?: Sheet): Promise<boolean> {
  const isNewest = beginOpening();
  const response = await fetch(sheet?.url ?? SAMPLE.url);
  const file = await response.blob();
  if (!isNewest()) return false;
  if (!sheet) return openPicture(file, SAMPLE.name);
  const bitmap = await createImageBitmap(file);
  if (!isNewest()) return leave(bitmap);
  const { side } = sheet;
  // Seven columns on, so that the digits come in no order.
  const [column, row] = [(7 * sampled + 3) % (bitmap.width / side), sampled % (bitmap.height / side)];
  sampled++;
  const size = { width: side, height: side };
  show(bitmap, size, { left: column * side, top: row * side, ...size });
  caption.textContent = `Sample picture, ${side} × ${side}`;
  return true;
}

/**
 * Opens a picture, and scales it down if it has more pixels than a page can handle. False if another picture was opened
 * meanwhile; that one stays.
 */
export async function openPicture(file: Blob, name: string): Promise<boolean> {
  const isNewest = beginOpening();
  const bitmap = await decodePicture(file, name);
  if (!isNewest()) return leave(bitmap);
  const size = sizeWithin(bitmap, MOST_PIXELS);
  show(bitmap, size);
  caption.textContent = `${name}, ${size.width} × ${size.height}`;
  return true;
}

function leave(bitmap: ImageBitmap): false {
  bitmap.close();
  return false;
}

/** An empty sheet to draw on. */
export function openPad(): void {
  beginOpening();
  resize(canvas, { width: PAD.side, height: PAD.side });
  const context = contextOf(canvas);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, PAD.side, PAD.side);
  Object.assign(context, { lineWidth: PAD.pen, lineCap: 'round', lineJoin: 'round', strokeStyle: '#000' });
  mark({ asPad: true });
  caption.textContent = 'Draw here with the mouse or a finger.';
}

/** Calls `onStroke` after each line that is drawn on the pad. */
export function listenForDrawing(onStroke: () => void): void {
  let pointer: number | undefined;
  const context = contextOf(canvas);
  const at = ({ clientX, clientY }: PointerEvent): [x: number, y: number] => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [((clientX - left) * canvas.width) / width, ((clientY - top) * canvas.height) / height];
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (!isPad) return;
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    context.beginPath();
    context.moveTo(...at(event));
    drawTo(at(event));
  });
  canvas.addEventListener('pointermove', (event) => {
    if (event.pointerId === pointer) drawTo(at(event));
  });
  for (const end of ['pointerup', 'pointercancel'] as const) {
    canvas.addEventListener(end, (event) => {
      if (event.pointerId !== pointer) return;
      pointer = undefined;
      onStroke();
    });
  }
  function drawTo(point: [x: number, y: number]): void {
    context.lineTo(...point);
    context.stroke();
  }
}

interface Part {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Draws the bitmap, or a part of it, in this size. */
function show(bitmap: ImageBitmap, size: { width: number; height: number }, part?: Part): void {
  const { left, top, width, height } = part ?? { left: 0, top: 0, width: bitmap.width, height: bitmap.height };
  resize(canvas, size);
  const context = contextOf(canvas);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, left, top, width, height, 0, 0, size.width, size.height);
  bitmap.close();
  mark({ asPad: false });
}

function mark({ asPad }: { asPad: boolean }): void {
  isOpen = true;
  isPad = asPad;
  canvas.classList.toggle('pad', asPad);
  canvas.classList.toggle('small', canvas.width < 64);
}
