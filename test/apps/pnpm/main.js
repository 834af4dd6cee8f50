import { predict, report } from './predict.js';

report('node', await predict('small.keras', 'convnet'));
