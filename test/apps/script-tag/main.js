async function predict(backend) {
  tf.env().set('SOFTWARE_WEBGL_ENABLED', true); // the machine that runs the apps has no GPU
  await tf.setBackend(backend);
  const model = await convnet.keras.loadKerasModel('small.keras');
  const x = tf.range(0, 192).div(192).reshape([1, 8, 8, 3]);
  return Array.from(await model.predict(x).data());
}

async function main() {
  console.log(`prediction cpu ${JSON.stringify(await predict('convnet-cpu'))}`);
  console.log(`prediction webgl ${JSON.stringify(await predict('convnet-webgl'))}`);
}

main();
