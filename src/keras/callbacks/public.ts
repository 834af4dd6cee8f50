// The callbacks that `tfjs-backend-convnet/training` exports.

export { BackupAndRestore, type BackupAndRestoreArgs, type BackupStore } from './backupAndRestore.js';
export { Callback, type CallbackLogs } from './callback.js';
export { CSVLogger, type CSVLoggerArgs } from './csvLogger.js';
export { EarlyStopping, type EarlyStoppingArgs } from './earlyStopping.js';
export { LearningRateScheduler, ReduceLROnPlateau, type ReduceLROnPlateauArgs } from './learningRates.js';
export { ModelCheckpoint, type ModelCheckpointArgs } from './modelCheckpoint.js';
export type { MonitorArgs } from './monitor.js';
export { ProgbarLogger, type ProgbarLoggerArgs } from './progress.js';
export { SwapEMAWeights, type SwapEMAWeightsArgs } from './swapEmaWeights.js';
export { TerminateOnNaN } from './terminateOnNaN.js';
