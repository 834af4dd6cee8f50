import { predict, report } from './predict.js';

report('cpu', await predict('small.keras', 'convnet-cpu'));
report('webgl', await predict('small.keras', 'convnet-webgl'));
