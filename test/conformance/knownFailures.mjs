// Specs of the TensorFlow.js conformance suite that are expected to fail: they demand that something is not supported which
// this project supports, or a browser other than Chromium fails them.
// They still run: a failure that is not listed here fails the run, and one that starts to pass is reported.

const OFFICIAL = 'official webgl fails it too: ';

/** @type {readonly import('../../tools/tally.mjs').KnownFailure[]} */
const ALL = [
  {
    words: ['depthwiseConv2d gradients', 'throws error on dilations > 1'],
    why: 'it demands that dilated depthwise convolutions cannot be trained; here they can',
  },
  {
    words: ['avgPool', 'gradient x=[3,3,1] f=[3,3] s=1 p=explicit'],
    why: 'it divides by the whole window, the forward pass by the pixels inside the image',
  },
];

const isFirefox = process.env.TEST_BROWSER === 'firefox';
/** Where there is no GPU, of the browser's WebGL on OpenGL (see karma.conf.js). */
const mayBeMesa = isFirefox || /^gl/.test(process.env.TEST_ANGLE ?? '');

/** @type {readonly import('../../tools/tally.mjs').KnownFailure[]} */
const MESA_WEBGL = [
  { words: ['pow ', 'propagates NaNs'], why: `${OFFICIAL}Mesa's comparisons lose NaN` },
  { words: ['norm ', 'propagates NaNs for norm'], why: `${OFFICIAL}Mesa's comparisons lose NaN` },
];

/** @type {readonly import('../../tools/tally.mjs').KnownFailure[]} */
const FIREFOX = [{ words: ['fromPixels for HTMLVideoElement'], why: 'not every Firefox decodes the video' }];

/** @param {string} backendName */
export const knownFailures = (backendName) => {
  const isWebgl = backendName.endsWith('webgl');
  return [...ALL, ...(isWebgl && mayBeMesa ? MESA_WEBGL : []), ...(isFirefox ? FIREFOX : [])];
};
