"""Archives that mean harm or are damaged: one line, and nothing outside the folder."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.models.archives import MOST_FILES, copy_folder, is_archive_name, model_root, stem, unpack
from box.models.errors import ModelRefused
from tests.models.making import OWN, evil_tar, evil_zip, tarred, zipped


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def into(tmp_path: Path) -> Path:
    folder = tmp_path / "room" / "into"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("top", ["", "vosk-model-x", "a/b"])
def test_a_zip_and_a_tar_of_a_model_unpack_alike(tmp_path: Path, top: str) -> None:
    folder = into(tmp_path)
    unpack(zipped(OWN, tmp_path / "a.zip", top), folder)
    assert files(model_root(folder)) == files(OWN)
    other = tmp_path / "other"
    other.mkdir()
    unpack(tarred(OWN, tmp_path / "a.tar.gz", top or "."), other)
    assert files(model_root(other)) == files(OWN)


def test_the_kind_is_told_by_the_content(tmp_path: Path) -> None:
    folder = into(tmp_path)
    unpack(zipped(OWN, tmp_path / "download-without-a-name"), folder)
    assert files(folder) == files(OWN)


@pytest.mark.parametrize(
    "name", ["../out", "a/../../out", "/tmp/linebox-out", "..\\out", "C:\\out", "a/b/../../../out"]
)
@pytest.mark.parametrize("make", [evil_zip, evil_tar])
def test_nothing_is_written_outside(tmp_path: Path, name: str, make: Callable[[Path, str], Path]) -> None:
    folder = into(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    archive = make(tmp_path / "evil", name)
    with pytest.raises(ModelRefused, match="outside its folder"):
        unpack(archive, folder)
    assert sorted(tmp_path.rglob("*")) == sorted([*before, archive])


@pytest.mark.parametrize(
    ("kind", "link"),
    [(tarfile.SYMTYPE, "/etc/passwd"), (tarfile.LNKTYPE, "../../x"), (tarfile.FIFOTYPE, ""), (tarfile.CHRTYPE, "")],
)
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes, link: str) -> None:
    folder = into(tmp_path)
    with pytest.raises(ModelRefused, match="neither a file nor a folder"):
        unpack(evil_tar(tmp_path / "evil.tar.gz", "am/final.mdl", kind, link), folder)
    with pytest.raises(ModelRefused, match="neither a file nor a folder"):
        unpack(evil_zip(tmp_path / "evil.zip", "am/final.mdl", b"/etc/passwd", mode=0o120777), folder)
    assert files(folder) == {}


def test_a_bomb_is_stopped_while_it_is_written(tmp_path: Path) -> None:
    folder = into(tmp_path)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("am/final.mdl", bytes(50_000_000))
    with pytest.raises(ModelRefused, match="too large"):
        unpack(bomb, folder, most_bytes=5_000_000)
    assert sum(len(content) for content in files(folder).values()) <= 5_000_000


def test_a_bomb_of_names_is_stopped(tmp_path: Path) -> None:
    bomb = tmp_path / "names.tar"
    with tarfile.open(bomb, "w") as file:
        for number in range(MOST_FILES + 1):
            file.addfile(tarfile.TarInfo(f"a{number}"), io.BytesIO())
    with pytest.raises(ModelRefused, match="more than"):
        unpack(bomb, into(tmp_path))


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "twice.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a", "1")
        with pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("a", "2")
    with pytest.raises(ModelRefused, match="twice"):
        unpack(archive, into(tmp_path))


@given(cut=st.floats(0, 0.999), kind=st.sampled_from(["zip", "tar"]))
@settings(deadline=None, max_examples=25)
def test_a_cut_archive_is_one_line(tmp_path_factory: pytest.TempPathFactory, cut: float, kind: str) -> None:
    room = tmp_path_factory.mktemp("cut")
    small = room / "small"
    (small / "am").mkdir(parents=True)
    (small / "am" / "final.mdl").write_bytes(bytes(range(256)) * 200)
    whole = zipped(small, room / "a.zip", "m") if kind == "zip" else tarred(small, room / "a.tar.gz", "m")
    content = whole.read_bytes()
    whole.write_bytes(content[: int(len(content) * cut)])
    with pytest.raises(ModelRefused) as refused:
        unpack(whole, into(room))
    assert "\n" not in str(refused.value)


@given(data=st.binary(max_size=400))
@settings(deadline=None, max_examples=25)
def test_garbage_is_one_line(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    room = tmp_path_factory.mktemp("garbage")
    archive = room / "a.zip"
    archive.write_bytes(b"PK\x03\x04" + data)
    with pytest.raises(ModelRefused):
        unpack(archive, into(room))


def test_a_folder_is_copied_without_links(tmp_path: Path) -> None:
    source, target = tmp_path / "source", into(tmp_path)
    (source / "am").mkdir(parents=True)
    (source / "am" / "final.mdl").write_bytes(b"x" * 1000)
    with pytest.raises(ModelRefused, match="too large"):
        copy_folder(source, target, most_bytes=999)
    (target / "am" / "final.mdl").unlink()
    copy_folder(source, target)
    assert files(target) == files(source)
    (source / "link").symlink_to("/etc/passwd")
    with pytest.raises(ModelRefused, match="a link"):
        copy_folder(source, tmp_path / "more")


def test_names_of_archives() -> None:
    assert [name for name in ("m.zip", "m.ZIP", "m.tar.gz", "m.tgz", "m.rar", "m") if is_archive_name(name)] == [
        *("m.zip", "m.ZIP", "m.tar.gz", "m.tgz")
    ]
    assert stem("vosk-model-small-ru-0.22.zip") == "vosk-model-small-ru-0.22"
    assert stem("m.tar.gz") == "m"
