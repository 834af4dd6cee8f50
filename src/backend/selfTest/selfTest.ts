// selfTest(): computes small problems with every kernel of an engine and compares them with plain loops, for a person
// who doubts a device.

import { engine, getKernel, type KernelBackend, type TensorInfo, version_core } from '@tensorflow/tfjs-core';
import { check } from '../../core/errors.js';
import { type FlagName, flagTable } from '../../core/flags.js';
import { compare, toleranceOf, type Verdict, worstOf } from '../../core/verdict.js';
import { packageVersion } from '../../core/version.js';
import type { WebglBackend } from '../../engines/webgl/backend.js';
import { readFlag } from '../../tfjs/flags.js';
import type { Call } from '../../tfjs/kernelCall.js';
import { attrsOf, expectedOf, inputsOf, valuesFor } from '../../tfjs/referenceCall.js';
import { backendInfo } from '../info.js';
import { selfTestCalls } from './calls.js';
import type { SelfTestReport, SelfTestResult } from './report.js';

/** See selfTestOnDemand.ts, where an app's call comes from. */
export async function selfTest(name: string): Promise<SelfTestReport> {
  const info = backendInfo(name);
  const backend: KernelBackend | undefined = engine().registry[name];
  check(backend !== undefined, 'selfTest', 'the backend must be a convnet backend that has been set once', { name });
  const results = new Map<string, SelfTestResult>();
  for (const call of selfTestCalls) {
    const kernel = getKernel(call.kernelName, name);
    if (!kernel) continue;
    const result = timed(call.kernelName, () => runCall(call, backend, kernel.kernelFunc));
    results.set(call.kernelName, joined(results.get(call.kernelName), result));
    await new Promise((resolve) => setTimeout(resolve));
  }
  const all = [...results.values(), ...programs(backend)];
  const flags = Object.keys(flagTable).map((flag) => [flag, plain(readFlag(flag as FlagName))]);
  return {
    passed: all.every(({ passed }) => passed),
    backend: backendInfo(info.name), // the features tell of what has failed just now
    versions: { 'tfjs-backend-convnet': packageVersion, 'tfjs-core': version_core },
    userAgent: globalThis.navigator?.userAgent ?? 'unknown',
    flags: Object.fromEntries(flags),
    results: all,
  };
}

/** JSON has no infinity. */
function plain(value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? 'Infinity' : value;
}

/** The backend, if it is the WebGL2 engine, whose class this module does not import: an app may not carry it. */
function asWebgl(backend: KernelBackend): WebglBackend | undefined {
  return 'selfTest' in backend ? (backend as WebglBackend) : undefined;
}

/** Tests of single programs, which WebGL2 has. */
function programs(backend: KernelBackend): SelfTestResult[] {
  const webgl = asWebgl(backend);
  if (!webgl) return [];
  webgl.selfTest.runAll();
  return webgl.selfTest.report.map(({ kind, passed, difference, ms, reason, untested }) => {
    if (untested !== undefined) return { kind, passed, ms: 0, untested };
    return { kind, passed, difference, ms: Math.round(ms), ...(reason !== undefined && { reason }) };
  });
}

function timed(kind: string, run: () => Verdict): SelfTestResult {
  const start = performance.now();
  const ms = () => Math.round(performance.now() - start);
  try {
    const { passed, difference } = run();
    const failure = passed ? {} : { reason: `its results differ from plain loops by ${difference.toPrecision(2)}` };
    return { kind, passed, difference, ms: ms(), ...failure };
  } catch (error) {
    return { kind, passed: false, ms: ms(), reason: (error as Error).message };
  }
}

/** Several calls of a kernel as one result: the worst difference, the first reason. */
function joined(before: SelfTestResult | undefined, next: SelfTestResult): SelfTestResult {
  if (!before) return next;
  const reason = before.reason ?? next.reason;
  const differences = [before.difference, next.difference].filter((difference) => difference !== undefined);
  return {
    kind: next.kind,
    passed: before.passed && next.passed,
    ms: before.ms + next.ms,
    ...(differences.length > 0 && { difference: Math.max(...differences) }),
    ...(reason !== undefined && { reason }),
  };
}

type Func = (args: Parameters<NonNullable<ReturnType<typeof getKernel>>['kernelFunc']>[0]) => TensorInfo | TensorInfo[];

function runCall(call: Call, backend: KernelBackend, run: Func): Verdict {
  const own = backend as KernelBackend & Pick<WebglBackend, 'makeTensorInfo'>;
  const webgl = asWebgl(backend);
  const values = valuesFor(call);
  const used: TensorInfo[] = [];
  try {
    const infos = Object.entries(call.operands).map(([name, { shape, dtype }]): [string, TensorInfo] => {
      const info = own.makeTensorInfo([...shape], dtype, values[name] as Float32Array);
      used.push(info);
      if (shape.length > 1) webgl?.tile(info);
      return [name, info];
    });
    const results = [run({ inputs: inputsOf(Object.fromEntries(infos)), attrs: attrsOf(call), backend })].flat();
    used.push(...results);
    const isFloat32 = webgl?.caps.float32 ?? true;
    const expected = expectedOf(call, values);
    const actual = results.map(({ dataId }) => backend.readSync(dataId) as Float32Array);
    return worstOf(actual.map((one, i) => compare(one, expected[i], toleranceOf(isFloat32, 10))));
  } finally {
    for (const { dataId } of used) backend.disposeData(dataId);
  }
}
