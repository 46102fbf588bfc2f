import pytest

from framework import Source
from framework.core.errors import DataError


def test_a_source_names_the_columns_that_are_no_features():
    assert Source("cases", target="late").columns_beside == ("late",)
    assert Source("cases", target="late", groups="customer").columns_beside == ("late", "customer")


def test_a_source_is_a_path_or_a_function():
    with pytest.raises(DataError, match=r"expected a path, or a function .* received list"):
        Source([1, 2], target="y")
