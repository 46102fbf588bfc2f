"""The forms of bodies and answers, by their media types."""

JSON, JSON_LINES, CSV, NPY = (
    "application/json",
    "application/jsonlines",
    "text/csv",
    "application/x-npy",
)
PARQUET = "application/x-parquet"
# Of the IANA: an Arrow IPC file, and a stream.
ARROW_FILE, ARROW_STREAM = (
    "application/vnd.apache.arrow.file",
    "application/vnd.apache.arrow.stream",
)
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
ANSWERS = (JSON, JSON_LINES, CSV, NPY)
