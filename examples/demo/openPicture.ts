/** The ways a picture gets into the page: chosen, dropped, pasted, or the sample. */
import type { RgbImage } from '../upscale/image.js';
import { byId } from './dom.js';
import { SAMPLE } from './files.js';
import { ask, clearNotice, showError } from './notice.js';
import { COMFORTABLE_PIXELS, decodePicture, MOST_PIXELS, rgbFromBitmap, sizeWithin } from './picture.js';
import { sizeText } from './stage.js';

export interface Opened {
  readonly name: string;
  readonly image: RgbImage;
}

type Open = (opened: Opened) => void;

export function listenForPictures(isBusy: () => boolean, open: Open): void {
  const input = byId('file', HTMLInputElement);
  const take = (file: File | undefined) => {
    if (file && !isBusy()) void openFile(file, file.name, open);
  };

  byId('choose', HTMLButtonElement).addEventListener('click', () => input.click());
  byId('sample', HTMLButtonElement).addEventListener('click', () => void openSample(open));
  input.addEventListener('change', () => {
    take(input.files?.[0]);
    // The same file chosen again is a new choice.
    input.value = '';
  });
  document.addEventListener('paste', (event) => take(event.clipboardData?.files[0]));
  listenForDrops(take);
}

export async function openSample(open: Open): Promise<void> {
  const response = await fetch(SAMPLE.url);
  await openFile(await response.blob(), SAMPLE.name, open);
}

async function openFile(file: Blob, name: string, open: Open): Promise<void> {
  clearNotice();
  try {
    const bitmap = await decodePicture(file, name);
    const openAt = (size: { width: number; height: number }) => {
      open({ name, image: rgbFromBitmap(bitmap, size) });
      bitmap.close();
    };
    if (bitmap.width * bitmap.height <= COMFORTABLE_PIXELS) openAt(bitmap);
    else askForSize(bitmap, name, openAt);
  } catch (error) {
    showError(error);
  }
}

function askForSize(
  bitmap: ImageBitmap,
  name: string,
  openAt: (size: { width: number; height: number }) => void,
): void {
  const small = sizeWithin(bitmap, COMFORTABLE_PIXELS);
  const scaleDown = { label: `Scale to ${sizeText(small)}`, act: () => openAt(small) };
  const size = sizeText(bitmap);
  if (bitmap.width * bitmap.height > MOST_PIXELS) {
    ask(`${name} has ${size} pixels, more than this page can enlarge.`, [scaleDown]);
    return;
  }
  ask(`${name} has ${size} pixels. That many take a while, above all without a GPU.`, [
    scaleDown,
    { label: `Keep ${size}`, act: () => openAt({ width: bitmap.width, height: bitmap.height }) },
  ]);
}

/** The whole page takes drops; `dragenter` and `dragleave` also fire for every element below the pointer, hence the count. */
function listenForDrops(take: (file: File | undefined) => void): void {
  let depth = 0;
  const mark = (change: number) => {
    depth = Math.max(0, depth + change);
    document.body.classList.toggle('dragging', depth > 0);
  };
  document.addEventListener('dragenter', () => mark(1));
  document.addEventListener('dragleave', () => mark(-1));
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    mark(-depth);
    take(event.dataTransfer?.files[0]);
  });
}
