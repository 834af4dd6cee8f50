"""What Keras 2 names otherwise: the makers of whole networks also run in tf.keras."""

import keras
import numpy as np

IS_KERAS_3 = keras.__version__.startswith("3.")

if IS_KERAS_3:
    from keras import ops
    from keras.tree import flatten
else:
    import tensorflow as tf

    flatten = tf.nest.flatten

    class ops:
        """The operations that the files of this folder need outside models."""

        cast, sum = tf.cast, tf.reduce_sum
        convert_to_numpy, convert_to_tensor = np.asarray, tf.convert_to_tensor  # of sparse rows too


def value_of(variable):
    """What the backend's gradients take."""
    return variable.value if IS_KERAS_3 else variable


def path_of(variable):
    return getattr(variable, "path", variable.name)
