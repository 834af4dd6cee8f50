// Layers of real networks, the one table that all benchmarks time. Add a layer: one row; its numbers are those of the
// network at its usual input size (U-Net's at 128 x 128, ESRGAN's at the sizes given), its kind is the class it is averaged in.

type Pair = readonly [number, number];

/**
 * '3x3' is stride 1 with at least 32 channels on both sides, 'narrow' the same with fewer; 'first' reads the image itself,
 * 'large' is wider than 3x3.
 */
export const layerKinds = [
  '3x3',
  'narrow',
  '1x1',
  'first',
  'strided',
  'large',
  'dilated',
  'depthwise',
  'grouped',
] as const;
export type LayerKind = (typeof layerKinds)[number];

export interface Layer {
  /** Unique: network, filter, strides where not 1, input as HxWxC and the output channels where they differ. */
  readonly name: string;
  readonly network: string;
  readonly kind: LayerKind;
  readonly inH: number;
  readonly inW: number;
  readonly inC: number;
  readonly outC: number;
  /** [kH, kW] */
  readonly k: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  /** inC for a depthwise layer. */
  readonly groups: number;
  readonly pad: 'same' | 'valid';
  /** Runs in every benchmark, and its gradients too; the others only in bench/cpu.ts. */
  readonly isCore: boolean;
}

/** Square filters and images; strides, dilations and groups 1 and 'same' padding where a row does not say. */
interface Row {
  readonly network: string;
  readonly kind: LayerKind;
  /** [size, inC, outC]; the image is size x size. */
  readonly io: readonly [number, number, number];
  readonly k: number | Pair;
  readonly stride?: number;
  readonly dilation?: number;
  readonly groups?: number;
  readonly pad?: 'same' | 'valid';
  readonly core?: true;
}

const rows: readonly Row[] = [
  { network: 'resnet50', kind: '3x3', io: [56, 64, 64], k: 3, core: true },
  { network: 'resnet50', kind: '3x3', io: [28, 128, 128], k: 3, core: true },
  { network: 'resnet50', kind: '3x3', io: [14, 256, 256], k: 3, core: true },
  { network: 'resnet50', kind: '3x3', io: [7, 512, 512], k: 3, core: true },
  { network: 'esrgan', kind: '3x3', io: [64, 64, 32], k: 3, core: true },
  { network: 'esrgan', kind: '3x3', io: [64, 192, 64], k: 3 },
  { network: 'esrgan-slim', kind: '3x3', io: [128, 64, 64], k: 3 },
  { network: 'esrgan-slim', kind: '3x3', io: [128, 64, 32], k: 3 },
  { network: 'vgg16', kind: '3x3', io: [112, 64, 128], k: 3 },
  { network: 'vgg16', kind: '3x3', io: [56, 128, 256], k: 3 },
  { network: 'vgg16', kind: '3x3', io: [14, 512, 512], k: 3 },
  { network: 'unet', kind: '3x3', io: [64, 128, 128], k: 3 },
  { network: 'unet', kind: '3x3', io: [16, 512, 512], k: 3 },
  { network: 'inception-v3', kind: '3x3', io: [147, 32, 64], k: 3 },
  { network: 'inception-v3', kind: '3x3', io: [35, 64, 96], k: 3 },
  { network: 'inception-v3', kind: '3x3', io: [8, 448, 384], k: 3 },
  { network: 'resnet20-cifar', kind: '3x3', io: [16, 32, 32], k: 3, core: true },
  { network: 'resnet20-cifar', kind: '3x3', io: [8, 64, 64], k: 3, core: true },
  { network: 'resnet20-cifar', kind: 'narrow', io: [32, 16, 16], k: 3 },
  { network: 'esrgan-slim', kind: 'narrow', io: [128, 64, 4], k: 3 },
  { network: 'resnet50', kind: '1x1', io: [56, 64, 256], k: 1, core: true },
  { network: 'resnet50', kind: '1x1', io: [28, 512, 128], k: 1 },
  { network: 'resnet50', kind: '1x1', io: [14, 1024, 256], k: 1, core: true },
  { network: 'resnet50', kind: '1x1', io: [7, 512, 2048], k: 1 },
  { network: 'mobilenet-v2', kind: '1x1', io: [112, 32, 16], k: 1, core: true },
  { network: 'mobilenet-v2', kind: '1x1', io: [56, 24, 144], k: 1 },
  { network: 'mobilenet-v2', kind: '1x1', io: [14, 96, 576], k: 1, core: true },
  { network: 'mobilenet-v3-large', kind: '1x1', io: [28, 40, 240], k: 1 },
  { network: 'mobilenet-v3-large', kind: '1x1', io: [7, 160, 960], k: 1 },
  { network: 'efficientnet-b0', kind: '1x1', io: [7, 1152, 320], k: 1 },
  { network: 'inception-v3', kind: '1x1', io: [17, 768, 192], k: 1 },
  { network: 'shufflenet-v2', kind: '1x1', io: [28, 58, 58], k: 1 },
  { network: 'convnext-t', kind: '1x1', io: [14, 384, 1536], k: 1 },
  { network: 'esrgan-slim', kind: '1x1', io: [128, 68, 64], k: 1 },
  { network: 'resnet50', kind: 'first', io: [224, 3, 64], k: 7, stride: 2, core: true },
  { network: 'mobilenet-v2', kind: 'first', io: [224, 3, 32], k: 3, stride: 2, core: true },
  { network: 'mobilenet-v3-large', kind: 'first', io: [224, 3, 16], k: 3, stride: 2 },
  { network: 'vgg16', kind: 'first', io: [224, 3, 64], k: 3 },
  { network: 'inception-v3', kind: 'first', io: [299, 3, 32], k: 3, stride: 2, pad: 'valid' },
  { network: 'convnext-t', kind: 'first', io: [224, 3, 96], k: 4, stride: 4, pad: 'valid' },
  { network: 'resnet50', kind: 'strided', io: [56, 128, 128], k: 3, stride: 2, core: true },
  { network: 'resnet50', kind: 'strided', io: [56, 256, 512], k: 1, stride: 2, core: true },
  { network: 'inception-v3', kind: 'strided', io: [35, 96, 96], k: 3, stride: 2, pad: 'valid', core: true },
  { network: 'inception-v3', kind: 'strided', io: [35, 288, 384], k: 3, stride: 2, pad: 'valid' },
  { network: 'convnext-t', kind: 'strided', io: [56, 96, 192], k: 2, stride: 2, pad: 'valid' },
  { network: 'inception-v3', kind: 'large', io: [35, 48, 64], k: 5, core: true },
  { network: 'inception-v3', kind: 'large', io: [17, 128, 128], k: [1, 7], core: true },
  { network: 'inception-v3', kind: 'large', io: [17, 192, 192], k: [7, 1] },
  { network: 'esrgan-slim', kind: 'large', io: [128, 64, 64], k: 5 },
  { network: 'enet', kind: 'dilated', io: [64, 32, 32], k: 3, dilation: 2, core: true },
  { network: 'deeplab-v3', kind: 'dilated', io: [28, 256, 256], k: 3, dilation: 2, core: true },
  { network: 'mobilenet-v2', kind: 'depthwise', io: [112, 32, 32], k: 3, groups: 32, core: true },
  { network: 'mobilenet-v2', kind: 'depthwise', io: [112, 96, 96], k: 3, stride: 2, groups: 96, core: true },
  { network: 'mobilenet-v2', kind: 'depthwise', io: [14, 384, 384], k: 3, groups: 384 },
  { network: 'mobilenet-v2', kind: 'depthwise', io: [7, 960, 960], k: 3, groups: 960 },
  { network: 'mobilenet-v3-large', kind: 'depthwise', io: [56, 72, 72], k: 5, stride: 2, groups: 72 },
  { network: 'mobilenet-v3-large', kind: 'depthwise', io: [14, 672, 672], k: 3, groups: 672 },
  { network: 'efficientnet-b0', kind: 'depthwise', io: [28, 240, 240], k: 5, groups: 240 },
  { network: 'efficientnet-b0', kind: 'depthwise', io: [14, 480, 480], k: 5, groups: 480, core: true },
  { network: 'efficientnet-b0', kind: 'depthwise', io: [7, 1152, 1152], k: 5, groups: 1152 },
  { network: 'shufflenet-v2', kind: 'depthwise', io: [28, 58, 58], k: 3, groups: 58 },
  { network: 'convnext-t', kind: 'depthwise', io: [56, 96, 96], k: 7, groups: 96 },
  { network: 'convnext-t', kind: 'depthwise', io: [28, 192, 192], k: 7, groups: 192, core: true },
  { network: 'resnext50', kind: 'grouped', io: [56, 128, 128], k: 3, groups: 32, core: true },
  { network: 'resnext50', kind: 'grouped', io: [56, 256, 256], k: 3, stride: 2, groups: 32 },
  { network: 'resnext50', kind: 'grouped', io: [14, 512, 512], k: 3, groups: 32 },
  { network: 'resnext50', kind: 'grouped', io: [7, 1024, 1024], k: 3, groups: 32 },
  { network: 'shufflenet', kind: 'grouped', io: [28, 240, 60], k: 1, groups: 3, core: true },
  { network: 'shufflenet', kind: 'grouped', io: [14, 480, 120], k: 1, groups: 3 },
];

export const layers: readonly Layer[] = rows.map((row) => {
  const { network, kind, io, k, stride = 1, dilation = 1, groups = 1, pad = 'same', core = false } = row;
  const [size, inC, outC] = io;
  const [kH, kW] = typeof k === 'number' ? [k, k] : k;
  const name = [
    `${network} ${kH}x${kW}`,
    ...(stride > 1 ? [`s${stride}`] : []),
    ...(dilation > 1 ? [`d${dilation}`] : []),
    ...(groups > 1 && groups < inC ? [`g${groups}`] : []),
    ...(kind === 'depthwise' ? ['dw'] : []),
    `${size}x${size}x${inC}${outC === inC ? '' : `->${outC}`}`,
  ].join(' ');
  const square = { inH: size, inW: size, strides: [stride, stride], dilations: [dilation, dilation] } as const;
  return { name, network, kind, inC, outC, k: [kH, kW], groups, pad, isCore: core, ...square };
});

export const coreLayers: readonly Layer[] = layers.filter(({ isCore }) => isCore);

export function layerNamed(name: string): Layer {
  const layer = layers.find((candidate) => candidate.name === name);
  if (!layer) throw new Error(`layerNamed: the layer must be in the table; received name=${name}`);
  return layer;
}
