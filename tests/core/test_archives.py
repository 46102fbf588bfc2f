"""What an archive unfolds to is known before it does."""

import gzip
import io
import tarfile
import zipfile

import pytest

from framework.core.archives import ArchiveError, check_tar, check_zip, unzipped

ZEROS = bytes(30_000_000)


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def test_an_archive_as_they_are(tmp_path):
    check_zip(zipped(tmp_path / "a.zip", [("a.txt", b"text" * 1000), ("b/c.txt", b"")]))
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"text" * 1000))
    assert unzipped(tmp_path / "a.gz") == b"text" * 1000


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([("a", ZEROS)], "would unfold too far (member a from"),
        ([(f"{k}", ZEROS[:7_000_000]) for k in range(5)], "would unfold too far (all of it from"),
        ([("../a", b"x")], "has a member ../a, which leads out of it"),
        ([("/etc/a", b"x")], "which leads out of it"),
        ([(f"{k}", b"") for k in range(20_001)], "has 20,001 members; expected at most 20,000"),
    ],
    ids=["a bomb", "many small ones", "a way up", "a root", "many members"],
)
def test_a_zip_that_means_ill_is_refused_by_its_headers(tmp_path, members, message):
    with pytest.raises(ArchiveError) as error:
        check_zip(zipped(tmp_path / "a.zip", members))
    assert message in str(error.value)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name(tmp_path):
    with pytest.raises(ArchiveError, match="two members of one name"):
        check_zip(zipped(tmp_path / "a.zip", [("a", b"1"), ("a", b"2")]))


def test_what_is_no_zip(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK\x05\x06")
    with pytest.raises(ArchiveError, match="is no zip archive"):
        check_zip(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (gzip.compress(ZEROS), "would unfold to more than"),
        (gzip.compress(b"text")[:-9], "it is cut off"),
        (b"text", "is no gzip file"),
    ],
    ids=["a bomb", "cut off", "text"],
)
def test_a_gzip_that_means_ill(tmp_path, data, message):
    (tmp_path / "a.gz").write_bytes(data)
    with pytest.raises(ArchiveError, match=message):
        unzipped(tmp_path / "a.gz")


def test_a_tar_is_counted_before_it_is_unpacked():
    out = io.BytesIO()
    member = tarfile.TarInfo("a")
    member.size = 2**40
    out.write(member.tobuf())
    out.seek(0)
    with (
        tarfile.open(fileobj=out) as tar,
        pytest.raises(ArchiveError, match="would unfold to more"),
    ):
        check_tar(tar, 512)
