"""A model of pictures: they are asked about as the model saw them in training."""

import base64
import io
import json
import threading

import numpy as np
import pytest
from click.testing import CliRunner
from fw_street_signs.renderer import render
from PIL import Image

from framework import load
from framework.cli.main import main
from tests.conftest import changeable_copy
from tests.serving.test_tables import npy


@pytest.fixture(scope="module")
def model(signs_run):
    return load(signs_run, "road safety")


@pytest.fixture(scope="module")
def signs(serve, signs_run):
    return serve(signs_run, model="road safety")


@pytest.fixture(scope="module")
def photos():
    """Five signs (5, 96, 96, 3), larger than what the model takes."""
    small = render(np.array([0, 1, 5, 9, 20]), seed=3)
    return np.stack([np.asarray(Image.fromarray(image).resize((96, 96))) for image in small])


def encoded(pixels, kind="PNG", **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def resized(pixels):
    return np.asarray(Image.fromarray(pixels).resize((32, 32), Image.Resampling.BILINEAR))


def probabilities(response):
    assert response.status == 200, response.data
    return [list(row["probabilities"].values()) for row in response.json()["predictions"]]


def test_png_and_jpeg_are_resized_to_what_the_model_takes(signs, model, photos):
    expected = model.predict_proba(np.stack([resized(image) for image in photos]))
    assert len({tuple(row) for row in expected.round(3)}) == 5
    got = [probabilities(signs.post(encoded(image), "image/png"))[0] for image in photos]
    np.testing.assert_allclose(got, expected, atol=1e-5)
    jpeg = encoded(photos[0], "JPEG", quality=95)
    got = probabilities(signs.post(jpeg, "image/jpeg"))
    seen = resized(np.asarray(Image.open(io.BytesIO(jpeg))))
    np.testing.assert_allclose(got, model.predict_proba(seen[None]), atol=1e-5)


def test_webp_is_taken_as_it_is_decoded_for_training(signs, model, photos):
    lossless = encoded(photos[1], "WEBP", lossless=True)
    expected = model.predict_proba(resized(photos[1])[None])
    np.testing.assert_allclose(
        probabilities(signs.post(lossless, "image/webp")), expected, atol=1e-5
    )


def test_a_photograph_is_turned_as_the_camera_was_held(signs, model, photos):
    exif = Image.Exif()
    exif[0x0112] = 6
    on_its_side = encoded(np.rot90(photos[1]), exif=exif)
    expected = model.predict_proba(resized(photos[1])[None])
    got = probabilities(signs.post(on_its_side, "image/png"))
    np.testing.assert_allclose(got, expected, atol=1e-2)


def test_the_border_that_training_cut_off_is_cut_off(serve, signs_run, model, photos, tmp_path):
    folder = tmp_path / "model"
    changeable_copy(signs_run / "models" / "road-safety", folder)
    signature = json.loads((folder / "signature.json").read_text())
    signature["image_border"] = {"share": 0.1, "pixels": 32, "at_most": 0.5}
    (folder / "signature.json").write_text(json.dumps(signature))
    got = probabilities(serve(folder).post(encoded(photos[0]), "image/png"))
    inner = photos[0][32:64, 32:64]
    np.testing.assert_allclose(got, model.predict_proba(inner[None]), atol=1e-5)


def test_a_grey_or_transparent_picture_is_taken_in_colour(signs):
    pixels = np.full((40, 60), 130, np.uint8)
    grey = signs.post(encoded(pixels), "image/png")
    opaque = np.stack([pixels] * 3 + [np.full_like(pixels, 255)], axis=-1)
    assert probabilities(signs.post(encoded(opaque), "image/png")) == probabilities(grey)


def test_many_pictures_in_one_request_with_a_matrix_of_their_own(signs, model, photos):
    small = np.stack([resized(image) for image in photos])
    labels = list(model.labels)
    matrix = {
        "name": "stop",
        "labels": labels[::-1],
        "costs": (1 - np.eye(28)).tolist(),
        "refer": 0,
    }
    instances = [{"b64": base64.b64encode(encoded(image)).decode()} for image in photos]
    reply = signs.post({"instances": instances, "cost_matrix": matrix}).json()
    assert [row["decision"] for row in reply["predictions"]] == ["refer"] * 5
    by_arrays = [signs.post(small.tolist()), signs.post(npy(small), "application/x-npy")]
    for response in [signs.post(instances), *by_arrays]:
        np.testing.assert_allclose(probabilities(response), model.predict_proba(small), atol=1e-5)
        decisions = [row["decision"] for row in response.json()["predictions"]]
        assert decisions == model.predict(small).tolist()


@pytest.mark.parametrize(
    ("body", "content_type", "status", "message"),
    [
        (b"1,2\n", "text/csv", 415, "expected one of application/json, "),
        (b"no picture", "image/png", 400, "the picture: expected a PNG, received something else"),
        (encoded(np.zeros((9, 9), np.uint8)), "image/jpeg", 400, "expected a JPEG, received some"),
        (
            encoded(np.arange(9999, dtype=np.uint8).reshape(99, 101))[:200],
            "image/png",
            400,
            "cannot be read",
        ),
        (encoded(np.zeros((8000, 8000), bool)), "image/png", 400, "received 8000 x 8000"),
        ([{"b64": "?"}], "application/json", 400, "case 1: "),
        ([{"image": "?"}], "application/json", 400, 'case 1: expected {"b64"'),
        ([[1, 2], [3]], "application/json", 400, "case 1: expected numbers nested as (32, 32, 3)"),
        (
            npy(np.full((1, 32, 32, 3), 0.5)),
            "application/x-npy",
            400,
            "from 0 to 255, received 0.5",
        ),
        (npy(np.zeros((32, 32, 3))), "application/x-npy", 400, "received (32, 3)"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(signs, body, content_type, status, message):
    response = signs.post(body, content_type)
    assert response.status == status
    assert message in response.json()["error"]
    assert "0x" not in response.json()["error"]


def test_ping_answers_while_a_large_batch_is_decided(signs):
    body = npy(np.zeros((8000, 32, 32, 3), np.uint8))
    rows = signs.metric("fw_rows_total")
    batch = threading.Thread(target=signs.post, args=(body, "application/x-npy", "text/csv"))
    batch.start()
    pings = 0
    while batch.is_alive():
        assert signs.get("/ping").status == 200
        pings += 1
    batch.join()
    assert signs.metric("fw_rows_total") == rows + 8000
    assert pings > 3  # not one that waited for the end of the batch


def test_fw_predict_reads_a_folder_of_pictures(signs_run, model, photos, tmp_path):
    for i, image in enumerate(photos):
        (tmp_path / f"{i}.png").write_bytes(encoded(image))
    (tmp_path / "notes.txt").write_text("no picture")
    done = CliRunner().invoke(
        main, ["predict", str(signs_run), str(tmp_path), "--model", "road safety"]
    )
    assert done.exit_code == 0, done.output
    header, *rows = (line.split(",") for line in done.stdout.splitlines())
    assert header[:3] == ["file", "predicted", "p(stop)"]
    decisions = model.predict(np.stack([resized(image) for image in photos]))
    assert [row[:2] for row in rows] == [[f"{i}.png", d] for i, d in enumerate(decisions)]
    done = CliRunner().invoke(main, ["predict", str(signs_run), str(tmp_path / "notes.txt")])
    assert done.exit_code == 2
    assert (
        "notes.txt: expected a picture or a folder of them; or, with --picture COLUMN, a"
        in done.stderr
    )
