// What the networks of keras.applications do with the pixels before the first layer: preprocess_input of each module.
// Source: https://keras.io/api/applications/, and https://keras.io/api/data_loading/image/ for the forms of pictures

import { div, reverse, sub, type Tensor, type Tensor4D, tensor1d } from '@tensorflow/tfjs-core';
import { check } from '../core/errors.js';

/**
 * How the values 0..255 become a network's input. `tf` and `-1..1` are the same; `torch` takes ImageNet's mean and
 * deviation from 0..1; `caffe` takes ImageNet's mean from 0..255, blue first; `none` leaves them.
 */
export const pixelModes = ['tf', 'torch', 'caffe', '0..1', '-1..1', 'none'] as const;
export type PixelMode = (typeof pixelModes)[number];

/** The networks of keras.applications by the mode that they were trained with. `none` scales within the network. */
const networks: Readonly<Record<string, PixelMode>> = {
  ConvNeXt: 'none',
  DenseNet: 'torch',
  EfficientNet: 'none',
  EfficientNetV2: 'none',
  InceptionResNetV2: 'tf',
  InceptionV3: 'tf',
  MobileNet: 'tf',
  MobileNetV2: 'tf',
  MobileNetV3: 'none',
  NASNet: 'tf',
  ResNet: 'caffe',
  ResNetV2: 'tf',
  VGG16: 'caffe',
  VGG19: 'caffe',
  Xception: 'tf',
};

/** Names with a size in them: ResNet50V2 is a ResNetV2, EfficientNetB3 an EfficientNet. */
const families: readonly (readonly [RegExp, string])[] = [
  [/^convnext(tiny|small|base|large|xlarge)$/, 'ConvNeXt'],
  [/^densenet(121|169|201)$/, 'DenseNet'],
  [/^efficientnetb[0-7]$/, 'EfficientNet'],
  [/^efficientnetv2(b[0-3]|s|m|l)$/, 'EfficientNetV2'],
  [/^mobilenetv3(small|large)$/, 'MobileNetV3'],
  [/^nasnet(mobile|large)$/, 'NASNet'],
  [/^resnet(50|101|152)$/, 'ResNet'],
  [/^resnet(50|101|152)v2$/, 'ResNetV2'],
];

/** A mode, or the name of a network of keras.applications, as `ResNet50`, or of its module, as `resnet_v2`. */
export type Preprocessing = PixelMode | (string & {});

/**
 * The mode that a name stands for.
 * @throws Error for a name that is neither a mode nor a network of keras.applications.
 */
export function pixelModeOf(preprocess: Preprocessing): PixelMode {
  const mode = pixelModes.find((one) => one === preprocess);
  if (mode) return mode;
  const plain = String(preprocess).toLowerCase().replaceAll('_', '');
  const family = families.find(([pattern]) => pattern.test(plain))?.[1].toLowerCase() ?? plain;
  const found = Object.entries(networks).find(([name]) => name.toLowerCase() === family);
  const rule = `preprocess must be one of ${pixelModes.join(' ')} or a network of keras.applications, as 'MobileNetV2'`;
  check(found !== undefined, 'pictureToTensor', rule, { preprocess });
  return found[1];
}

const imageNetMean = [0.485, 0.456, 0.406];
const imageNetDeviation = [0.229, 0.224, 0.225];
const caffeMean = [103.939, 116.779, 123.68];

/** Prepares pixels 0..255, [batch, height, width, channels]. Call it in a tidy. */
export function preparePixels(pixels: Tensor4D, mode: PixelMode): Tensor4D {
  const channels = pixels.shape[3];
  switch (mode) {
    case '0..1':
      return div(pixels, 255);
    case 'tf':
    case '-1..1':
      return sub(div(pixels, 127.5), 1);
    case 'torch':
      inColour(mode, channels);
      return div(sub(div(pixels, 255), tensor1d(imageNetMean)), tensor1d(imageNetDeviation)) as Tensor4D;
    case 'caffe':
      inColour(mode, channels);
      return sub(reverse(pixels, 3) as Tensor, tensor1d(caffeMean)) as Tensor4D;
    case 'none':
      return pixels;
    default:
      return mode satisfies never;
  }
}

function inColour(preprocess: PixelMode, channels: number): void {
  check(channels === 3, 'pictureToTensor', `preprocess '${preprocess}' needs 3 channels`, { channels });
}
