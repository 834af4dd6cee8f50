// dx[n, iy, ix, ic] = sum of dy[n, oy, ox, oc] * w[ky, kx, ic, oc] over the taps with oy*strideH + ky*dilationH = iy + padTop,
// and so for columns. With stride 1 that is the convolution of dy with the filter turned round (transposeOf) and runs as one. Here
// are the others: a row or column of dx meets only every strideH-th tap or so, each at an output further up. Pixels of a tile
// that are a stride apart meet the same ones and share their weights.
//
// With a window (a filter of that size, strides 2, dilation 1) what meets what is known when the text is written, and the taps
// share what they fetch. Fetches for each multiply-add, eight pixels, stride 2: no window 0.19, 3x3 0.146; depthwise 0.38, 3x3
// 0.21, 5x5 0.19.

import type { Conv } from '../../../conv.js';
import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { columnSource, maskSource, placeSource, rowSource } from '../layout/place.js';
import { lines, range, type TileProgram } from '../program.js';
import { convInts } from './conv.js';
import { weightMatrix } from './products.js';

export interface GradInputSpec {
  readonly dy: TileShape;
  readonly dx: TileShape;
  readonly isDepthwise: boolean;
  /** Rows and columns from a pixel to the next in its tile that meets the same taps; at least the tile's size: none does. */
  readonly steps: readonly [number, number];
  readonly window?: GradInputWindow;
}

export interface GradInputWindow {
  readonly kH: number;
  readonly kW: number;
  /** Whether padTop and padLeft are odd: 0 or 1. */
  readonly parity: readonly [number, number];
}

/** The convolution of dy that gives dx, with the filter turned round; for other strides than 1 only its sizes make sense. */
export function transposeOf(conv: Conv): Conv {
  const { inH, inW, inC, outH, outW, outC, kH, kW, dilationH, dilationW } = conv;
  const [spanH, spanW] = [dilationH * (kH - 1), dilationW * (kW - 1)];
  return {
    ...conv,
    ...{ inH: outH, inW: outW, inC: outC, outH: inH, outW: inW, outC: inC, strideH: 1, strideW: 1 },
    ...{ padTop: spanH - conv.padTop, padBottom: spanH - conv.padBottom },
    ...{ padLeft: spanW - conv.padLeft, padRight: spanW - conv.padRight },
  };
}

export function gradInputInts(conv: Conv, dy: TileLayout, dx: TileLayout): number[] {
  const { strideH, strideW, dilationH, dilationW, padTop, padLeft } = conv;
  const sizes = { strideH, strideW, padTop, padLeft };
  const [stepH, stepW] = [tapStep(strideH, dilationH), tapStep(strideW, dilationW)];
  return [
    ...convInts({ ...transposeOf(conv), ...sizes }, dy, dx),
    ...[stepH, stepW, (stepH * dilationH) / strideH, (stepW * dilationW) / strideW],
  ];
}

/** From a tap that a pixel meets to the next. */
function tapStep(stride: number, dilation: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return stride / divisor(stride, dilation);
}

/** The matrix w is the filter turned round. */
export function gradInputProgram(spec: GradInputSpec): TileProgram {
  return {
    key: `glsl/tiled/gradInput ${JSON.stringify(spec)}`,
    inputs: { dy: 'tiles', w: 'matrix' },
    ints: ['dyDims', 'dxDims', 'steps', 'frame', 'channels', 'apart'],
    floats: [],
    targets: spec.dx.rows * spec.dx.columns,
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: GradInputSpec): string {
  const { dx, isDepthwise, window } = spec;
  const layers = dx.rows * dx.columns;
  return `
// The first tap that a row or column meets, of so many; \`at\` is its place in the padded image.
int firstTap(int at, int stride, int dilation, int taps) {
  int turn = stride - dilation % stride;
  int first = taps;
  for (int k = stride - 1; k >= 0; k--) first = (at + k * turn) % stride == 0 ? k : first;
  return first;
}

void main() {${placeSource('dxDims')}
  int firstQuad = ${isDepthwise ? 'q' : '(4 * q / channels.z) * channels.y >> 2'};
  int firstRow = ${isDepthwise ? '0' : 'q * frame.z * frame.w'};
${lines(layers, (i) => `  vec4 acc${i} = vec4(0.0);`)}
${window ? windowSource(at, spec, window) : phasesSource(at, spec)}
${maskSource('dxDims', 'channels.w', dx, (i) => `acc${i}`)}
${lines(layers, (i) => `  y${i} = acc${i};`)}
}
`;
}

/** The rows or columns that meet the same taps, for each first of them. */
function phasesOf(size: number, step: number): number[][] {
  return range(Math.min(size, step)).map((first) => range(size).filter((i) => i % step === first));
}

function phasesSource(at: Addressing, spec: GradInputSpec): string {
  const { dx, steps } = spec;
  const [rowPhases, columnPhases] = [phasesOf(dx.rows, steps[0]), phasesOf(dx.columns, steps[1])];
  const firstTaps = (axis: string, phases: number[][], place: string, [stride, dilation, pad, taps]: string[]) => {
    return lines(phases.length, (i) => {
      return `
  int ${axis}${i} = ${place} + ${phases[i][0]} + ${pad};
  int ${axis}${i}Tap = firstTap(${axis}${i}, ${stride}, ${dilation}, ${taps});
  int ${axis}${i}Output = (${axis}${i} - ${axis}${i}Tap * ${dilation}) / ${stride};`;
    });
  };
  return `
${firstTaps('top', rowPhases, `yb * ${dx.rows}`, ['steps.x', 'steps.z', 'frame.x', 'frame.z'])}
${firstTaps('left', columnPhases, `xb * ${dx.columns}`, ['steps.y', 'steps.w', 'frame.y', 'frame.w'])}
${lines(rowPhases.length, (i) => rowPhaseSource(at, spec, i, rowPhases[i], columnPhases))}`;
}

function rowPhaseSource(
  at: Addressing,
  spec: GradInputSpec,
  phase: number,
  rows: readonly number[],
  columnPhases: readonly number[][],
): string {
  return `
  for (int ky = top${phase}Tap, oy = top${phase}Output; ky < frame.z; ky += apart.x, oy -= apart.z) {
${lines(rows.length, (r) => rowSource(at, 'dy', `row${r}`, `oy + ${r}`, spec.dy))}
${lines(columnPhases.length, (i) => columnPhaseSource(at, spec, i, rows, columnPhases[i]))}
  }`;
}

function columnPhaseSource(
  at: Addressing,
  spec: GradInputSpec,
  phase: number,
  rows: readonly number[],
  columns: readonly number[],
): string {
  const pixels = rows.flatMap((row, r) =>
    columns.map((column, c) => ({ pixel: row * spec.dx.columns + column, value: texelAt(at, spec, r, c) })),
  );
  return `
    for (int kx = left${phase}Tap, ox = left${phase}Output; kx < frame.w; kx += apart.y, ox -= apart.w) {
${lines(columns.length, (c) => columnAt(at, spec, `column${c}`, `ox + ${c}`))}
      ${at.type} wY = ${at.y('w', 'firstRow + (frame.z - ky) * frame.w - 1 - kx')};
${channelsSource(at, spec, tapSource(at, spec, 'wY', pixels))}
    }`;
}

/** A tap that a row or column of a tile meets, and the row or column of dy there, from that of the tile's first. */
function meetings(size: number, k: number, parity: number): { i: number; tap: number; at: number }[] {
  return range(size).flatMap((i) =>
    range(k)
      .filter((tap) => (i + parity - tap) % 2 === 0)
      .map((tap) => ({ i, tap, at: (i + parity - tap) / 2 })),
  );
}

/** All taps at once. */
function windowSource(at: Addressing, spec: GradInputSpec, { kH, kW, parity }: GradInputWindow): string {
  const { dx } = spec;
  const [rows, columns] = [meetings(dx.rows, kH, parity[0]), meetings(dx.columns, kW, parity[1])];
  const [top, left] = [rows, columns].map((all) => Math.min(...all.map((one) => one.at)));
  const [height, width] = [rows, columns].map((all) => Math.max(...all.map((one) => one.at)) + 1);
  const [rowRange, columnRange] = [range(height - top), range(width - left)];
  const taps = range(kH * kW).map((tap) => {
    const [ky, kx] = [Math.floor(tap / kW), tap % kW];
    const pixels = rows
      .filter((row) => row.tap === ky)
      .flatMap((row) =>
        columns
          .filter((column) => column.tap === kx)
          .map((column) => ({ pixel: row.i * dx.columns + column.i, value: `v${row.at - top}_${column.at - left}` })),
      );
    return tapSource(at, spec, `wY${kH * kW - 1 - tap}`, pixels);
  });
  const fetches = rowRange.flatMap((r) =>
    columnRange.map((c) => `        vec4 v${r}_${c} = ${texelAt(at, spec, r, c)};`),
  );
  return `
  ivec2 corner = ivec2(yb * ${dx.rows / 2}, xb * ${dx.columns / 2}) + (frame.xy >> 1);
${rowRange.map((r) => rowSource(at, 'dy', `row${r}`, `corner.x + ${r + top}`, spec.dy)).join('')}
${columnRange.map((c) => columnAt(at, spec, `column${c}`, `corner.y + ${c + left}`)).join('')}
${lines(kH * kW, (tap) => `  ${at.type} wY${tap} = ${at.y('w', `firstRow + ${tap}`)};`)}
${channelsSource(at, spec, [...fetches, ...taps].join('\n'))}`;
}

/** The channels of dy that a quad of dx adds up. */
function channelsSource(at: Addressing, { isDepthwise }: GradInputSpec, body: string): string {
  if (isDepthwise) {
    return `      {
${body}
      }`;
  }
  return `      for (int j = 0; j < channels.x; j++) {
        ${at.type} step = ${at.type}(j) * ${at.step('dy')};
${body}
      }`;
}

/** The products of one tap: `value` is the texel of dy that `pixel` of the tile meets there. */
function tapSource(
  at: Addressing,
  { isDepthwise }: GradInputSpec,
  wY: string,
  pixels: readonly { readonly pixel: number; readonly value: string }[],
): string {
  if (isDepthwise) {
    return `        {
        vec4 w0 = ${at.matrix('w', at.x('w', 'q'), wY)};
${lines(pixels.length, (i) => `        acc${pixels[i].pixel} += w0 * ${pixels[i].value};`)}
        }`;
  }
  return `        {
${lines(4, (lane) => `        vec4 w${lane} = ${at.matrix('w', at.x('w', `4 * j + ${lane}`), wY)};`)}
        mat4 w = ${weightMatrix(4)};
${lines(pixels.length, (i) => `        acc${pixels[i].pixel} += w * ${pixels[i].value};`)}
        }`;
}

function columnAt(at: Addressing, spec: GradInputSpec, name: string, ox: string): string {
  return columnSource(at, 'dy', name, { ix: ox, quad: 'firstQuad', tile: spec.dy });
}

function texelAt(at: Addressing, { isDepthwise }: GradInputSpec, row: number, column: number): string {
  const x = `column${column}X${isDepthwise ? '' : ' + step'}`;
  return at.tiles('dy', x, `row${row}Y`, `row${row}Row + column${column}Column`);
}
