import { predict } from './predict.js';

addEventListener('message', async ({ data: model }) => postMessage(await predict(model, 'convnet')));
