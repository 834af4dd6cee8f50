// The public names of the entries that register backends: one list, so that an app changes the entry and nothing else.

export type { Activation } from '../kernels/activation.js';
export type { DataFormat } from '../kernels/conv.js';
export {
  type CapturedModel,
  type CaptureFunction,
  type CaptureInfo,
  type CaptureModel,
  type CaptureTree,
  capture,
} from './backend/capture.js';
export { type BackendInfo, backendInfo } from './backend/info.js';
export type { ConvnetOptions } from './backend/options.js';
export { registerBackends, registerConvnet } from './backend/register.js';
export type { SelfTestReport, SelfTestResult } from './backend/selfTest/report.js';
export { selfTest } from './backend/selfTest/selfTestOnDemand.js';
export { type WarmupConv, type WarmupModel, type WarmupOptions, warmup } from './backend/warmup.js';
export type { ExplicitPadding, Padding, Pair, RoundingMode } from './core/conv.js';
export { setThreadsCount } from './engines/cpu/runtime/threads/count.js';
export { type GraphConverter, installGraphOps } from './ops/graphOps.js';
export { type FusedGroupConv2dArgs, fused, groupConv2d } from './ops/groupConv2d.js';
