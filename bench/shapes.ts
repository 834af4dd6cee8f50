// Layers of real networks, the one table that all benchmarks time. Add a layer: one row; its numbers are those of the
// network at its usual input size, its kind is the class it is averaged in.

type Pair = readonly [number, number];

export const layerKinds = ['3x3', '1x1', 'first', 'strided', 'large', 'dilated', 'depthwise', 'grouped'] as const;
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
}

const rows: readonly Row[] = [
  { network: 'resnet50', kind: '3x3', io: [56, 64, 64], k: 3 },
  { network: 'resnet50', kind: '3x3', io: [28, 128, 128], k: 3 },
  { network: 'resnet50', kind: '3x3', io: [14, 256, 256], k: 3 },
  { network: 'resnet50', kind: '3x3', io: [7, 512, 512], k: 3 },
  { network: 'esrgan', kind: '3x3', io: [64, 32, 32], k: 3 },
  { network: 'resnet50', kind: '1x1', io: [56, 64, 256], k: 1 },
  { network: 'resnet50', kind: '1x1', io: [14, 1024, 256], k: 1 },
  { network: 'mobilenet-v2', kind: '1x1', io: [112, 32, 16], k: 1 },
  { network: 'mobilenet-v2', kind: '1x1', io: [14, 96, 576], k: 1 },
  { network: 'resnet50', kind: 'first', io: [224, 3, 64], k: 7, stride: 2 },
  { network: 'mobilenet-v2', kind: 'first', io: [224, 3, 32], k: 3, stride: 2 },
  { network: 'resnet50', kind: 'strided', io: [56, 128, 128], k: 3, stride: 2 },
  { network: 'inception-v3', kind: 'strided', io: [35, 96, 96], k: 3, stride: 2, pad: 'valid' },
  { network: 'resnet50', kind: 'strided', io: [56, 256, 512], k: 1, stride: 2 },
  { network: 'inception-v3', kind: 'large', io: [35, 48, 64], k: 5 },
  { network: 'inception-v3', kind: 'large', io: [17, 128, 128], k: [1, 7] },
  { network: 'enet', kind: 'dilated', io: [64, 32, 32], k: 3, dilation: 2 },
  { network: 'deeplab-v3', kind: 'dilated', io: [28, 256, 256], k: 3, dilation: 2 },
  { network: 'mobilenet-v2', kind: 'depthwise', io: [112, 32, 32], k: 3, groups: 32 },
  { network: 'mobilenet-v2', kind: 'depthwise', io: [112, 96, 96], k: 3, stride: 2, groups: 96 },
  { network: 'efficientnet-b0', kind: 'depthwise', io: [14, 480, 480], k: 5, groups: 480 },
  { network: 'convnext-t', kind: 'depthwise', io: [28, 192, 192], k: 7, groups: 192 },
  { network: 'resnext50', kind: 'grouped', io: [56, 128, 128], k: 3, groups: 32 },
  { network: 'shufflenet', kind: 'grouped', io: [28, 240, 60], k: 1, groups: 3 },
];

export const layers: readonly Layer[] = rows.map((row) => {
  const { network, kind, io, k, stride = 1, dilation = 1, groups = 1, pad = 'same' } = row;
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
  return { name, network, kind, inC, outC, k: [kH, kW], groups, pad, ...square };
});

export function layerNamed(name: string): Layer {
  const layer = layers.find((candidate) => candidate.name === name);
  if (!layer) throw new Error(`layerNamed: the layer must be in the table; received name=${name}`);
  return layer;
}
