// npm run fuzz:faults: puts one deliberate fault after another into the source, and reports how soon the fuzzer of the
// CPU engine finds each, on one thread and on three.
//
//   npm run fuzz:faults
//   npm run fuzz:faults -- --only='tail lane' --runs=10000 --seed=7
//
// A fault is a change of one line of a file's text, made while the fuzzer is bundled. The exit code is 1 if one is not
// found, or if its text is no longer in the file. By default the fuzzer has as many runs as take a minute on a quiet core.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'rolldown';
import { root } from '../../tools/setup.mjs';

interface Fault {
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const faults: readonly Fault[] = [
  {
    name: 'padding off by one',
    file: 'kernels/wasm/conv/access.ts',
    from: 'start: -padBefore,',
    to: 'start: padBefore === 0 ? 0 : 1 - padBefore,',
  },
  {
    name: 'a missing tail lane',
    file: 'kernels/wasm/conv/gemm.ts',
    from: 'fn.if(left.eq(3), some(3)',
    to: 'fn.if(left.eq(3), some(2)',
  },
  {
    name: 'swapped strides',
    file: 'kernels/wasm/conv/convAxes.ts',
    from: '{ inH, outH, strideH, dilationH,',
    to: '{ inH, outH, strideW: strideH, dilationH,',
  },
  {
    name: 'a dilation that the gradient forgets',
    file: 'kernels/wasm/conv/access.ts',
    from: '-Math.floor((k * dilation) / stride)',
    to: '-Math.floor(k / stride)',
  },
  {
    name: 'a wrong rounding of the output size',
    file: 'src/core/conv.ts',
    from: "return Math[mode ?? 'trunc'](value);",
    to: "return Math[mode === 'round' ? 'floor' : (mode ?? 'trunc')](value);",
  },
  {
    name: 'a shortcut that does not ask for the strides',
    file: 'kernels/wasm/conv/fewPixels.ts',
    from: '(strideH === 1 || outH === 1) && (strideW === 1 || outW === 1)',
    to: 'strideH + strideW > 0',
  },
  {
    name: 'a filter that the gradient does not rotate',
    file: 'kernels/wasm/depthwise/depthwise.ts',
    from: '{ w: w + 4 * (taps - 1) * channels, tapStep: -channels }',
    to: '{ w, tapStep: channels }',
  },
  {
    name: 'a mean of equal values that is rounded',
    file: 'kernels/wasm/reduction/reduce.ts',
    from: 'if (divisor === 1) return;',
    to: 'if (divisor > 0) return;',
  },
  {
    name: 'a chunk that a worker leaves out',
    file: 'src/engines/cpu/runtime/threads/workerSource.ts',
    from: 'if (from >= items) return;',
    to: 'if (from >= items - 1) return;',
  },
];

const options = Object.fromEntries(
  process.argv.slice(2).map((arg) => {
    const [, name, value] = /^--(only|runs|seed)=(.+)$/.exec(arg) ?? [];
    if (!name) throw new Error(`fuzz:faults: unknown option; received ${arg}, known are --only= --runs= --seed=`);
    return [name, value];
  }),
);
const [runs, seed] = [options.runs ?? '40000', options.seed ?? '1'];
const folder = mkdtempSync(join(tmpdir(), 'fuzz-faults-'));
try {
  for (const fault of faults.filter(({ name }) => name.includes(options.only ?? ''))) {
    const file = join(folder, 'fuzz.mjs');
    writeFileSync(file, await bundle(fault));
    const start = performance.now();
    const backends = '--backend=convnet-cpu,convnet-cpu-3threads';
    const run = spawnSync(process.execPath, [file, backends, `--runs=${runs}`, `--seed=${seed}`, '--faults=1']);
    const found = /^FAULT: (.*)/m.exec(String(run.stderr))?.[1];
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const count = /^(\d+) runs/m.exec(String(run.stdout))?.[1];
    if (!found) process.exitCode = 1;
    console.log(
      `${fault.name} (${fault.file}): ${found ? `found after ${count} runs and ${seconds} s: ${found}` : `NOT FOUND in ${count} runs`}`,
    );
    if (!found && run.status !== 0) console.log(String(run.stderr));
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** The text of the fuzzer with a fault in it. */
async function bundle({ file, from, to }: Fault): Promise<string> {
  let places = 0;
  const output = await build({
    cwd: root,
    input: 'test/fuzz/node.ts',
    platform: 'node',
    treeshake: false, // package.json tells which files of dist/ have side effects; here the source is bundled
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] }, mainFields: ['module', 'main'] },
    checks: { ineffectiveDynamicImport: false },
    logLevel: 'warn',
    write: false,
    output: { format: 'esm', codeSplitting: false },
    plugins: [
      {
        name: 'fault',
        transform(code, id) {
          if (id !== join(root, file)) return null;
          places = code.split(from).length - 1;
          return code.replace(from, () => to);
        },
      },
    ],
  });
  if (places !== 1) throw new Error(`fuzz:faults: the text must be once in ${file}; received ${places} of ${from}`);
  return output.output[0].code;
}
