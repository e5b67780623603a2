"""A data file that is cut or altered, at any place, is read or is one line that names it."""

import gzip
import io

import numpy as np
import pandas
import pytest
import torch
from counterpoise.methods import data
from counterpoise.methods.data import Part, Source, assemble, load
from counterpoise.methods.data.places import decoding
from counterpoise.theory.foundation.validation import InputError
from PIL import Image
from scipy.io import savemat

RANDOM = np.random.default_rng(0)
LABELS = np.repeat([0, 1], 12)
ALTERED = 12  # bits of each file, one after the other


def a_csv(folder):
    frame = pandas.DataFrame(RANDOM.normal(size=(24, 3)), columns=list("abc")).assign(y=LABELS)
    frame.to_csv(folder / "rows.csv", index=False)
    return folder / "rows.csv", {"name": str(folder / "rows.csv"), "label": "y"}


def a_parquet(folder):
    frame = pandas.DataFrame(RANDOM.normal(size=(24, 3)), columns=list("abc")).assign(y=LABELS)
    pytest.importorskip("pyarrow")
    frame.to_parquet(folder / "rows.parquet")
    return folder / "rows.parquet", {"name": str(folder / "rows.parquet"), "label": "y"}


def an_npz(folder):
    np.savez(folder / "rows.npz", X=RANDOM.normal(size=(24, 3)), y=LABELS)
    return folder / "rows.npz", {"name": str(folder / "rows.npz")}


def packed_npz(folder):
    np.savez_compressed(folder / "rows.npz", X=RANDOM.normal(size=(24, 3)), y=LABELS)
    return folder / "rows.npz", {"name": str(folder / "rows.npz")}


def a_mat(folder):
    stored = {"X": RANDOM.normal(size=(24, 3)), "Y": LABELS[:, None]}
    savemat(folder / "rows.mat", stored, do_compression=True)
    return folder / "rows.mat", {"name": str(folder / "rows.mat")}


def jpegs_in_npz(folder):
    file = io.BytesIO()
    Image.fromarray(RANDOM.integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(file, "JPEG")
    stored = {"class_names": np.array(["a", "b"])}
    for part in ("train", "test"):
        stored[f"{part}_jpeg"] = np.frombuffer(file.getvalue() * 24, dtype=np.uint8)
        stored[f"{part}_offsets"] = len(file.getvalue()) * np.arange(25, dtype=np.int32)
        stored[f"{part}_labels"] = LABELS.astype(np.uint8)
    np.savez(folder / "cifar10_jpeg.npz", **stored)
    return folder / "cifar10_jpeg.npz", {"name": "cifar10-jpeg", "data_dir": folder}


def grey_files(folder, which="labels-idx1", packed=False):
    raw = folder / "MNIST/raw"
    raw.mkdir(parents=True)
    for part in ("train", "t10k"):
        for name, values in (
            ("images-idx3", RANDOM.integers(0, 256, (30, 28, 28))),
            ("labels-idx1", np.arange(30) % 10),
        ):
            head = bytes([0, 0, 8, values.ndim])
            shape = np.array(values.shape, dtype=">i4").tobytes()
            content = head + shape + values.astype(np.uint8).tobytes()
            path = raw / f"{part}-{name}-ubyte{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(content) if packed else content)
    chosen = raw / f"train-{which}-ubyte{'.gz' if packed else ''}"
    return chosen, {"name": "mnist", "data_dir": folder}


def grey_images(folder):
    return grey_files(folder, "images-idx3")


def grey_packed(folder):
    return grey_files(folder, packed=True)


def pictures(folder, suffix="png"):
    for label in "ab":
        place = folder / "pictures" / label
        place.mkdir(parents=True)
        for number in range(4):
            pixels = RANDOM.integers(0, 256, (8, 8, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(place / f"{number}.{suffix}")
    return folder / "pictures/a" / f"0.{suffix}", {"name": str(folder / "pictures")}


def photographs(folder):
    return pictures(folder, "jpg")


KINDS = [a_csv, a_parquet, an_npz, packed_npz, a_mat, jpegs_in_npz, grey_files, grey_images,
         grey_packed, pictures, photographs]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("write", KINDS)
def test_a_file_that_is_cut_or_altered_is_read_or_named(tmp_path, write):
    file, how = write(tmp_path)
    whole = file.read_bytes()
    assert load(**how, imbalance_factor=1).class_counts.sum() > 0
    damaged = [whole[: int(len(whole) * share)] for share in (0, 0.02, 0.3, 0.9)]
    damaged += [b"\0" * len(whole), b"\x89PNG" + whole]
    for place in RANDOM.integers(0, len(whole), ALTERED):
        altered = bytearray(whole)
        altered[place] ^= 1 << RANDOM.integers(8)
        damaged.append(bytes(altered))
    said = []
    for content in damaged:
        file.write_bytes(content)
        data._source.cache_clear()  # what is read is kept
        try:
            load(**how, imbalance_factor=1)
        except InputError as error:
            said.append(str(error))
    assert len(said) >= 3
    for line in said:
        assert "\n" not in line
        # numbers that were altered may be no class's, and then it is the data set that is named
        assert any(word in line for word in (file.name, file.stem, "MNIST", "pictures")), line


def test_labels_beyond_the_classes_are_refused():
    part = Part(torch.tensor([0, 1, 7]), torch.eye(3).__getitem__)
    with pytest.raises(InputError, match="training labels go from 0 to 7, and there are 2 classes"):
        assemble(Source("odd", ("a", "b"), part, part), "odd")


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        ({"X_test": np.ones((2, 3))}, "y_test"),
        ({"X_test": np.ones((2, 3)), "y_test": [0, 5]}, "y_test holds 5, y does not"),
        ({"X_test": np.ones((2, 4)), "y_test": [0, 1]}, r"X_test has shape \(2, 4\)"),
        ({"X_test": np.ones((2, 3)), "y_test": [0, 1, 1]}, "for 3 labels"),
    ],
)
def test_a_test_set_that_does_not_belong_to_its_rows_is_refused(tmp_path, stored, message):
    np.savez(tmp_path / "rows.npz", X=np.ones((24, 3)), y=LABELS, **stored)
    with pytest.raises(InputError, match=message):
        load(str(tmp_path / "rows.npz"))


def test_arrays_of_other_names_are_refused_with_those_that_are_meant(tmp_path):
    np.savez(tmp_path / "rows.npz", x_train=np.ones((24, 3)), y_train=LABELS)
    with pytest.raises(InputError, match=r"no array 'X' among x_train, y_train: must hold .* as y"):
        load(str(tmp_path / "rows.npz"))


def test_what_a_decoder_says_is_one_line():
    for error in (EOFError(), ValueError("one\ntwo"), OSError(5, "Input/output error")):
        with pytest.raises(InputError, match=r"file\.bin") as caught, decoding("file.bin", "row 3"):
            raise error
        assert "\n" not in str(caught.value)
