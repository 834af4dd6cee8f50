// The one error for everything that is wrong with a picture file.

/** Thrown for a picture file that is missing, damaged, or of another kind. */
export class PictureError extends Error {
  override readonly name = 'PictureError';
}
