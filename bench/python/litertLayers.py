"""Writes the layers of tables/layers.ts as .tflite files, by TensorFlow's own converter.

python litertLayers.py <folder>: layers.json there has the layers, <i>.f32 the filter [kH, kW, inC/groups, outC] and the
bias of layer i; <i>.tflite becomes relu(conv(x) + bias) of it.
"""

import json
import os
import sys

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np
import tensorflow as tf


def convolution(layer, filters, bias):
    strides = [layer['stride']] * 2
    dilations = [layer['dilation']] * 2
    padding = layer['pad'].upper()
    is_depthwise = layer['groups'] > 1 and layer['groups'] == layer['inC']

    def compute(x):
        if is_depthwise:
            kernel = filters.reshape([*layer['k'], layer['inC'], -1])
            y = tf.nn.depthwise_conv2d(x, kernel, [1, *strides, 1], padding, dilations=dilations)
        else:
            y = tf.nn.conv2d(x, filters, strides, padding, dilations=dilations)
        return tf.nn.relu(tf.nn.bias_add(y, bias))

    return compute


def convert(folder, index, layer):
    values = np.fromfile(os.path.join(folder, f'{index}.f32'), '<f4')
    bias = values[-layer['outC']:]
    filters = values[:-layer['outC']].reshape([*layer['k'], layer['inC'] // layer['groups'], layer['outC']])
    shape = [1, layer['size'], layer['size'], layer['inC']]
    function = tf.function(convolution(layer, filters, bias), input_signature=[tf.TensorSpec(shape)])
    model = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()]).convert()
    with open(os.path.join(folder, f'{index}.tflite'), 'wb') as file:
        file.write(model)


folder = sys.argv[1]
with open(os.path.join(folder, 'layers.json')) as file:
    layers = json.load(file)
for index, layer in enumerate(layers):
    convert(folder, index, layer)
print(tf.__version__)
