// The one error for everything that is wrong with a picture file.

/** A picture that cannot be read: missing, damaged, or of another kind. */
export class PictureError extends Error {
  override readonly name = 'PictureError';
}
