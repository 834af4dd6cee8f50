// What real Keras computes beside us, in Python: predictions of three networks of keras.applications, and training steps.
// Add an application: a row.

import { trainedNetworks } from './training.js';

/** With Keras's own name, and the height and width of its picture. */
export const kerasApplications = [
  { name: 'MobileNetV2', size: 224 },
  { name: 'EfficientNetB0', size: 224 },
  { name: 'ResNet50', size: 224 },
] as const;

export const isTraining = (row: string): boolean => row.startsWith('train ');

/** Names of rows: `MobileNetV2` predicts, `train plain` is a training step. */
export const kerasRows: readonly string[] = [
  ...kerasApplications.map(({ name }) => name),
  ...trainedNetworks.map(({ name }) => `train ${name}`),
];
