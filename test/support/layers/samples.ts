// Arguments for each function of the entry `layers` that needs some. The compiler demands them and checks their types.

import type { KerasLayer } from '../../../src/layers/base/kerasLayer.js';
import type * as entry from '../../../src/layers.js';
import { dense, gruCell, lstm } from '../../../src/layers.js';

type Entry = typeof entry;
type Maker = (args: never) => KerasLayer;

/** The arguments by the function's name. Functions whose argument may be left out are not among them. */
type Samples = {
  readonly [K in keyof Entry as Entry[K] extends Maker
    ? undefined extends Parameters<Entry[K]>[0]
      ? never
      : K
    : never]: Entry[K] extends Maker ? Parameters<Entry[K]>[0] : never;
};

const conv = { filters: 4, kernelSize: 3 };
const pool = { poolSize: 2 };
const size = { height: 4, width: 5 };

export const samples: Samples = {
  activation: { activation: 'relu' },
  adaptiveAveragePooling1d: { outputSize: 2 },
  adaptiveAveragePooling2d: { outputSize: [2, 3] },
  adaptiveAveragePooling3d: { outputSize: 2 },
  adaptiveMaxPooling1d: { outputSize: 2 },
  adaptiveMaxPooling2d: { outputSize: [2, 3] },
  adaptiveMaxPooling3d: { outputSize: 2 },
  alphaDropout: { rate: 0.5 },
  averagePooling1d: pool,
  averagePooling2d: pool,
  averagePooling3d: pool,
  avgPool1d: pool,
  avgPool2d: pool,
  avgPool3d: pool,
  avgPooling1d: pool,
  avgPooling2d: pool,
  avgPooling3d: pool,
  bidirectional: { layer: lstm({ units: 2 }) },
  categoryEncoding: { numTokens: 3 },
  centerCrop: size,
  conv1d: { ...conv, padding: 'causal' },
  conv1dTranspose: conv,
  conv2d: { ...conv, groups: 2 },
  conv2dTranspose: conv,
  conv3d: conv,
  conv3dTranspose: conv,
  convLstm1d: conv,
  convLstm2d: conv,
  convLstm3d: conv,
  convolution1d: conv,
  convolution1dTranspose: conv,
  convolution2d: conv,
  convolution2dTranspose: conv,
  convolution3d: conv,
  convolution3dTranspose: conv,
  customScaleLayer: { scale: 0.5 },
  dense: { units: 3 },
  discretization: { binBoundaries: [0, 1] },
  hashedCrossing: { numBins: 3 },
  hashing: { numBins: 3 },
  locallyConnected1d: { ...conv, implementation: 3 },
  locallyConnected2d: conv,
  randomHeight: { factor: 0.2 },
  randomWidth: { factor: [-0.2, 0.4], interpolation: 'nearest' },
  depthwiseConv1d: { kernelSize: 3 },
  depthwiseConv2d: { kernelSize: 3 },
  dot: { axes: 1 },
  dropout: { rate: 0.5 },
  einsumDense: { equation: 'ab,bc->ac', outputShape: 3 },
  embedding: { inputDim: 5, outputDim: 2 },
  gaussianDropout: { rate: 0.5 },
  gaussianNoise: { stddev: 0.5 },
  groupQueryAttention: { headDim: 2, numQueryHeads: 4, numKeyValueHeads: 2 },
  gru: { units: 3 },
  gruCell: { units: 3 },
  layerScale: { initValues: 0.1, projectionDim: 3 },
  lstm: { units: 3 },
  lstmCell: { units: 3 },
  multiHeadAttention: { numHeads: 2, keyDim: 3 },
  maxNumBoundingBoxes: { maxNumber: 3 },
  pipeline: { layers: [] },
  permute: { dims: [2, 1] },
  randomBrightness: { factor: 0.2 },
  randomColorDegeneration: { factor: 0.2 },
  randomContrast: { factor: 0.2 },
  randomCrop: size,
  randomHue: { factor: 0.2 },
  randomPosterization: { factor: 4 },
  randomRotation: { factor: 0.2 },
  randomSaturation: { factor: 0.2 },
  randomSharpness: { factor: 0.2 },
  randomTranslation: { heightFactor: 0.2, widthFactor: 0.2 },
  randomZoom: { heightFactor: 0.2 },
  repeatVector: { n: 2 },
  rescaling: { scale: 1 / 255 },
  reversibleEmbedding: { inputDim: 5, outputDim: 2 },
  reshape: { targetShape: [2, -1] },
  resizing: size,
  rnn: { cell: gruCell({ units: 2 }) },
  separableConv1d: conv,
  separableConv2d: conv,
  separableConvolution1d: conv,
  separableConvolution2d: conv,
  simpleRNN: { units: 3 },
  simpleRNNCell: { units: 3 },
  spatialDropout1d: { rate: 0.5 },
  spatialDropout2d: { rate: 0.5 },
  spatialDropout3d: { rate: 0.5 },
  spectralNormalization: { layer: dense({ units: 2 }) },
  stackedRNNCells: { cells: [gruCell({ units: 2 }), gruCell({ units: 3 })] },
  stochasticDepth: { dropPathRate: 0.5 },
  timeDistributed: { layer: dense({ units: 2 }) },
};
