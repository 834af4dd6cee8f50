// The name of the function that makes a layer, as TensorFlow.js names them: conv2d, batchNormalization, gru, reLU.

const irregular: Readonly<Record<string, string>> = {
  PReLU: 'prelu',
  ConvLSTM1D: 'convLstm1d',
  ConvLSTM2D: 'convLstm2d',
  ConvLSTM3D: 'convLstm3d',
};

/** @param className the layer's class: Conv2D. */
export function factoryName(className: string): string {
  const name = className.replace(/(\d)D/g, '$1d');
  const [acronym] = /^[A-Z]+(?=[A-Z][a-z]|\d|$)/.exec(name) ?? [name[0]];
  return irregular[className] ?? acronym.toLowerCase() + name.slice(acronym.length);
}
