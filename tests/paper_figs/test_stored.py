"""Stored evidence is what was trained, and its page is computed from it."""

import gzip
import json
import shutil

import pytest
from counterpoise.methods.predicting import predict_recipe
from counterpoise.methods.results import provenance
from counterpoise.methods.results.prediction_file import write_predictions
from counterpoise.methods.training import Recipe, load_results, run
from counterpoise.paper_figs.effects import AGAIN
from counterpoise.paper_figs.evidence import load_evidence
from counterpoise.paper_figs.foretold import ledger_table
from counterpoise.paper_figs.results_page import methods_table, results_page
from counterpoise.paper_figs.stored import FOLDER, store
from counterpoise.theory.foundation.validation import InputError

TINY = Recipe(methods=("ce", "la", "ce+la"), seeds=2, epochs=2)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    ran, kept = tmp_path_factory.mktemp("ran"), tmp_path_factory.mktemp("kept")
    write_predictions(ran, predict_recipe(TINY))
    run(TINY, ran)
    store(ran, kept / "digits")
    return ran, kept


def test_what_is_stored_is_what_was_measured(folders):
    ran, kept = folders
    place = kept / "digits"
    assert load_results(place) == load_results(ran)
    assert load_evidence(place).training == load_results(ran)
    assert ledger_table(place, True) == ledger_table(ran, True)
    packed = (place / "results.json.gz").read_bytes()
    assert gzip.decompress(packed) == (ran / "results.json").read_bytes()
    store(ran, place)
    assert (place / "results.json.gz").read_bytes() == packed
    assert json.loads((place / "environment.json").read_text())["versions"]["torch"]


def test_it_names_what_trained_it_not_what_stores_it(folders, tmp_path, monkeypatch):
    ran, _ = folders
    trained = json.loads((ran / "environment.json").read_text())
    monkeypatch.setattr(provenance, "commit", lambda: "another")
    store(ran, tmp_path / "a")
    kept = json.loads((tmp_path / "a" / "environment.json").read_text())
    assert kept == trained | {"members": 6}
    run(TINY, ran, resume=True)
    run(TINY, ran, resume=True)
    resumed = json.loads((ran / "environment.json").read_text())
    assert resumed == trained | {"resumed": [trained | {"commit": "another"}]}
    shutil.copytree(ran, tmp_path / "b")
    (tmp_path / "b" / "environment.json").unlink()
    with pytest.raises(InputError, match=r"environment\.json is missing"):
        store(tmp_path / "b", tmp_path / "c")


def test_damage_and_another_prediction_are_refused(folders, tmp_path):
    ran, _ = folders
    store(ran, tmp_path / "a")
    path = tmp_path / "a" / "results.json.gz"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="cannot be unpacked"):
        load_results(tmp_path / "a")
    other = Recipe(methods=("ce",), seeds=1, epochs=1)
    write_predictions(tmp_path / "b", predict_recipe(other))
    with pytest.raises(InputError, match="another prediction"):
        store(ran, tmp_path / "b")


def test_the_page_counts_what_the_ledger_counts(folders):
    ran, kept = folders
    page = results_page(kept)
    total = ledger_table(ran, form="markdown").splitlines()[-1]
    assert total.startswith("| all | ")
    assert total in page
    row = next(row for row in load_results(ran).summary if row.method == "la")
    assert f"| `la` | 2 | {100 * row.balanced_accuracy:.1f} ±" in page


def test_the_page_of_this_project_is_written_from_its_results():
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == results_page()


PLACES = sorted(p.name for p in FOLDER.iterdir() if p.is_dir() and p.name != AGAIN)


@pytest.mark.parametrize("place", PLACES)
def test_every_stored_result_was_foretold(place):
    """And a prediction without results is one whose training is to come."""
    folder = FOLDER / place
    if (folder / "results.json.gz").exists():
        assert load_results(folder).prediction_sha256 is not None
    else:
        assert [path.name for path in folder.iterdir()] == ["prediction.json"]


def test_the_table_of_the_readme_is_that_of_the_stored_digits():
    """And its command is the one that made them: the default recipe."""
    results = load_results(FOLDER / "digits")
    assert results.recipe == Recipe().to_dict()
    readme = (FOLDER.parents[1] / "README.md").read_text(encoding="utf-8")
    assert methods_table(results) in readme
