import * as tf from '@tensorflow/tfjs-core';
import 'tfjs-backend-convnet';
import { loadKerasModel } from 'tfjs-backend-convnet/keras';

async function predict(backend) {
  tf.env().set('SOFTWARE_WEBGL_ENABLED', true); // the machine that runs the apps has no GPU
  await tf.setBackend(backend);
  const model = await loadKerasModel('small.keras');
  const x = tf.reshape(tf.div(tf.range(0, 192), 192), [1, 8, 8, 3]);
  return Array.from(await model.predict(x).data());
}

console.log(`prediction cpu ${JSON.stringify(await predict('convnet-cpu'))}`);
console.log(`prediction webgl ${JSON.stringify(await predict('convnet-webgl'))}`);
