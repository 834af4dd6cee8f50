// The movement programs: they write the right values, and nothing else.

import { expect } from 'chai';
import type { Features } from '../../../../kernels/wasm/emit/index.js';
import { gather } from '../../../../kernels/wasm/movement/gather.js';
import { move } from '../../../../kernels/wasm/movement/move.js';
import { padImage } from '../../../../kernels/wasm/movement/pad.js';
import { transposeBatches } from '../../../../kernels/wasm/movement/transpose.js';
import { WasmDevice } from '../../../../src/engines/cpu/runtime/device.js';

const variants: readonly Features[] = [
  { fma: false, shared: false },
  { fma: true, shared: false },
  { fma: true, shared: true },
];

const sentinel = 0x7fc0dead;
const margin = 64;

/** Runs `launch` on integers 1, 2, ... and returns what it has written. Fails if anything around that has changed. */
function moved(
  device: WasmDevice,
  inLength: number,
  outLength: number,
  launch: (from: number, to: number) => void,
): number[] {
  const from = device.alloc(4 * inLength);
  const area = device.alloc(4 * (outLength + 2 * margin));
  device.ints(from, inLength).set(Array.from({ length: inLength }, (_, i) => i + 1));
  device.ints(area, outLength + 2 * margin).fill(sentinel);
  launch(from, area + 4 * margin);
  const all = [...device.ints(area, outLength + 2 * margin)];
  device.free(from);
  device.free(area);
  const around = [...all.slice(0, margin), ...all.slice(margin + outLength)];
  expect(
    around.every((value) => value === sentinel),
    'written outside',
  ).to.equal(true);
  return all.slice(margin, margin + outLength);
}

const sizes = [1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 31, 33];

for (const features of variants) {
  describe(`movement programs, fma ${features.fma}, shared ${features.shared}`, () => {
    const device = new WasmDevice(features);

    const matrices = [
      ...sizes.flatMap((rows) => sizes.map((columns) => [2, rows, columns])),
      ...[
        [1, 3, 700],
        [2, 700, 3],
        [1, 37, 259],
        [3, 259, 37],
        [700, 4, 8],
        [301, 3, 5],
        [0, 4, 4],
        [2, 0, 5],
        [2, 5, 0],
      ],
    ];
    it(`transposeBatches, ${matrices.length} shapes`, () => {
      for (const [batch, rows, columns] of matrices) {
        const length = batch * rows * columns;
        const actual = moved(device, length, length, (from, to) =>
          transposeBatches(device, { from, to, batch, rows, columns }),
        );
        const expected = Array.from({ length }, (_, i) => {
          const [n, column, row] = [Math.floor(i / rows / columns), Math.floor(i / rows) % columns, i % rows];
          return (n * rows + row) * columns + column + 1;
        });
        expect(actual, `${[batch, rows, columns]}`).to.deep.equal(expected);
      }
    });

    it('padImage', () => {
      for (const inC of sizes) {
        for (const [inH, inW] of [
          [1, 1],
          [2, 3],
          [5, 4],
          [3, 0],
          [0, 2],
        ]) {
          for (const [padTop, padBottom, padLeft, padRight] of [
            [0, 0, 0, 0],
            [1, 1, 1, 1],
            [0, 2, 3, 0],
            [2, 0, 0, 1],
          ]) {
            const c = { batch: 2, inH, inW, inC, padTop, padBottom, padLeft, padRight };
            for (const bits of [undefined, -7]) {
              const [outH, outW] = [padTop + inH + padBottom, padLeft + inW + padRight];
              const actual = moved(device, 2 * inH * inW * inC, 2 * outH * outW * inC, (from, to) =>
                padImage(device, { ...c, from, to, bits }),
              );
              const expected = Array.from({ length: 2 * outH * outW * inC }, (_, i) => {
                const x = (Math.floor(i / inC) % outW) - padLeft;
                const y = (Math.floor(i / inC / outW) % outH) - padTop;
                const n = Math.floor(i / inC / outW / outH);
                const inside = x >= 0 && x < inW && y >= 0 && y < inH;
                return inside ? ((n * inH + y) * inW + x) * inC + (i % inC) + 1 : (bits ?? 0);
              });
              expect(actual, JSON.stringify(c)).to.deep.equal(expected);
            }
          }
        }
      }
    });

    it('move: swapped lines of runs, backwards, and cut lines', () => {
      for (const run of [...sizes, 40000]) {
        const dims = [
          { size: 2, from: run, to: 3 * run },
          { size: 3, from: 2 * run, to: run },
          { size: run, from: 1, to: 1 },
        ];
        const actual = moved(device, 6 * run, 6 * run, (from, to) => move(device, from, to, dims));
        const at = (i: number) => 2 * run * (Math.floor(i / run) % 3) + run * Math.floor(i / run / 3) + (i % run) + 1;
        expect(actual.findIndex((value, i) => value !== at(i))).to.equal(-1);
        const back = [{ size: run, from: -1, to: 1 }];
        const reversed = moved(device, run, run, (from, to) => move(device, from + 4 * (run - 1), to, back));
        expect(reversed.findIndex((value, i) => value !== run - i)).to.equal(-1);
      }
    });

    it('gather', () => {
      for (const run of sizes) {
        const maps = [
          [2 * run, 0],
          [run, 0, run],
        ];
        const actual = moved(device, 4 * run, 6 * run, (from, to) => gather(device, { from, to, maps, run }));
        const starts = maps[0].flatMap((row) => maps[1].map((column) => row + column));
        const at = (i: number) => starts[Math.floor(i / run)] + (i % run) + 1;
        expect(actual.findIndex((value, i) => value !== at(i))).to.equal(-1);
      }
    });
  });
}
