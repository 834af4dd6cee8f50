"""Small networks of the kinds that people train. Those that are `classic` use no operations: tf.keras makes them too."""

import keras
import numpy as np
from case import Case
from register import Makers
from versions import IS_KERAS_3

MAKERS = Makers()
L = keras.layers


def network(name, *shapes, steps=3, classic=True, random=False, kinds=None):
    """Decorates `function(*inputs) -> outputs`; shapes are those of the inputs, with a number of classes for integers."""

    def add(function):
        def make(seeded):
            arrays = []
            for shape in shapes:
                if isinstance(shape, tuple) and isinstance(shape[-1], str):
                    arrays.append(seeded.padded(2, shape[0], 1, 12))
                else:
                    arrays.append(seeded.signed(2, *shape))

            def build():
                symbols = [keras.Input(x.shape[1:], dtype=str(x.dtype)) for x in arrays]
                return symbols, function(*symbols)

            return Case(build, arrays, note=name, steps=0 if random else steps, random=random, learning_rate=0.005)

        if classic or IS_KERAS_3:
            MAKERS.case(name, count=1)(make)
        return function

    return add


def norm_relu(x):
    return L.Activation("relu")(L.BatchNormalization()(x))


def conv_norm(x, filters, size=3, strides=1, **options):
    return norm_relu(L.Conv2D(filters, size, strides=strides, padding="same", use_bias=False, **options)(x))


@network("U-Net", (16, 16, 3))
def unet(x):
    skips = []
    for filters in (4, 8):
        x = conv_norm(conv_norm(x, filters), filters)
        skips.append(x)
        x = L.MaxPooling2D()(x)
    x = conv_norm(x, 12)
    for filters, skip in zip((8, 4), reversed(skips)):
        x = L.Concatenate()([L.Conv2DTranspose(filters, 2, strides=2, padding="same")(x), skip])
        x = conv_norm(x, filters)
    return L.Conv2D(2, 1, activation="softmax")(x)


@network("ResNet", (16, 16, 3))
def resnet(x):
    x = conv_norm(x, 6)
    for filters, strides in ((6, 1), (8, 2)):
        y = L.BatchNormalization()(L.Conv2D(filters, 3, padding="same")(conv_norm(x, filters, strides=strides)))
        short = x if strides == 1 else L.BatchNormalization()(L.Conv2D(filters, 1, strides=strides)(x))
        x = L.ReLU()(L.Add()([y, short]))
    return L.Dense(5, activation="softmax")(L.GlobalAveragePooling2D()(x))


@network("ResNeXt", (12, 12, 4))
def resnext(x):
    x = conv_norm(x, 8)
    y = conv_norm(conv_norm(x, 8, 1), 8, groups=4)
    x = L.ReLU()(L.Add()([x, L.BatchNormalization()(L.Conv2D(8, 1)(y))]))
    return L.Dense(3)(L.GlobalAveragePooling2D()(x))


@network("MobileNet", (16, 16, 3))
def mobilenet(x):
    x = conv_norm(x, 4, strides=2)
    for expanded, filters in ((12, 4), (16, 6)):
        y = L.ReLU(6.0)(L.BatchNormalization()(L.Conv2D(expanded, 1, use_bias=False)(x)))
        y = L.ZeroPadding2D(((0, 1), (0, 1)))(y)
        y = L.ReLU(6.0)(L.BatchNormalization()(L.DepthwiseConv2D(3, strides=2, use_bias=False)(y)))
        x = L.BatchNormalization()(L.Conv2D(filters, 1, use_bias=False)(y))
    return L.Dense(4)(L.GlobalAveragePooling2D()(x))


@network("Squeeze-and-excitation", (10, 10, 3))
def squeeze_excitation(x):
    x = conv_norm(x, 8)
    s = L.Reshape((1, 1, 8))(L.GlobalAveragePooling2D()(x))
    s = L.Conv2D(8, 1, activation="sigmoid")(L.Conv2D(2, 1, activation="relu")(s))
    return L.Dense(3)(L.GlobalMaxPooling2D()(L.Multiply()([x, s])))


@network("ConvNeXt", (16, 16, 3), classic=False)
def convnext(x):
    x = L.LayerNormalization(epsilon=1e-6)(L.Conv2D(8, 4, strides=4)(x))
    y = L.LayerNormalization(epsilon=1e-6)(L.DepthwiseConv2D(7, padding="same")(x))
    y = L.Dense(8)(L.Activation("gelu")(L.Dense(16)(y)))
    x = L.Add()([x, y * 0.5])
    return L.Dense(3)(L.LayerNormalization()(L.GlobalAveragePooling2D()(x)))


def encoder_block(x, width, heads=2, mask=None):
    y = L.LayerNormalization(epsilon=1e-6)(x)
    x = L.Add()([x, L.MultiHeadAttention(heads, width // heads)(y, y)])
    y = L.Dense(width)(L.Dense(2 * width, activation="gelu")(L.LayerNormalization(epsilon=1e-6)(x)))
    return L.Add()([x, y])


@network("Vision transformer", (16, 16, 3), classic=False)
def vision_transformer(x):
    x = L.Reshape((16, 8))(L.Conv2D(8, 4, strides=4)(x))
    x = x + L.Embedding(16, 8)(keras.ops.expand_dims(keras.ops.arange(16), 0))
    for _ in range(2):
        x = encoder_block(x, 8)
    return L.Dense(4)(L.GlobalAveragePooling1D()(L.LayerNormalization()(x)))


@network("Variational autoencoder", (12,), (3,), classic=False)
def vae(x, noise):
    h = L.Dense(8, activation="tanh")(x)
    mean, log_variance = L.Dense(3, name="mean")(h), L.Dense(3, name="log_variance")(h)
    z = mean + keras.ops.exp(0.5 * log_variance) * noise
    decoded = L.Dense(12)(L.Dense(8, activation="tanh")(z))
    divergence = -0.5 * keras.ops.sum(1 + log_variance - keras.ops.square(mean) - keras.ops.exp(log_variance), axis=-1, keepdims=True)
    return [decoded, divergence]


@network("Siamese", (10, 10, 3), (10, 10, 3), classic=False)
def siamese(a, b):
    inner = keras.Input((10, 10, 3))
    tower = keras.Model(inner, L.Dense(6)(L.Flatten()(L.MaxPooling2D()(L.Conv2D(4, 3, activation="relu")(inner)))), name="tower")
    distance = keras.ops.sqrt(keras.ops.sum(keras.ops.square(tower(a) - tower(b)), axis=-1, keepdims=True) + 1e-6)
    return L.Dense(1, activation="sigmoid")(distance)


@network("Siamese with Dot", (8,), (8,))
def siamese_dot(a, b):
    shared = L.Dense(5, activation="tanh")
    return L.Dense(1, activation="sigmoid")(L.Dot(-1, normalize=True)([shared(a), shared(b)]))


@network("SSD", (16, 16, 3))
def ssd(x):
    maps = []
    for filters in (6, 8):
        x = conv_norm(x, filters, strides=2)
        maps.append(x)
    classes = [L.Reshape((-1, 3))(L.Conv2D(6, 3, padding="same")(m)) for m in maps]
    boxes = [L.Reshape((-1, 4))(L.Conv2D(8, 3, padding="same")(m)) for m in maps]
    return [L.Softmax()(L.Concatenate(axis=1)(classes)), L.Concatenate(axis=1)(boxes)]


@network("YOLO", (16, 16, 3), classic=False)
def yolo(x):
    x = L.LeakyReLU(negative_slope=0.1)(conv_norm(x, 6, strides=2))
    x = keras.ops.space_to_depth(x, 2)
    y = L.Reshape((4, 4, 2, 7))(L.Conv2D(14, 1)(x))
    centre, size, scores = keras.ops.sigmoid(y[..., :2]), keras.ops.exp(keras.ops.clip(y[..., 2:4], -4, 4)), keras.ops.sigmoid(y[..., 4:])
    return keras.ops.concatenate([centre, size, scores], axis=-1)


@network("RetinaNet with FPN", (16, 16, 3), classic=False)
def retinanet(x):
    c1 = conv_norm(x, 6, strides=2)
    c2 = conv_norm(c1, 8, strides=2)
    p2 = L.Conv2D(6, 1)(c2)
    p1 = L.Conv2D(6, 3, padding="same")(L.Conv2D(6, 1)(c1) + L.UpSampling2D()(p2))
    inner = keras.Input((None, None, 6))
    head = keras.Model(inner, L.Conv2D(9, 3, padding="same", bias_initializer="ones")(L.Conv2D(6, 3, padding="same", activation="relu")(inner)), name="head")
    return L.Concatenate(axis=1)([L.Reshape((-1, 9))(head(p)) for p in (p1, p2)])


@network("Sequence to sequence (LSTM)", (6, 4), (5, 4))
def seq2seq(x, y):
    _, *states = L.LSTM(6, return_state=True)(x)
    decoded = L.LSTM(6, return_sequences=True)(y, initial_state=states)
    return L.Dense(4, activation="softmax")(decoded)


@network("Sequence to sequence with attention (GRU)", (6, "words"), (5, "words"))
def seq2seq_attention(x, y):
    encoded = L.Bidirectional(L.GRU(4, return_sequences=True))(L.Embedding(12, 5, mask_zero=True)(x))
    decoded = L.GRU(8, return_sequences=True)(L.Embedding(12, 5, mask_zero=True)(y))
    context = L.Attention()([decoded, encoded])
    return L.TimeDistributed(L.Dense(4))(L.Concatenate()([decoded, context]))


@network("Transformer encoder on text", (7, "words"), classic=False)
def text_transformer(x):
    x = L.Embedding(12, 8, mask_zero=True)(x)
    return L.Dense(2)(L.GlobalAveragePooling1D()(encoder_block(x, 8)))


@network("Transformer decoder", (6, 8), (7, 8), classic=False)
def decoder(x, memory):
    x = L.LayerNormalization()(x + L.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True))
    x = L.LayerNormalization()(x + L.MultiHeadAttention(2, 4)(x, memory))
    return L.Dense(5, activation="softmax")(L.LayerNormalization()(x + L.Dense(8)(L.Dense(12, activation="relu")(x))))


@network("GPT with RMSNormalization and grouped queries", (6, 8), classic=False)
def gpt(x):
    y = L.RMSNormalization()(x)
    x = x + L.GroupQueryAttention(4, 4, 2)(y, y, use_causal_mask=True)
    y = L.RMSNormalization()(x)
    return L.Dense(5)(x + L.Dense(8)(L.Dense(12, activation="silu")(y) * L.Dense(12)(y)))


@network("Text CNN", (9, "words"))
def text_cnn(x):
    x = L.Embedding(12, 6)(x)
    pooled = [L.GlobalMaxPooling1D()(L.Conv1D(4, size, activation="relu")(x)) for size in (2, 3, 4)]
    return L.Dense(2, activation="softmax")(L.Concatenate()(pooled))


@network("ConvLSTM", (4, 8, 8, 2))
def conv_lstm(x):
    x = L.ConvLSTM2D(4, 3, padding="same", return_sequences=True)(x)
    x = L.ConvLSTM2D(3, 3, padding="same")(L.BatchNormalization()(x))
    return L.Conv2D(1, 3, padding="same", activation="sigmoid")(x)


@network("3D CNN", (6, 8, 8, 1))
def cnn_3d(x):
    x = L.MaxPooling3D((1, 2, 2))(L.Conv3D(4, 3, padding="same", activation="relu")(x))
    return L.Dense(3)(L.GlobalAveragePooling3D()(L.Conv3D(5, 3, strides=2)(x)))


@network("WaveNet", (24, 2))
def wavenet(x):
    x = L.Conv1D(4, 1)(x)
    skips = []
    for rate in (1, 2, 4):
        gate = L.Multiply()([L.Conv1D(4, 2, padding="causal", dilation_rate=rate, activation=a)(x) for a in ("tanh", "sigmoid")])
        skips.append(L.Conv1D(4, 1)(gate))
        x = L.Add()([x, skips[-1]])
    return L.Conv1D(3, 1, activation="softmax")(L.ReLU()(L.Add()(skips)))


@network("TCN", (16, 3))
def tcn(x):
    for rate in (1, 2):
        y = L.LayerNormalization()(L.Conv1D(4, 3, padding="causal", dilation_rate=rate, activation="relu")(x))
        x = L.Add()([L.Conv1D(4, 1)(x), L.SpatialDropout1D(0.0)(y)])
    return L.Dense(2)(L.Flatten()(x))


@network("N-BEATS", (8,), classic=False)
def nbeats(x):
    forecast = 0
    for _ in range(2):
        h = L.Dense(8, activation="relu")(x)
        x = x - L.Dense(8)(h)
        forecast = forecast + L.Dense(3)(h)
    return forecast


@network("GAN generator", (6,))
def generator(x):
    x = L.Reshape((4, 4, 4))(L.Dense(64, use_bias=False)(x))
    x = L.LeakyReLU()(L.BatchNormalization()(L.Conv2DTranspose(4, 5, strides=2, padding="same", use_bias=False)(x)))
    return L.Conv2DTranspose(1, 5, strides=2, padding="same", activation="tanh")(x)


@network("GAN discriminator", (16, 16, 1), random=True)
def discriminator(x):
    for filters in (4, 6):
        x = L.Dropout(0.3)(L.LeakyReLU()(L.Conv2D(filters, 5, strides=2, padding="same")(x)))
    return L.Dense(1)(L.Flatten()(x))


@network("GAN as a whole", (6,))
def gan(x):
    inner = keras.Input((6,))
    make = keras.Model(inner, L.Reshape((4, 4, 2))(L.Dense(32, activation="tanh")(inner)), name="generator")
    picture = keras.Input((4, 4, 2))
    judge = keras.Model(picture, L.Dense(1)(L.Flatten()(L.Conv2D(3, 3)(picture))), name="discriminator")
    judge.trainable = False
    return judge(make(x))


@network("Autoencoder", (12, 12, 1))
def autoencoder(x):
    x = L.MaxPooling2D(padding="same")(L.Conv2D(6, 3, activation="relu", padding="same")(x))
    x = L.MaxPooling2D(padding="same")(L.Conv2D(4, 3, activation="relu", padding="same")(x))
    x = L.UpSampling2D(2)(L.Conv2D(4, 3, activation="relu", padding="same")(x))
    x = L.UpSampling2D(2, interpolation="bilinear")(L.Conv2D(6, 3, activation="relu", padding="same")(x))
    return L.Conv2D(1, 3, activation="sigmoid", padding="same")(x)


@network("DenseNet", (12, 12, 3))
def densenet(x):
    x = L.Conv2D(4, 3, padding="same")(x)
    for _ in range(3):
        y = L.Conv2D(3, 3, padding="same")(norm_relu(L.Conv2D(6, 1)(norm_relu(x))))
        x = L.Concatenate()([x, y])
    x = L.AveragePooling2D(2)(L.Conv2D(6, 1)(norm_relu(x)))
    return L.Dense(3)(L.GlobalAveragePooling2D()(x))


@network("Inception", (12, 12, 3))
def inception(x):
    branches = [
        conv_norm(x, 3, 1),
        conv_norm(conv_norm(x, 3, 1), 4, (1, 7)),
        conv_norm(conv_norm(x, 3, 1), 4, 5),
        conv_norm(L.AveragePooling2D(3, strides=1, padding="same")(x), 3, 1),
    ]
    return L.Dense(3)(L.GlobalAveragePooling2D()(L.Concatenate()(branches)))


@network("Keypoint heatmaps", (16, 16, 3), classic=False)
def keypoints(x):
    x = conv_norm(conv_norm(x, 6, strides=2), 6)
    heat = L.Conv2D(3, 1)(x)
    flat = keras.ops.softmax(keras.ops.reshape(heat, (-1, 64, 3)), axis=1)
    grid = np.stack(np.meshgrid(np.arange(8), np.arange(8)), -1).reshape(64, 2).astype("float32")
    return [heat, keras.ops.einsum("bpk,pc->bkc", flat, grid)]


@network("DeepLab with ASPP", (16, 16, 3))
def deeplab(x):
    x = conv_norm(conv_norm(x, 6, strides=2), 8)
    branches = [conv_norm(x, 4, 1)] + [conv_norm(x, 4, dilation_rate=rate) for rate in (2, 4)]
    pooled = L.UpSampling2D(8)(conv_norm(L.Reshape((1, 1, 8))(L.GlobalAveragePooling2D()(x)), 4, 1))
    x = conv_norm(L.Concatenate()([*branches, pooled]), 6, 1)
    return L.Softmax()(L.UpSampling2D(2, interpolation="bilinear")(L.Conv2D(3, 1)(x)))


@network("Super-resolution", (8, 8, 3), classic=False)
def super_resolution(x):
    y = L.Conv2D(8, 3, padding="same", activation="relu")(x)
    y = L.Add()([y, L.Conv2D(8, 3, padding="same")(L.PReLU(shared_axes=[1, 2])(L.Conv2D(8, 3, padding="same")(y)))])
    y = keras.ops.depth_to_space(L.Conv2D(12, 3, padding="same")(y), 2)
    return keras.ops.clip(y + keras.ops.image.resize(x, (16, 16), interpolation="bicubic"), -2, 2)


@network("Style transfer", (12, 12, 3), classic=False)
def style_transfer(x):
    x = keras.ops.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0)), mode="reflect")
    x = L.ReLU()(L.GroupNormalization(groups=-1)(L.Conv2D(6, 5)(x)))
    y = L.GroupNormalization(groups=-1)(L.Conv2D(6, 3, padding="same")(x))
    x = L.UpSampling2D()(x + y)
    return 127.5 * keras.ops.tanh(L.Conv2D(3, 3, padding="same")(x)) / 150


@network("Picture and table", (10, 10, 3), (5,))
def picture_and_table(x, table):
    x = L.Flatten()(L.MaxPooling2D()(L.Conv2D(4, 3, activation="relu")(x)))
    t = L.Dense(6, activation="selu")(L.BatchNormalization()(table))
    return L.Dense(1, activation="sigmoid")(L.Concatenate()([L.Dense(6, activation="relu")(x), t]))


@network("MLP-Mixer", (16, 16, 3), classic=False)
def mixer(x):
    x = L.Reshape((16, 6))(L.Conv2D(6, 4, strides=4)(x))
    y = L.Permute((2, 1))(L.LayerNormalization()(x))
    x = x + L.Permute((2, 1))(L.Dense(16)(L.Dense(8, activation="gelu")(y)))
    x = x + L.Dense(6)(L.Dense(12, activation="gelu")(L.LayerNormalization()(x)))
    return L.Dense(3)(L.GlobalAveragePooling1D()(x))


@network("EfficientNet", (16, 16, 3))
def efficientnet(x):
    x = L.Rescaling(0.5, 0.1)(x)
    x = L.Activation("swish")(L.BatchNormalization()(L.Conv2D(6, 3, strides=2, padding="same", use_bias=False)(x)))
    y = L.Activation("swish")(L.BatchNormalization()(L.DepthwiseConv2D(5, padding="same", use_bias=False)(L.Conv2D(12, 1)(x))))
    s = L.Conv2D(12, 1, activation="sigmoid")(L.Conv2D(3, 1, activation="swish")(L.GlobalAveragePooling2D(keepdims=True)(y)))
    x = L.Add()([x, L.BatchNormalization()(L.Conv2D(6, 1)(L.Multiply()([y, s])))])
    return L.Dense(3)(L.GlobalAveragePooling2D()(x))


@network("Xception", (12, 12, 3))
def xception(x):
    y = L.BatchNormalization()(L.SeparableConv2D(6, 3, padding="same", use_bias=False)(x))
    y = L.MaxPooling2D(3, strides=2, padding="same")(y)
    return L.Dense(3)(L.GlobalAveragePooling2D()(L.Add()([y, L.Conv2D(6, 1, strides=2, padding="same")(x)])))


@network("Several outputs", (9,))
def several_outputs(x):
    h = L.Dense(8, activation="elu")(x)
    return [L.Dense(3, activation="softmax")(h), L.Dense(1)(h), L.Dense(2, activation="sigmoid")(L.Dense(4, activation="tanh")(h))]


@network("Channels first", (3, 12, 12), classic=False)
def channels_first(x):
    options = {"data_format": "channels_first"}
    x = L.ReLU()(L.BatchNormalization(axis=1)(L.Conv2D(6, 3, padding="same", **options)(x)))
    x = L.MaxPooling2D(**options)(x)
    x = L.DepthwiseConv2D(3, padding="same", **options)(x)
    return L.Dense(3)(L.GlobalAveragePooling2D(**options)(x))
