"""Bodies that are an array in .npy format."""

from __future__ import annotations

import warnings
from io import BytesIO
from math import prod
from tokenize import TokenError

import numpy as np

from framework.core.errors import DataError
from framework.core.plain_numbers import is_whole
from framework.core.shown import SHORT, short
from framework.serving.sizes import check_values

NPY_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def read_npy(body: bytes) -> np.ndarray:
    """The array of an .npy file, whose header may promise no more than the body holds.

    Raises
    ------
    DataError
        When it is none, holds what is no number, or too much of it.
    """
    file = BytesIO(body)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of a header as Python 2 wrote it
            version = np.lib.format.read_magic(file)
            shape, fortran_order, dtype = NPY_HEADERS[version](file)
    except (
        UserWarning,
        ValueError,
        KeyError,
        SyntaxError,
        TokenError,
        RecursionError,
        MemoryError,
    ):
        raise DataError("the body is not an array in .npy format, version 1.0 or 2.0") from None
    if dtype.kind not in "fiu":
        raise DataError(f"expected an array of numbers, received one of {str(dtype)[:SHORT]}")
    if not all(is_whole(length) for length in shape):  # True is one to NumPy, and -1 whatever fits
        raise DataError(f"the .npy file has the shape {short(shape)}; expected whole numbers")
    if dtype != np.uint8:
        check_values(prod(shape))
    try:
        flat = np.frombuffer(body, dtype, offset=file.tell())
        values = flat.reshape(shape, order="F" if fortran_order else "C")
    except (ValueError, OverflowError) as error:
        raise DataError(f"the .npy file is not as long as its header says: {error}") from None
    # TensorFlow takes neither foreign byte orders nor every width of a float.
    return values if dtype == np.uint8 else values.astype(np.float64)
