"""Real Keras on TensorFlow with one thread, asked by bench/contestants/keras.ts: a request and an answer are a line of
JSON each. A subject is a network and its inputs, which lie in files of 32-bit floats.
"""

import json
import os
import sys
import time

os.environ.update(TF_CPP_MIN_LOG_LEVEL='3', KERAS_BACKEND='tensorflow', CUDA_VISIBLE_DEVICES='-1', OMP_NUM_THREADS='1')
answers = os.dup(1)
os.dup2(2, 1)  # what libraries print must not stand between the answers
import keras
import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)


def values(file, shape):
    return np.fromfile(file, '<f4').reshape(shape)


def seconds(run, count):
    start = time.perf_counter()
    for _ in range(count):
        run()
    return (time.perf_counter() - start) / count


def prediction(model, x):
    """The fastest of the ways that TensorFlow has: a graph, a graph compiled by XLA."""
    graphs = [tf.function(lambda x: model(x, training=False), jit_compile=jit) for jit in (False, True)]
    inputs = tf.constant(x)
    runs = [lambda graph=graph: graph(inputs).numpy() for graph in graphs]
    for run in runs:
        seconds(run, 3)
    return min(runs, key=lambda run: min(seconds(run, 3) for _ in range(3)))


def application(name, file, input):
    """Makes a network of keras.applications with random weights and saves it."""
    keras.utils.set_random_seed(1)
    model = getattr(keras.applications, name)(weights=None)
    model.save(file)
    return prediction(model, values(input, [1, *model.input_shape[1:]]))


def training(file, x, y, batch):
    """A compiled model of a file: each run is a step, and gives the loss."""
    model = keras.models.load_model(file)
    shape, classes = model.input_shape[1:], model.output_shape[-1]
    inputs, labels = values(x, [batch, *shape]), values(y, [batch, classes])

    def step():
        loss = model.train_on_batch(inputs, labels)
        model.reset_metrics()  # else it is the mean over the steps so far
        return np.asarray(loss, 'float32')

    return step


subjects = {}
for line in sys.stdin:
    request = json.loads(line)
    answer = {}
    if 'application' in request:
        subjects[request['id']] = application(request['application'], request['file'], request['input'])
    elif 'training' in request:
        subjects[request['id']] = training(request['training'], request['x'], request['y'], request['batch'])
    elif 'runs' in request:
        seconds(subjects[request['id']], request['runs'])
    elif 'read' in request:
        answer['values'] = subjects[request['id']]().astype(float).ravel().tolist()
    elif 'dispose' in request:
        del subjects[request['id']]
    else:
        answer['versions'] = {'keras': keras.__version__, 'tensorflow': tf.__version__}
    os.write(answers, (json.dumps(answer) + '\n').encode())
