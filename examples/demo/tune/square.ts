/** Pictures as the network takes them: the middle square, 224 x 224 pixels. */

export const SIDE = 224;

/** Draws the middle square of a picture, a frame or a canvas over white, and reads the pixels. */
export function squareOf(source: CanvasImageSource, width: number, height: number): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  const side = Math.min(width, height);
  context.imageSmoothingQuality = 'high';
  context.fillStyle = '#fff';
  context.fillRect(0, 0, SIDE, SIDE);
  context.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  return context.getImageData(0, 0, SIDE, SIDE);
}

export function paintSquare(canvas: HTMLCanvasElement, picture: ImageData): void {
  canvas.width = picture.width;
  canvas.height = picture.height;
  (canvas.getContext('2d') as CanvasRenderingContext2D).putImageData(picture, 0, 0);
}
