// U[xi][panel][c][NR] = G g GT for each r x r filter g, packed for the matrix product.

import { flushSubnormals, smallestNormal } from '../conv/subnormals.js';
import type { Device } from '../device.js';
import { lanesI, load, type Program, program, splat, splatI } from '../emit/index.js';
import { withScratch } from '../scratch.js';
import { declareConstants, filterConstants, type Transforms } from './transforms.js';

const args = {
  /** Weights of the first tap, and bytes from tap to tap: negative for a filter that is rotated by 180 degrees. */
  w: 'i32',
  tapStep: 'i32',
  to: 'i32',
  /** Input channels. */
  depth: 'i32',
  columns: 'i32',
  panels: 'i32',
  scratch: 'i32',
  scratchBytes: 'i32',
} as const;
type FilterProgram = Program<typeof args>;

export interface FilterTransform {
  readonly w: number;
  /** Floats from tap to tap. */
  readonly tapStep: number;
  readonly to: number;
  readonly depth: number;
  readonly columns: number;
  readonly nr: number;
}

const programs = new Map<string, FilterProgram>();

export function transformFilter(device: Device, transforms: Transforms, filter: FilterTransform): void {
  const { w, tapStep, to, depth, columns, nr } = filter;
  const panels = Math.ceil(columns / nr);
  const scratchBytes = 64 * Math.ceil((16 * transforms.r * transforms.n) / 64);
  withScratch(device, scratchBytes * device.threads, (scratch) => {
    const work = { items: depth, cost: 100 * depth * columns };
    device.launch(
      filterProgram(transforms, nr),
      { w, tapStep: 4 * tapStep, to, depth, columns, panels, scratch, scratchBytes },
      work,
    );
  });
}

export function filterProgram(transforms: Transforms, nr: number): FilterProgram {
  const key = `${transforms.m} ${transforms.r} ${nr}`;
  const known = programs.get(key) ?? emitFilter(transforms, nr);
  programs.set(key, known);
  return known;
}

/** Item: an input channel. */
function emitFilter({ m, r, n, filter }: Transforms, nr: number): FilterProgram {
  return program(`winogradFilter${m}x${r}x${nr}`, args, (fn, a, { from, to: end, thread }) => {
    const constants = declareConstants(fn, filterConstants);
    const smallest = fn.v128('smallest', splat(smallestNormal));
    const temporary = fn.i32('temporary', a.scratch.add(thread.mul(a.scratchBytes)));
    const panelBytes = fn.i32('panelBytes', a.depth.mul(4 * nr));
    const matrixBytes = fn.i32('matrixBytes', panelBytes.mul(a.panels));
    const g = fn.vectors('g', r);
    const mask = fn.v128('mask');
    const value = fn.v128('value');
    const [tap, at] = [fn.i32('tap'), fn.i32('at')];
    fn.range('item', from, end, 1, (item) => {
      const source = fn.i32('source', a.w.add(item.mul(a.columns).mul(4)));
      const to = fn.i32('to', a.to.add(item.mul(4 * nr)));
      fn.range('column', 0, a.columns, nr, (column) => {
        for (let half = 0; half < nr / 4; half++) {
          fn.set(tap, source.add(16 * half));
          for (let ky = 0; ky < r; ky++) {
            for (let kx = 0; kx < r; kx++) {
              fn.set(g[kx], load(tap));
              fn.advance(tap, a.tapStep);
            }
            filter(fn, g, constants, (j, u) => fn.store(temporary, u, 16 * (r * j + ky)));
          }
          fn.set(mask, splatI(a.columns.sub(column).sub(4 * half)).gtI(lanesI(0, 1, 2, 3)));
          // temporary[j][ky] is g after the transform of its rows. That of its columns gives U[xi], xi = i*n + j.
          for (let j = 0; j < n; j++) {
            for (let ky = 0; ky < r; ky++) fn.set(g[ky], load(temporary, 16 * (r * j + ky)));
            fn.set(at, to.add(matrixBytes.mul(j)).add(16 * half));
            filter(fn, g, constants, (i, u) => {
              fn.set(value, u.and(mask));
              fn.store(at.add(matrixBytes.mul(i * n)), flushSubnormals(value, smallest));
            });
          }
        }
        fn.advance(source, 4 * nr);
        fn.advance(to, panelBytes);
      });
    });
  });
}
