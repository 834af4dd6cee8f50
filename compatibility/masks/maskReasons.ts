// Differences of the mask sweep whose reason is known.

interface Known {
  /** Finds the line `<file>: <what>`. */
  readonly pattern: RegExp;
  readonly reason: string;
}

const known: readonly Known[] = [
  {
    pattern: /^(adaptive)?maxpooling3d_/,
    reason: 'of equal maxima, TensorFlow gives the gradient of 3D pooling to each',
  },
  {
    pattern: /^inputlayer_.*batch_shape=null/,
    reason: 'tf.keras cannot read this file itself: its InputLayer has no shape',
  },
  { pattern: /unknown layer class 'tf\./, reason: 'functions of TensorFlow that are not known here' },
  { pattern: /unknown layer class/, reason: 'layers that Keras 3 no longer has' },
  { pattern: /no gradient/, reason: 'there is no gradient' },
  { pattern: /^ops_svd\./, reason: 'signs of singular vectors are free' },
  {
    pattern: /^ops_(nan)?(quantile|percentile)\.|^melspectrogram_/,
    reason: 'Keras records another shape than it gives',
  },
  { pattern: /where(\(condition\)| 'tf\.where')/, reason: 'a shape that values decide' },
  { pattern: /^tf_(argsort|searchsorted)\./, reason: 'tf.keras averages integers to integers' },
];

/** Undefined if the difference is not known. */
export function maskReasonOf(line: string): string | undefined {
  return known.find(({ pattern }) => pattern.test(line))?.reason;
}
