// Image layers called with a dictionary, as in Keras: images with labels, bounding boxes and masks.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { isPlainObject } from '../../../src/core/json.js';
import { flattenTree } from '../../../src/core/tensorTree.js';
import { KerasLayer } from '../../../src/layers/base/kerasLayer.js';
import { RandAugment } from '../../../src/layers/preprocessing/augmentPolicies.js';
import { ImageLayer, type LabelledImages } from '../../../src/layers/preprocessing/imageLayer.js';
import { preprocessingLayers } from '../../../src/layers/preprocessing/index.js';
import { randomTranslation } from '../../../src/layers/preprocessing/randomAffine.js';
import { RandomFlip, randomFlip } from '../../../src/layers/preprocessing/randomGeometry.js';
import { randomElasticTransform } from '../../../src/layers/preprocessing/randomWarps.js';
import { onBackends } from '../../support/layers/expectClose.js';
import { expectNear } from '../../support/layers/testGoldens.js';
import rows from './goldensParts.json' with { type: 'json' };

type Tree = LabelledImages<tf.Tensor>;
type Golden = { readonly shape: number[]; readonly values: number[] };
type GoldenTree = { readonly [key: string]: Golden | { readonly [key: string]: Golden } };

interface Row {
  readonly className: string;
  readonly args: { readonly data_format: string };
  readonly keys: readonly string[];
  readonly draw: unknown;
  readonly training: boolean;
  readonly isSingle: boolean;
  /** Others than the usual ones. */
  readonly boxes?: number[][][];
  readonly outputs: GoldenTree;
}

const usualBoxes = [
  [
    [1, 2, 4, 5],
    [0, 0, 2, 2],
  ],
  [
    [2, 1, 5, 6],
    [3, 3, 4, 5],
  ],
];

/** The values of parts.py. */
function pattern(shape: number[], low: number, high: number): tf.Tensor {
  const values = Array.from(
    { length: tf.util.sizeFromShape(shape) },
    (_, i) => low + ((high - low) * ((i * 37 + 11) % 101)) / 100,
  );
  return tf.tensor(values, shape);
}

function inputsOf(keys: readonly string[], dataFormat = 'channels_last', isSingle = false, boxes = usualBoxes): Tree {
  const arrange = (x: tf.Tensor) => (dataFormat === 'channels_first' ? tf.transpose(x, [0, 3, 1, 2]) : x);
  const pick = <T extends tf.Tensor>(x: T) => (isSingle ? tf.gather(x, 0) : x);
  const every: Record<string, tf.Tensor | Record<string, tf.Tensor>> = {
    labels: pick(pattern([2, 4], 0, 1)),
    bounding_boxes: {
      boxes: pick(tf.tensor3d(boxes)),
      labels: pick(
        tf.tensor2d([
          [1, 2],
          [3, 4],
        ]),
      ),
    },
    segmentation_masks: pick(arrange(tf.floor(pattern([2, 6, 5, 1], 0, 4)))),
    weights: pick(pattern([2], 0, 1)),
  };
  const images = pick(arrange(pattern([2, 6, 5, 3], 0, 255)));
  return { images, ...Object.fromEntries(keys.map((key) => [key, every[key]])) };
}

function expectTree(actual: unknown, expected: GoldenTree | Golden, where: string): void {
  if (!isPlainObject(actual)) {
    const { shape, values } = expected as Golden;
    expect((actual as tf.Tensor).shape, where).to.deep.equal(shape);
    expectNear(actual as tf.Tensor, values, where, 1e-3);
    return;
  }
  expect(Object.keys(actual), where).to.deep.equal(Object.keys(expected));
  for (const [key, value] of Object.entries(actual))
    expectTree(value, (expected as GoldenTree)[key] as GoldenTree, `${where}.${key}`);
}

function layerOf(className: string, args: object): ImageLayer<Record<string, never>> {
  const cls = preprocessingLayers.find((one) => one.className === className) as (typeof preprocessingLayers)[number];
  return new cls(args as never) as unknown as ImageLayer<Record<string, never>>;
}

/** Makes the layer draw this. RandAugment chooses layers, and the first three of these draw maps. */
function setDraw(layer: ImageLayer<Record<string, never>>, draw: unknown): void {
  if (layer instanceof RandAugment) {
    const { choices, draws } = draw as { readonly choices: number[]; readonly draws: unknown[] };
    Object.assign(layer, { chooseLayers: () => choices });
    layer.layers.slice(0, draws.length).forEach((one, i) => {
      Object.assign(one, { draw: () => draws[i] });
    });
    return;
  }
  const given = layer instanceof RandomFlip ? tf.tensor4d([draw].flat() as boolean[], [2, 1, 1, 1], 'bool') : draw;
  Object.assign(layer, { draw: () => given });
}

onBackends('image layers with a dictionary as in Keras', () => {
  for (const row of rows as unknown as Row[]) {
    const { className, args, keys, draw, training, isSingle, boxes } = row;
    const mode = `${training ? 'training' : 'inference'}${isSingle ? ', one image' : ''}`;
    it(`${className} ${JSON.stringify(args)} ${keys.join(' ')}, ${mode}`, () => {
      tf.tidy(() => {
        const layer = layerOf(className, args);
        if (draw !== null) setDraw(layer, draw);
        expectTree(
          layer.apply(inputsOf(keys, args.data_format, isSingle, boxes), { training }),
          row.outputs,
          className,
        );
      });
    });
  }

  it('layers that change colors hand the others on, in training too', () => {
    const factor = { factor: 0.2 };
    const colors: Readonly<Record<string, object>> = {
      RandomBrightness: factor,
      RandomContrast: factor,
      RandomHue: factor,
      RandomSaturation: factor,
      RandomColorDegeneration: factor,
      RandomSharpness: factor,
      RandomPosterization: { factor: 4 },
      RandomColorJitter: { hueFactor: 0.2 },
      RandomInvert: {},
      RandomErasing: {},
      RandomGaussianBlur: {},
      Solarization: {},
      AutoContrast: {},
      Equalization: {},
    };
    const all = ['labels', 'segmentation_masks', 'weights', 'bounding_boxes'];
    for (const [className, args] of Object.entries(colors))
      for (const training of [true, false])
        tf.tidy(() => {
          const inputs = inputsOf(all);
          const outputs = layerOf(className, { ...args, boundingBoxFormat: 'xyxy' }).apply(inputs, {
            training,
          }) as Tree;
          expect((outputs.images as tf.Tensor).shape, className).to.deep.equal([2, 6, 5, 3]);
          const values = ({ images, ...others }: Tree) =>
            flattenTree<tf.Tensor>(others).map((tensor) => [...tensor.dataSync()]);
          expect(values(outputs), className).to.deep.equal(values(inputs));
        });
  });

  it('masks move with the images, each pixel to the nearest', () => {
    tf.tidy(() => {
      const images = pattern([2, 6, 5, 3], 0, 255);
      const nearest = { heightFactor: 0.4, widthFactor: 0.4, interpolation: 'nearest' };
      const same = randomTranslation(nearest).apply({ images, segmentation_masks: images }, { training: true });
      expectNear(same.segmentation_masks as tf.Tensor, [...same.images.dataSync()], 'nearest');
      const smooth = randomTranslation({ heightFactor: 0.4, widthFactor: 0.4 });
      const mixed = smooth.apply({ images, segmentation_masks: tf.floor(images) }, { training: true });
      const kinds = new Set(tf.floor(images).dataSync());
      expect([...(mixed.segmentation_masks as tf.Tensor).dataSync()].every((value) => kinds.has(value))).to.equal(true);
    });
  });

  it('RandomElasticTransform moves masks too, by displacements of their own, as Keras does', () => {
    tf.tidy(() => {
      const images = tf.floor(pattern([3, 12, 14, 1], 0, 3.9));
      const layer = randomElasticTransform({ interpolation: 'nearest', valueRange: [0, 3], seed: 3 });
      Object.assign(layer, { draw: () => ({ isChosen: [true, false, true], strength: 0.9 }) });
      const made = layer.apply({ images, segmentation_masks: tf.cast(images, 'int32') }, { training: true });
      const masks = tf.unstack(made.segmentation_masks as tf.Tensor);
      const moved = (other: tf.Tensor) =>
        masks.map((mask, i) => tf.any(tf.notEqual(mask, tf.gather(other, i))).dataSync()[0]);
      expect(moved(images), 'those that are chosen').to.deep.equal([1, 0, 1]);
      expect(moved(made.images), 'otherwise than their images').to.deep.equal([1, 0, 1]);
      for (const value of masks.flatMap((mask) => [...mask.dataSync()])) expect([0, 1, 2, 3]).to.include(value);
    });
  });

  it('what a layer cannot do is an error with the keys', () => {
    tf.tidy(() => {
      const refused: [className: string, args: object, keys: string[], training: boolean, text: RegExp][] = [
        ['MixUp', {}, ['segmentation_masks'], true, /^MixUp: segmentation masks cannot be mixed.*Received: keys=/],
        ['CutMix', {}, ['bounding_boxes'], false, /^CutMix: there are no bounding boxes of mixed images/],
        ['RandomElasticTransform', {}, ['bounding_boxes'], true, /^RandomElasticTransform: bounding boxes cannot/],
        ['RandomGrayscale', {}, ['labels'], true, /^RandomGrayscale: images must come alone/],
        ['RandomFlip', {}, ['bounding_boxes'], true, /needs the argument boundingBoxFormat/],
        ['Rescaling', { scale: 2 }, ['labels'], true, /^Rescaling 'rescaling.*' takes a tensor.*keys=/],
      ];
      for (const [className, args, keys, training, text] of refused) {
        const given = text.source.includes('boundingBoxFormat') ? args : { ...args, boundingBoxFormat: 'xyxy' };
        const layer = layerOf(className, className === 'Rescaling' ? args : given);
        expect(() => layer.apply(inputsOf(keys), { training }), className).to.throw(text);
      }
      const flip = randomFlip({ boundingBoxFormat: 'xxyy' });
      expect(() => flip.apply(inputsOf(['bounding_boxes']), { training: true })).to.throw(/boundingBoxFormat='xxyy'/);
      expect(() => flip.apply({ labels: tf.ones([2, 4]) } as unknown as Tree)).to.throw(/under the key 'images'/);
      expect(() => flip.apply({ ...inputsOf([]), bounding_boxes: { boxes: tf.ones([2, 1, 4]) } })).to.throw(
        /with the keys 'boxes' and 'labels'/,
      );
    });
  });

  it('the format of the boxes stays in the config', () => {
    const layer = randomFlip({ boundingBoxFormat: 'rel_xywh' });
    expect(layer.getKerasConfig().bounding_box_format).to.equal('rel_xywh');
    expect(randomFlip().getKerasConfig()).to.not.have.property('bounding_box_format');
    expect(layer).to.be.instanceOf(ImageLayer).and.instanceOf(KerasLayer);
  });
});
