/** Opens a picture that is chosen, dropped or pasted, or the sample. */
import type { RgbImage } from '../upscale/image.js';
import { byId } from './dom.js';
import { listenForDrops } from './drops.js';
import { SAMPLE } from './files.js';
import { newestOf } from './newest.js';
import { ask, clearNotice, showError } from './notice.js';
import { COMFORTABLE_PIXELS, decodePicture, MOST_PIXELS, readRgb, sizeWithin } from './picture.js';
import { sizeText } from './stage.js';

export interface Opened {
  readonly name: string;
  readonly image: RgbImage;
}

type Open = (opened: Opened) => void;

const beginOpening = newestOf();

export function listenForPictures(isBusy: () => boolean, open: Open): void {
  const input = byId('file', HTMLInputElement);
  // A run may begin while a picture is read.
  const openIfIdle: Open = (opened) => {
    if (!isBusy()) open(opened);
  };
  const take = (file: File | undefined) => {
    if (file && !isBusy()) void openFile(file, file.name, openIfIdle);
  };

  byId('choose', HTMLButtonElement).addEventListener('click', () => input.click());
  byId('sample', HTMLButtonElement).addEventListener('click', () => void openSample(openIfIdle));
  input.addEventListener('change', () => {
    take(input.files?.[0]);
    // The same file chosen again is a new choice.
    input.value = '';
  });
  document.addEventListener('paste', (event) => take(event.clipboardData?.files[0]));
  listenForDrops(([file]) => take(file));
}

export async function openSample(open: Open): Promise<void> {
  const isNewest = beginOpening();
  const response = await fetch(SAMPLE.url);
  const file = await response.blob();
  if (isNewest()) await openFile(file, SAMPLE.name, open);
}

/** Opens a picture, unless another one was chosen while it was read. */
async function openFile(file: Blob, name: string, open: Open): Promise<void> {
  const isNewest = beginOpening();
  clearNotice();
  try {
    const bitmap = await decodePicture(file, name);
    if (!isNewest()) {
      bitmap.close();
      return;
    }
    const openAt = (size: { width: number; height: number }) => {
      open({ name, image: readRgb(bitmap, size) });
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
    ask(`Scale it down: ${name} has ${size} pixels, more than this page can enlarge.`, [scaleDown]);
    return;
  }
  ask(`Choose a size: ${name} has ${size} pixels. That many take a while, above all without a GPU.`, [
    scaleDown,
    { label: `Keep ${size}`, act: () => openAt({ width: bitmap.width, height: bitmap.height }) },
  ]);
}
