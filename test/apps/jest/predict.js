const tf = require('@tensorflow/tfjs');
require('tfjs-backend-convnet');
const { loadKerasModel } = require('tfjs-backend-convnet/keras');

exports.predict = async (source) => {
  await tf.setBackend('convnet');
  const model = await loadKerasModel(source);
  const x = tf.range(0, 192).div(192).reshape([1, 8, 8, 3]);
  return Array.from(await model.predict(x).data());
};
