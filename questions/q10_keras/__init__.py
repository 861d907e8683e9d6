"""The tenth notebook: Keras itself, handed in as lists, arrays and one function of NumPy."""

from questions.q10_keras.explained import keras_grad_cam
from questions.q10_keras.signs import keras_train, keras_transfer
from questions.q10_keras.stated import keras_build

ASSIGNMENT = "10-keras"

#: Keras's own tools of explanation, and ours. Keras can't be imported anyway: see `ADMITS`.
HIDES = ("convbook.explain", "convbook.models")

#: No framework: what was trained elsewhere is read as data, and nothing is trained here.
ADMITS = ("numpy", "matplotlib", "sklearn", "skimage", "scipy")

QUESTIONS = (keras_build, keras_train, keras_transfer, keras_grad_cam)
