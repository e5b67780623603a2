"""Readers on small files of the same formats: what is read, what is missing, what is damaged."""

import gzip
import io
import pickle
import struct

import numpy as np
import pytest
import torch
from counterpoise.methods.data import DATASETS, load
from counterpoise.methods.data.cifar import read_cifar10, read_cifar10_jpeg
from counterpoise.methods.data.folders import read_folder, read_listed
from counterpoise.methods.data.grey import read_fashion_mnist, read_fashion_tops, read_mnist
from counterpoise.methods.data.places import VARIABLE
from counterpoise.methods.data.set_apart import set_apart
from counterpoise.methods.data.tables import read_rows, read_shuttle, read_table
from counterpoise.theory.foundation.validation import InputError
from PIL import Image
from scipy.io import savemat

RANDOM = np.random.default_rng(0)


def idx(values):
    """An IDX file of unsigned bytes."""
    head = struct.pack(">BBBB", 0, 0, 8, values.ndim)
    return head + struct.pack(f">{values.ndim}i", *values.shape) + values.tobytes()


def write_grey(folder, packed, size=30):
    raw = folder / "raw"
    raw.mkdir(parents=True)
    stored = {}
    for part in ("train", "t10k"):
        images = RANDOM.integers(0, 256, (size, 28, 28), dtype=np.uint8)
        labels = np.arange(size, dtype=np.uint8) % 10
        for name, values in (("images-idx3", images), ("labels-idx1", labels)):
            data = idx(values)
            path = raw / f"{part}-{name}-ubyte{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(data) if packed else data)
        stored[part] = images, labels
    return stored


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("read", "name"), [(read_mnist, "MNIST"), (read_fashion_mnist, "FashionMNIST")]
)
def test_grey_images_are_those_of_the_file(tmp_path, packed, read, name):
    stored = write_grey(tmp_path / name, packed)
    source = read(tmp_path)
    for part, (images, labels) in zip((source.train, source.test), stored.values(), strict=True):
        assert part.labels.tolist() == labels.tolist()
        assert torch.equal(
            part.read(torch.tensor([3, 0])), torch.from_numpy(images[[3, 0]])[:, None]
        )


def test_two_classes_of_fashion_mnist_are_theirs(tmp_path):
    stored = write_grey(tmp_path / "FashionMNIST", packed=False)
    source = read_fashion_tops(tmp_path)
    assert source.class_names == ("T-shirt/top", "Shirt")
    for part, (images, labels) in zip((source.train, source.test), stored.values(), strict=True):
        assert part.labels.tolist() == [0, 0, 0, 1, 1, 1]
        wanted = np.concatenate([images[labels == 0], images[labels == 6]])
        assert torch.equal(part.read(torch.arange(6)), torch.from_numpy(wanted)[:, None])


@pytest.mark.parametrize("keep", [3, 200])
def test_a_grey_file_that_is_cut_is_refused(tmp_path, keep):
    write_grey(tmp_path / "MNIST", packed=True)
    path = tmp_path / "MNIST/raw/train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match="train-images-idx3-ubyte is damaged"):
        read_mnist(tmp_path)


def test_a_grey_file_that_is_missing_is_named(tmp_path):
    write_grey(tmp_path / "MNIST", packed=True)
    (tmp_path / "MNIST/raw/t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(InputError, match="t10k-labels-idx1-ubyte is missing"):
        read_mnist(tmp_path)


def jpeg(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=95)
    return file.getvalue()


def write_jpeg(folder, size=20):
    stored, arrays = {"class_names": np.array(list("abcdefghij"))}, {}
    for part in ("train", "test"):
        images = np.repeat(RANDOM.integers(0, 256, (size, 1, 1, 3), dtype=np.uint8), 32, 1).repeat(
            32, 2
        )
        files = [jpeg(image) for image in images]
        stored[f"{part}_jpeg"] = np.frombuffer(b"".join(files), dtype=np.uint8)
        stored[f"{part}_offsets"] = np.cumsum([0, *map(len, files)]).astype(np.int32)
        stored[f"{part}_labels"] = (np.arange(size) % 10).astype(np.uint8)
        arrays[part] = images
    np.savez(folder / "cifar10_jpeg.npz", **stored)
    return arrays


def test_images_stored_as_jpeg_are_decoded(tmp_path):
    arrays = write_jpeg(tmp_path)
    source = read_cifar10_jpeg(tmp_path)
    found = source.train.read(torch.tensor([7, 2]))
    assert found.shape == (2, 3, 32, 32)
    expected = torch.from_numpy(arrays["train"][[7, 2]]).permute(0, 3, 1, 2)
    assert (found.int() - expected.int()).abs().max() <= 3
    assert "JPEG copy" in source.title


def test_a_jpeg_file_without_a_key_is_refused(tmp_path):
    np.savez(tmp_path / "cifar10_jpeg.npz", train_labels=np.zeros(3, np.uint8))
    with pytest.raises(InputError, match=r"cifar10_jpeg.npz is damaged"):
        read_cifar10_jpeg(tmp_path)


def test_the_original_files_are_checked_against_their_sums(tmp_path):
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    for name in [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch", "batches.meta"]:
        (folder / name).write_bytes(
            pickle.dumps({"data": np.zeros((1, 3072), np.uint8), "labels": [0]})
        )
    with pytest.raises(InputError, match="damaged or incomplete"):
        read_cifar10(tmp_path)


@pytest.mark.parametrize("name", sorted(DATASETS.keys() - {"digits", "trees"}))
def test_data_that_are_missing_say_where_they_would_be(tmp_path, name, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(InputError, match=name) as error:
        load(name)
    assert str(tmp_path) in str(error.value)
    assert "--data-dir" in str(error.value)
    assert VARIABLE in str(error.value)


def write_images(folder, classes, size=(9, 7), count=4, mode="RGB"):
    for name in classes:
        (folder / name).mkdir(parents=True)
        for number in range(count):
            shape = (size[1], size[0], 3) if mode == "RGB" else (size[1], size[0])
            image = RANDOM.integers(0, 256, shape, dtype=np.uint8)
            Image.fromarray(image).save(folder / name / f"{number}.png")


def test_a_folder_of_images_is_read_as_it_stands(tmp_path):
    write_images(tmp_path / "train", "ab")
    write_images(tmp_path / "test", "ab", count=2)
    source = read_folder(tmp_path)
    assert source.class_names == ("a", "b")
    assert source.train.labels.tolist() == [0] * 4 + [1] * 4
    assert source.test.labels.tolist() == [0] * 2 + [1] * 2
    expected = np.asarray(Image.open(tmp_path / "train/b/1.png"))
    assert torch.equal(
        source.train.read(torch.tensor([5]))[0], torch.from_numpy(expected).permute(2, 0, 1)
    )


def test_a_folder_without_test_images_is_split_by_class(tmp_path):
    write_images(tmp_path, "abc", count=8, mode="L")
    source = read_folder(tmp_path)
    assert torch.bincount(source.train.labels).tolist() == [6] * 3
    assert torch.bincount(source.test.labels).tolist() == [2] * 3
    assert source.train.read(torch.tensor([0])).shape == (1, 1, 7, 9)


def test_a_class_that_is_only_tested_is_named(tmp_path):
    write_images(tmp_path / "train", "ab")
    write_images(tmp_path / "test", "abc")
    with pytest.raises(InputError, match="class 'c' is in one of train and test only"):
        read_folder(tmp_path)


def write_lists(folder):
    write_images(folder / "imagenet-lt" / "train", ["x", "y"], count=3)
    lines = [f"train/{name}/{i}.png {label}" for label, name in enumerate("xy") for i in range(3)]
    for name in ("ImageNet_LT_train.txt", "ImageNet_LT_test.txt"):
        (folder / "imagenet-lt" / name).write_text("\n".join(lines))


def test_listed_images_are_scaled_and_counted(tmp_path):
    write_lists(tmp_path)
    source = read_listed("imagenet-lt", tmp_path, size=16, check=False)
    assert source.train.labels.tolist() == [0] * 3 + [1] * 3
    assert source.train.read(torch.tensor([4])).shape == (1, 3, 16, 16)
    with pytest.raises(InputError, match="2 classes, 6 training and 6 test images; the published"):
        read_listed("imagenet-lt", tmp_path)


def test_a_list_that_is_none_is_refused_by_its_line(tmp_path):
    write_lists(tmp_path)
    (tmp_path / "imagenet-lt/ImageNet_LT_test.txt").write_text("train/x/0.png 0\nbroken\n")
    with pytest.raises(InputError, match="line 2: 'broken'"):
        read_listed("imagenet-lt", tmp_path, check=False)


def test_a_listed_image_that_is_missing_is_named(tmp_path):
    write_lists(tmp_path)
    source = read_listed("imagenet-lt", tmp_path, size=16, check=False)
    (tmp_path / "imagenet-lt/train/y/1.png").unlink()
    with pytest.raises(InputError, match=r"1\.png cannot be read"):
        source.train.read(torch.tensor([4]))


def write_table(path, rows=40):
    import pandas

    labels = np.array(["no", "yes"])[(np.arange(rows) % 5 == 0).astype(int)]
    table = pandas.DataFrame(
        {
            "age": RANDOM.normal(50, 9, rows),
            "town": np.array(list("pq"))[np.arange(rows) % 2],
            "y": labels,
        }
    )
    table.to_csv(path, index=False)
    return table


def test_a_table_is_split_by_class_and_standardised(tmp_path):
    write_table(tmp_path / "t.csv")
    source = read_table(tmp_path / "t.csv", "y")
    assert source.class_names == ("no", "yes")
    assert torch.bincount(source.train.labels).tolist() == [24, 6]
    assert torch.bincount(source.test.labels).tolist() == [8, 2]
    rows = source.train.read(torch.arange(30))
    assert rows.shape == (30, 3)
    torch.testing.assert_close(rows.mean(dim=0), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(rows.std(dim=0, correction=0), torch.ones(3), atol=1e-5, rtol=0)


def test_a_table_needs_a_label_and_finite_numbers(tmp_path):
    table = write_table(tmp_path / "t.csv")
    with pytest.raises(InputError, match="--label"):
        read_table(tmp_path / "t.csv")
    with pytest.raises(InputError, match=r"unknown column of t\.csv"):
        read_table(tmp_path / "t.csv", "z")
    table.loc[3, "age"] = np.nan
    table.to_csv(tmp_path / "t.csv")
    with pytest.raises(InputError, match="row 3 holds nan"):
        read_table(tmp_path / "t.csv", "y")


def test_arrays_with_a_test_part_are_not_split(tmp_path):
    images = RANDOM.integers(0, 256, (12, 6, 5, 3), dtype=np.uint8)
    labels = np.repeat([3, 7], 6)
    np.savez(tmp_path / "mine.npz", X=images, y=labels, X_test=images[::3], y_test=labels[::3])
    source = read_table(tmp_path / "mine.npz")
    assert source.class_names == ("3", "7")
    assert source.train.labels.tolist() == [0] * 6 + [1] * 6
    assert source.test.labels.tolist() == [0, 0, 1, 1]
    assert torch.equal(
        source.train.read(torch.tensor([2]))[0], torch.from_numpy(images[2]).permute(2, 0, 1)
    )


def test_rows_of_a_matlab_file_are_read_as_they_are(tmp_path):
    rows, labels = RANDOM.integers(0, 99, (9, 4), dtype=np.uint8), np.array([2, 7, 7] * 3)
    savemat(tmp_path / "mine.mat", {"X": rows, "Y": labels[:, None], "kind": labels})
    found, codes, names = read_rows(tmp_path / "mine.mat")
    np.testing.assert_array_equal(found, rows)
    assert codes.tolist() == [0, 1, 1] * 3
    assert names == ("2", "7")
    assert read_table(tmp_path / "mine.mat").class_names == ("2", "7")
    assert read_rows(tmp_path / "mine.mat", "kind")[1].tolist() == codes.tolist()
    np.savez(tmp_path / "mine.npz", X=rows, y=labels)
    np.testing.assert_array_equal(read_rows(tmp_path / "mine.npz")[0], rows)
    with pytest.raises(InputError, match="'y'"):
        read_rows(tmp_path / "mine.mat", "y")
    with pytest.raises(InputError, match="unknown kind of table"):
        read_rows(tmp_path / "mine.txt")
    with pytest.raises(InputError, match="cannot be read"):
        read_rows(tmp_path / "other.mat")


def test_a_class_of_one_example_cannot_be_split(tmp_path):
    np.savez(tmp_path / "mine.npz", X=np.ones((4, 2)), y=[0, 0, 0, 1])
    with pytest.raises(InputError, match="class '1' has 1 example"):
        read_table(tmp_path / "mine.npz")


def test_shuttle_keeps_its_tail(tmp_path):
    counts = [400, 80, 30, 8, 5, 4, 4]
    labels = np.repeat(np.arange(7), counts).astype(np.uint8)
    rows = RANDOM.integers(-50, 50, (len(labels), 9)).astype(np.int16)
    np.savez(tmp_path / "shuttle.npz", X=rows, y=labels, class_names=np.array(list("abcdefg")))
    source = read_shuttle(tmp_path)
    data = load("shuttle", data_dir=tmp_path, validation=5)
    kept = torch.bincount(source.train.labels)
    assert torch.equal(data.class_counts + torch.bincount(data.validation.labels), kept)
    assert data.validation.labels.bincount().tolist() == [5, 5, 4, 1, 1, 1, 1]


@pytest.mark.parametrize("name", ["no_such.csv", "./nowhere", "folder/of/mine"])
def test_a_path_that_is_not_there_is_named(name):
    with pytest.raises(InputError, match="there is no such file or folder"):
        load(name)


def test_a_grey_image_of_sixteen_bits_keeps_its_shades(tmp_path):
    shades = np.linspace(0, 65535, 63).astype(np.uint16).reshape(7, 9)
    for name in "ab":
        (tmp_path / "train" / name).mkdir(parents=True)
        for number in range(4):
            Image.fromarray(shades).save(tmp_path / "train" / name / f"{number}.png")
    source = read_folder(tmp_path)
    found = source.train.read(torch.tensor([0]))[0, 0]
    assert torch.equal(found, torch.from_numpy(shades // 256).to(torch.uint8))


def test_colour_among_grey_images_is_named(tmp_path):
    write_images(tmp_path, "ab", mode="L")
    Image.fromarray(np.zeros((7, 9, 3), np.uint8)).save(tmp_path / "b" / "1.png")
    source = read_folder(tmp_path)
    where = source.train if str(tmp_path / "b/1.png") in source.train.read.files else source.test
    with pytest.raises(InputError, match=r"1\.png is in colour \(RGB\), the first image is grey"):
        where.read(torch.arange(len(where.labels)))


@pytest.mark.parametrize(
    "counts", [(80, 30, 8, 2), (30, 2), (2, 2, 2, 2, 2), (5, 3), (45, 1000, 2)]
)
def test_every_class_is_trained_and_tested_on_where_no_test_part_is_given(counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    train, test = set_apart(labels, [str(y) for y in range(len(counts))], "mine")
    assert sorted([*train, *test]) == list(range(len(labels)))
    for part in (train, test):
        assert np.bincount(labels[part], minlength=len(counts)).min() >= 1
    share = np.bincount(labels[test], minlength=len(counts)) / counts
    assert all(abs(share[y] * n - n / 4) <= 1 for y, n in enumerate(counts))
    again = set_apart(labels, [str(y) for y in range(len(counts))], "mine")
    assert all(map(np.array_equal, (train, test), again))


def test_one_class_is_none_to_tell_apart(tmp_path):
    (tmp_path / "t.csv").write_text("a,y\n1,x\n2,x\n3,x\n")
    with pytest.raises(InputError, match="there is one class, 'x'"):
        read_table(tmp_path / "t.csv", "y")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("y\nhare\nfox\n", "2 rows and 0 columns beside the label"),
        ("a,b,y\n", "0 rows and 2 columns"),
        ("a,b,y\n1,p,hare\n2,,fox\n", "row 1 holds nothing in column 'b'"),
        ("a,b,y\n1,3,hare\n2,?,fox\n3,5,fox\n", "row 1 holds '\\?' in column 'b'"),
        ("a,y\n1,hare\n2,NA\n", "row 1 has no label in column 'y'"),
    ],
)
def test_a_table_with_a_hole_or_a_stray_word_is_refused_by_its_place(tmp_path, text, message):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_table(tmp_path / "t.csv", "y")


@pytest.mark.parametrize(
    ("values", "kind"), [(np.arange(8).astype("datetime64[D]"), "datetime64"), ([[1]] * 8, "mixed")]
)
def test_a_column_that_is_neither_numbers_nor_words_is_named(tmp_path, values, kind):
    import pandas

    frame = pandas.DataFrame({"a": range(8), "when": list(values), "y": ["fox", "hare"] * 4})
    frame.to_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError, match=f"column 'when' holds values of kind {kind}"):
        read_table(tmp_path / "t.parquet", "y")


def test_columns_of_truth_values_and_names_with_spaces_are_read(tmp_path):
    lines = [f"{i % 3},{i % 2 == 0},{'fox' if i % 4 else 'hare'}" for i in range(16)]
    (tmp_path / "t.csv").write_text("\n".join(["a, seen, y", *lines]))
    source = read_table(tmp_path / "t.csv", "y")
    assert source.class_names == ("fox", "hare")
    assert source.train.read(torch.arange(12)).shape == (12, 2)


def test_a_file_that_changes_is_read_again(tmp_path):
    path = tmp_path / "mine.npz"
    np.savez(path, X=RANDOM.normal(size=(40, 3)), y=np.arange(40) % 2)
    assert len(load(str(path)).train_labels) == 30
    np.savez(path, X=RANDOM.normal(size=(80, 3)), y=np.arange(80) % 2)
    assert len(load(str(path)).train_labels) == 60
    path.write_bytes(b"junk")
    with pytest.raises(InputError, match="damaged"):
        load(str(path))


def test_a_folder_beside_is_named_without_a_slash(tmp_path, monkeypatch):
    write_images(tmp_path / "mine", "ab", count=8)
    monkeypatch.chdir(tmp_path)
    assert load("mine").class_names == ("a", "b")


def test_without_its_extra_parquet_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    monkeypatch.setattr("counterpoise.methods.data.tables.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"\.\[parquet\]"):
        read_table(tmp_path / "t.parquet", "y")
