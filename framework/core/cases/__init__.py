"""Labelled cases: tables, streams, pictures; and which of them train, validate and test."""
