// Functions of tf that read no float tensor, so that no conversion could be lost in them. A function that is neither
// here nor in an op table fails the test that compares the lists with tf.

const words = (text: string) => text.trim().split(/\s+/);

export const tensorless: ReadonlySet<string> = new Set([
  // classes, and functions that make models
  ...words(`
    AdadeltaOptimizer AdagradOptimizer AdamOptimizer AdamaxOptimizer Callback CallbackList CustomCallback DataStorage
    EarlyStopping Environment GPGPUContext GraphModel History InputSpec KernelBackend LayerVariable LayersModel MathBackendCPU
    MathBackendWebGL MomentumOptimizer Optimizer OptimizerConstructors RMSPropOptimizer RNN SGDOptimizer Sequential
    SymbolicTensor Tensor TensorBuffer Variable
    input loadGraphModel loadGraphModelSync loadLayersModel model sequential registerCallbackConstructor
  `),
  // the engine and its registries
  ...words(`
    backend copyRegisteredKernels deprecationWarn deregisterOp disableDeprecationWarnings dispose disposeVariables
    enableDebugMode enableProdMode engine env findBackend findBackendFactory forceHalfFloat getBackend getGradient getKernel
    getKernelsForBackend memory nextFrame op ready registerBackend registerGradient registerKernel registerOp removeBackend
    setBackend setPlatform setWebGLContext sumOutType unregisterGradient unregisterKernel upcastType
  `),
  // makers of tensors
  ...words(`
    buffer cosineWindow enclosingPowerOfTwo eye fill linspace ones rand randomGamma randomNormal randomStandardNormal
    randomUniform randomUniformInt range scalar tensor tensor1d tensor2d tensor3d tensor4d tensor5d tensor6d truncatedNormal
    zeros
    browser.fromPixels browser.fromPixelsAsync signal.hammingWindow signal.hannWindow
  `),
  // of whole numbers and strings
  ...words(`
    sparse.sparseReshape string.stringNGrams string.stringSplit string.stringToHashBucketFast string.staticRegexReplace
  `),
  // of a tensor, not of its data
  ...words(`
    train Tensor.constructor Tensor.rank Tensor.isDisposed Tensor.throwIfDisposed tensor_util.assertTypesMatch
    tensor_util.getTensorsInContainer tensor_util.isTensorInList
  `),
]);

/** Objects of tf whose functions take numbers, shapes, GL handles or configurations. */
export const tensorlessNamespaces: ReadonlySet<string> = new Set(
  words(`
    ENV Rank Reduction backend_util broadcast_util callbacks constraints data device_util gather_util gpgpu_util initializers io
    kernel_impls layers models regularizers scatter_util serialization shared slice_util test_util train util version webgl
    webgl_util
  `),
);
