// Gradients of the normalization layers with respect to inputs, gamma and beta.

import { normalizationLayers } from '../../../src/layers/normalization/index.js';
import { type GradientCase, testGradients } from '../../support/layers/finiteDifferences.js';

const cases: readonly GradientCase[] = [
  { className: 'BatchNormalization', args: {}, inputShape: [3, 2, 4] },
  { className: 'BatchNormalization', args: {}, inputShape: [3, 2, 4], training: true },
  { className: 'BatchNormalization', args: { axis: 1 }, inputShape: [3, 4, 2, 2] },
  { className: 'BatchNormalization', args: { axis: 1, scale: false }, inputShape: [3, 4, 2, 2], training: true },
  { className: 'BatchNormalization', args: { trainable: false }, inputShape: [3, 4], training: true },
  { className: 'LayerNormalization', args: {}, inputShape: [2, 3, 4] },
  { className: 'LayerNormalization', args: { axis: [1, 2], epsilon: 0.1 }, inputShape: [2, 3, 4] },
  { className: 'LayerNormalization', args: { rms_scaling: true, axis: 1 }, inputShape: [2, 4, 3] },
  { className: 'GroupNormalization', args: { groups: 2 }, inputShape: [2, 3, 4] },
  { className: 'GroupNormalization', args: { groups: 2, axis: 1 }, inputShape: [2, 4, 3] },
  { className: 'RMSNormalization', args: {}, inputShape: [2, 3, 4] },
  { className: 'UnitNormalization', args: { axis: [1, 2] }, inputShape: [2, 3, 4] },
  { className: 'Normalization', args: { mean: [1, 2, 3, 4], variance: [4, 2, 1, 0.5] }, inputShape: [2, 3, 4] },
];

testGradients('normalization', cases, normalizationLayers);
