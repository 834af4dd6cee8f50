// dx[n, iy, ix, ic] = sum of dy[n, oy, ox, oc] * w[ky, kx, ic, oc] over the taps with oy*strideH + ky*dilationH = iy +
// padTop, and likewise for columns. With stride 1 that is the convolution of dy with the filter rotated by 180 degrees
// (transposeOf), and runs as one. This file has the other strides: a row of dx meets every strideH-th tap or so, each
// tap at an output further up. Pixels of a tile that are a stride apart meet the same taps and share their weights.
//
// With a window (a filter of that size, strides 2, dilation 1) it is known when the text is written which tap meets
// which pixel, and the taps share their fetches. Fetches for each multiply-add, eight pixels, stride 2: no window
// 0.19, 3x3 0.146; depthwise 0.38, 3x3 0.21, 5x5 0.19.

import type { Conv } from '../../../conv.js';
import { ints } from '../../uniforms.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { columnSource, maskSource, placeSource, rowSource } from '../layout/place.js';
import { lines, range, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import { filterDeclaration, filterValues, quadsPerOutput } from './conv.js';
import { weightMatrix } from './products.js';

export interface GradInputSpec {
  readonly dy: TileShape;
  readonly dx: TileShape;
  readonly isDepthwise: boolean;
  /** Rows and columns from a pixel to the next one that meets the same taps; at least the tile's size if none does. */
  readonly steps: readonly [number, number];
  readonly window?: GradInputWindow;
}

export interface GradInputWindow {
  readonly kH: number;
  readonly kW: number;
  /** Whether padTop and padLeft are odd: 0 or 1. */
  readonly parity: readonly [number, number];
}

/** The convolution of dy with the rotated filter that gives dx; for strides above 1 only its sizes make sense. */
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

const gradInputUniforms = uniforms({
  dy: 'layout',
  dx: 'layout',
  ...filterDeclaration,
  // Quads of dy that a quad of dx sums over; channels of dy and dx in a group.
  ...ints('outQuads', 'ocg', 'icg'),
  // From a tap that a pixel meets to the next one, and how much further up their outputs are apart.
  ...ints('tapStepH', 'tapStepW', 'outputStepH', 'outputStepW'),
});

export function gradInputValues(conv: Conv, dy: TileLayout, dx: TileLayout): ValuesOf<typeof gradInputUniforms> {
  const { strideH, strideW, dilationH, dilationW, inC, outC, groups } = conv;
  const [tapStepH, tapStepW] = [tapStepOf(strideH, dilationH), tapStepOf(strideW, dilationW)];
  return {
    ...{ dy, dx, ...filterValues(conv) },
    outQuads: quadsPerOutput(transposeOf(conv)),
    ...{ ocg: outC / groups, icg: inC / groups },
    ...{ tapStepH, tapStepW },
    outputStepH: (tapStepH * dilationH) / strideH,
    outputStepW: (tapStepW * dilationW) / strideW,
  };
}

function tapStepOf(stride: number, dilation: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return stride / divisor(stride, dilation);
}

/** The matrix w is the filter rotated by 180 degrees. */
export function gradInputProgram(spec: GradInputSpec): TileProgram<typeof gradInputUniforms> {
  return {
    key: `glsl/tiled/conv/gradInput ${JSON.stringify(spec)}`,
    inputs: { dy: 'tiles', w: 'matrix' },
    uniforms: gradInputUniforms,
    targets: layersOf(spec.dx),
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: GradInputSpec): string {
  const { dx, isDepthwise, window } = spec;
  const layers = layersOf(dx);
  return `
// The first of so many taps that a row or column meets, whose place in the padded image is \`at\`.
int firstTap(int at, int stride, int dilation, int taps) {
  int step = stride - dilation % stride;
  int first = taps;
  for (int k = stride - 1; k >= 0; k--) first = (at + k * step) % stride == 0 ? k : first;
  return first;
}

void main() {${placeSource('dx')}
  int firstQuad = ${isDepthwise ? 'q' : '(4 * q / icg) * ocg >> 2'};
  int firstRow = ${isDepthwise ? '0' : 'q * kH * kW'};
${lines(layers, (i) => `  vec4 acc${i} = vec4(0.0);`)}
${window ? windowSource(at, spec, window) : phasesSource(at, spec)}
${maskSource('dx', dx, (i) => `acc${i}`)}
${lines(layers, (i) => `  y${i} = acc${i};`)}
}
`;
}

/** The rows or columns of a tile, those that meet the same taps together. */
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
${firstTaps('top', rowPhases, `tileY * ${dx.rows}`, ['strideH', 'dilationH', 'padTop', 'kH'])}
${firstTaps('left', columnPhases, `tileX * ${dx.columns}`, ['strideW', 'dilationW', 'padLeft', 'kW'])}
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
  for (int ky = top${phase}Tap, oy = top${phase}Output; ky < kH; ky += tapStepH, oy -= outputStepH) {
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
    for (int kx = left${phase}Tap, ox = left${phase}Output; kx < kW; kx += tapStepW, ox -= outputStepW) {
${lines(columns.length, (c) => columnAt(at, spec, `column${c}`, `ox + ${c}`))}
      ${at.type} wY = ${at.y('w', 'firstRow + (kH - ky) * kW - 1 - kx')};
${channelsSource(at, spec, tapSource(at, spec, 'wY', pixels))}
    }`;
}

/** A row or column of a tile, a tap that it meets, and the row or column of dy where they meet. */
interface Meeting {
  readonly i: number;
  readonly tap: number;
  /** Relative to where the tile begins in dy. */
  readonly at: number;
}

function meetings(size: number, k: number, parity: number): Meeting[] {
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
  int top = tileY * ${dx.rows / 2} + (padTop >> 1);
  int left = tileX * ${dx.columns / 2} + (padLeft >> 1);
${rowRange.map((r) => rowSource(at, 'dy', `row${r}`, `top + ${r + top}`, spec.dy)).join('')}
${columnRange.map((c) => columnAt(at, spec, `column${c}`, `left + ${c + left}`)).join('')}
${lines(kH * kW, (tap) => `  ${at.type} wY${tap} = ${at.y('w', `firstRow + ${tap}`)};`)}
${channelsSource(at, spec, [...fetches, ...taps].join('\n'))}`;
}

/** Runs `body` for all channels of dy that a quad of dx sums over. */
function channelsSource(at: Addressing, { isDepthwise }: GradInputSpec, body: string): string {
  if (isDepthwise) {
    return `      {
${body}
      }`;
  }
  return `      for (int j = 0; j < outQuads; j++) {
        ${at.type} step = ${at.type}(j) * ${at.step('dy')};
${body}
      }`;
}

/** The products of one tap. `value` is the texel of dy that `pixel` of the tile meets there. */
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
