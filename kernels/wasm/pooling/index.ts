// Pooling and its gradients.

export { avgPool, avgPoolGrad, maxPool, maxPoolGrad, type Pooling } from './pool.js';
