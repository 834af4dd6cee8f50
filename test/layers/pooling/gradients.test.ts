// Gradients of the pooling layers, above all of averages over windows that extend beyond the border.

import { poolingLayers } from '../../../src/layers/pooling/index.js';
import { type GradientCase, testGradients } from '../../support/layers/finiteDifferences.js';

const windows: readonly GradientCase[] = ['Max', 'Average'].flatMap((kind) =>
  ['channels_last', 'channels_first'].flatMap((data_format) =>
    ['valid', 'same'].flatMap((padding) => {
      const args = { padding, data_format };
      return [
        { className: `${kind}Pooling2D`, args: { pool_size: [3, 2], strides: 2, ...args }, inputShape: [2, 5, 4, 3] },
        { className: `${kind}Pooling1D`, args: { pool_size: 3, strides: 1, ...args }, inputShape: [2, 5, 4] },
        { className: `${kind}Pooling3D`, args: { pool_size: [2, 3, 2], ...args }, inputShape: [1, 3, 4, 3, 3] },
      ];
    }),
  ),
);

const others: readonly GradientCase[] = ['Max', 'Average'].flatMap((kind) => [
  { className: `Global${kind}Pooling2D`, args: { keepdims: true }, inputShape: [2, 3, 4, 2] },
  { className: `Global${kind}Pooling1D`, args: { data_format: 'channels_first' }, inputShape: [2, 3, 4] },
  { className: `Adaptive${kind}Pooling2D`, args: { output_size: [3, 2] }, inputShape: [2, 5, 4, 2] },
]);

testGradients('pooling', [...windows, ...others], poolingLayers);
