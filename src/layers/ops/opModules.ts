// The module of every operation in files of Keras 3, by the operation's class. A legacy .h5 leaves the module out, and
// an operation written without one is read as the layer of the same name.
// Source: https://keras.io/api/ops/, and the classes of Keras 3.15.1, which the tests compare with.

/** Operations that are not in `keras.src.ops.numpy`. */
const modules: Readonly<Record<string, string>> = {
  'keras.src.activations.activations': 'Mish ReLU',
  'keras.src.ops.core':
    'AssociativeScan Cast Cond ConvertToTensor ForiLoop Map SaturateCast Scan Scatter ScatterUpdate Slice SliceUpdate ' +
    'StopGradient Switch Unstack VectorizedMap WhileLoop',
  'keras.src.ops.einops': 'Rearrange',
  'keras.src.ops.image':
    'AffineTransform CropImages ElasticTransform ExtractPatches GaussianBlur HSVToRGB MapCoordinates PadImages ' +
    'PerspectiveTransform RGBToGrayscale RGBToHSV Resize SSIM ScaleAndTranslate SobelEdges',
  'keras.src.ops.linalg':
    'Cholesky CholeskyInverse Det Eig Eigh Inv JVP Lstsq LuFactor MatrixRank Norm Pinv Qr SVD Solve SolveTriangular',
  'keras.src.ops.math':
    'CDist Erf Erfc Erfinv ExtractSequences FFT FFT2 IFFT2 IRFFT ISTFT InTopK Logdet Logsumexp RFFT Rsqrt STFT ' +
    'SegmentMax SegmentMin SegmentProd SegmentReduction SegmentSum TopK ViewAsComplex ViewAsReal',
  'keras.src.ops.nn':
    'AdaptiveAveragePool AdaptiveMaxPool AveragePool BatchNorm BinaryCrossentropy CTCDecode CTCLoss ' +
    'CategoricalCrossentropy Celu Conv ConvTranspose DepthToSpace DepthwiseConv DotProductAttention Elu Fold Gelu Glu ' +
    'HardShrink HardSigmoid HardSilu HardTanh LayerNorm LeakyRelu LogSigmoid LogSoftmax MaxPool Moments MultiHot ' +
    'Normalize OneHot PSNR Polar RMSNorm Relu Relu6 Selu SeparableConv Sigmoid Silu SoftShrink Softmax Softplus ' +
    'Softsign SpaceToDepth SparseCategoricalCrossentropy SparsePlus SparseSigmoid Sparsemax Squareplus TanhShrink ' +
    'Threshold Unfold CtcLoss',
  'keras.src.quantizers.quantizers': 'FakeQuantWithMinMaxVars',
};

const byClass = new Map(
  Object.entries(modules).flatMap(([module, names]) => names.split(' ').map((name) => [name, module] as const)),
);

/** The module under which Keras 3.15 writes an operation of this class; 'tensorflow' for a function of TensorFlow. */
export function opModule(className: string): string {
  if (className.startsWith('tf.')) return 'tensorflow';
  return byClass.get(className) ?? 'keras.src.ops.numpy';
}
