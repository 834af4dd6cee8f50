const tf = require('@tensorflow/tfjs');
require('tfjs-backend-convnet');
const { loadKerasModel } = require('tfjs-backend-convnet/keras');

async function main() {
  await tf.setBackend('convnet');
  const model = await loadKerasModel('small.keras');
  const x = tf.range(0, 192).div(192).reshape([1, 8, 8, 3]);
  console.log(`prediction node ${JSON.stringify(Array.from(await model.predict(x).data()))}`);
}

main();
