// Gradients of the convolution layers with respect to inputs, kernels and biases.

import { convLayers } from '../../../src/layers/conv/index.js';
import { type GradientCase, testGradients } from '../../support/layers/finiteDifferences.js';

const formats = ['channels_last', 'channels_first'] as const;

const cases = formats.flatMap((data_format): GradientCase[] => {
  const shape = (spatial: number[], channels: number) =>
    data_format === 'channels_last' ? [2, ...spatial, channels] : [2, channels, ...spatial];
  const make = (className: string, spatial: number[], channels: number, args: object): GradientCase => {
    return { className, args: { ...args, data_format }, inputShape: shape(spatial, channels) };
  };
  return [
    make('Conv2D', [4, 5], 4, { filters: 2, kernel_size: [2, 3], strides: 2, padding: 'same', groups: 2 }),
    make('Conv2D', [4, 4], 2, { filters: 3, kernel_size: 2, dilation_rate: 2, activation: 'tanh' }),
    make('Conv2D', [3, 3], 2, { filters: 2, kernel_size: 2, activation: 'softmax' }),
    make('DepthwiseConv2D', [4, 4], 2, { kernel_size: 2, depth_multiplier: 2, dilation_rate: [2, 1], strides: 2 }),
    make('SeparableConv2D', [4, 4], 2, { filters: 3, kernel_size: 3, padding: 'same', activation: 'sigmoid' }),
    make('Conv2DTranspose', [3, 2], 2, { filters: 3, kernel_size: 3, strides: 2, padding: 'same', output_padding: 1 }),
    make('Conv2DTranspose', [3, 3], 2, { filters: 2, kernel_size: [2, 3], dilation_rate: 2, activation: 'tanh' }),
    make('Conv1D', [6], 4, { filters: 2, kernel_size: 3, dilation_rate: 2, groups: 2, activation: 'silu' }),
    make('DepthwiseConv1D', [6], 2, { kernel_size: 3, depth_multiplier: 2, padding: 'same' }),
    make('SeparableConv1D', [6], 2, { filters: 3, kernel_size: 2, strides: 2 }),
    make('Conv1DTranspose', [3], 2, { filters: 2, kernel_size: 4, strides: 3 }),
    make('Conv3D', [4, 3, 3], 4, {
      filters: 2,
      kernel_size: [3, 2, 2],
      strides: [2, 1, 1],
      padding: 'same',
      groups: 2,
    }),
    make('Conv3D', [4, 3, 3], 2, { filters: 2, kernel_size: 2, dilation_rate: [2, 1, 2] }),
    make('Conv3DTranspose', [2, 2, 3], 2, { filters: 2, kernel_size: [3, 2, 2], strides: 2, padding: 'same' }),
  ];
});
cases.push({
  className: 'Conv1D',
  args: { filters: 2, kernel_size: 3, padding: 'causal', strides: 2 },
  inputShape: [2, 6, 2],
});

testGradients('conv', cases, convLayers);
