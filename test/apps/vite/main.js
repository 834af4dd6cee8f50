import { predict, report } from './predict.js';

const model = new URL('./small.keras', import.meta.url).href;
report('cpu', await predict(model, 'convnet-cpu'));
report('webgl', await predict(model, 'convnet-webgl'));

const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
worker.onmessage = ({ data }) => report('worker', data);
worker.postMessage(model);
