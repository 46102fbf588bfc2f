"""Columns as the rivals' documentation wants them. A column is of numbers, or of text: a category."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

FEW = 5  # levels of fewer cases are one
GAP = "(missing)"


def of_text(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]


def of_numbers(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame if pd.api.types.is_numeric_dtype(frame[name])]


def for_trees(task: Any) -> Any:
    """Categories one-hot, numbers as they are: scikit-learn's trees take gaps."""
    return make_column_transformer(
        (_one_hot(), of_text(task.train)), ("passthrough", of_numbers(task.train))
    )


def for_linear(task: Any) -> Any:
    """Categories one-hot; numbers with the median in gaps, gaps told, and standardised."""
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    return make_column_transformer(
        (_one_hot(), of_text(task.train)), (numbers, of_numbers(task.train))
    )


def _one_hot() -> Any:
    return OneHotEncoder(
        min_frequency=FEW, handle_unknown="infrequent_if_exist", sparse_output=False
    )


def categories(frame: pd.DataFrame, known: pd.DataFrame | None = None) -> pd.DataFrame:
    """Text as pandas categories, with the levels of ``known`` (default: its own)."""
    known = frame if known is None else known
    return frame.assign(
        **{
            name: pd.Categorical(frame[name], sorted(known[name].dropna().unique()))
            for name in of_text(frame)
        }
    )
