"""The common way to serve a Keras model, for comparison: Flask, and model.predict per request.

python bench/flask_predict.py MODEL.keras PORT
"""

import sys

import keras
import numpy as np
from flask import Flask, request
from werkzeug.serving import WSGIRequestHandler

model = keras.saving.load_model(sys.argv[1])
app = Flask(__name__)


@app.get("/ping")
def ping():
    return {"status": "ready"}


@app.post("/invocations")
def invocations():
    X = np.array(request.get_json()["instances"])
    return {"predictions": model.predict(X, verbose=0).tolist()}


model.predict(np.zeros((1, *model.input_shape[1:])), verbose=0)
WSGIRequestHandler.protocol_version = "HTTP/1.1"  # connections are kept alive, as by fw serve
app.run(port=int(sys.argv[2]), threaded=True)
