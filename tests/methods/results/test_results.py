"""Results of training as files: exact there and back, and one clear error for what is none of ours."""

import json
import re
from copy import deepcopy
from dataclasses import replace

import pytest
from counterpoise.methods.results.run_results import read_member, recipe_digest, write_member
from counterpoise.methods.training import (
    History,
    MemberResult,
    MethodSummary,
    RunResults,
    load_results,
    write_results,
)
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from result_strategies import run_results

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def member(method, seed):
    return MemberResult(
        method=method,
        seed=seed,
        class_accuracy=(0.9, 0.1 + 0.2),  # 0.30000000000000004
        balanced_accuracy=0.6,
        many=None,
        medium=1.0,
        few=1e-300,
        history=History((1, 2), (2.5, 0.0), (0.5, 0.6), ((1.0, 1.0), (0.5, 1.5))),
        mean_logits=(-1.0, 1.0),
        mean_margin=(2.0, -0.0),
        min_margin=(1.0, -3.0),
        min_target_probability=(0.5, 5e-324),
        gradient_bound_ratio=None,
        confusion=((9, 1), (7, 3)),
        expected_calibration_error=0.1,
        train_accuracy=(1.0, 0.75),
        bound_terms=(0.25, 1.5),
    )


RESULTS = RunResults(
    recipe={"data": "digits", "imbalance_factor": 100.0, "seeds": 1, "methods": ["ce", "la"]},
    class_counts=(100, 1),
    class_names=("zero", "eins µ"),
    members=(member("ce", 0), member("la", 0)),
    summary=(
        MethodSummary(
            method="la",
            balanced_accuracy=0.6,
            std=None,
            many=None,
            medium=1.0,
            few=0.0,
            difference_to_ce=-0.25,
            interval=(-0.5, 0.0),
        ),
    ),
)


@pytest.fixture
def file(tmp_path):
    write_results(tmp_path, RESULTS)
    return tmp_path / "results.json"


def refused(file, match):
    with pytest.raises(InputError, match=match) as caught:
        load_results(file.parent)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


@given(results=run_results())
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_read_back_to_the_bit(results, tmp_path_factory):
    first, second = (tmp_path_factory.mktemp("results") for _ in range(2))
    write_results(first, results)
    back = load_results(first)
    assert back == results
    assert repr(back) == repr(results), "the sign of zero and the kind of every number as well"
    write_results(second, back)
    assert (first / "results.json").read_bytes() == (second / "results.json").read_bytes()


def test_a_member_is_read_back_for_its_recipe_only(tmp_path):
    path = tmp_path / "member.json"
    write_member(path, RESULTS.members[0], RESULTS.recipe)
    assert read_member(path, RESULTS.recipe) == RESULTS.members[0]
    with pytest.raises(InputError, match=r"member\.json was trained under another recipe"):
        read_member(path, {**RESULTS.recipe, "seeds": 2})


def test_the_digest_of_a_recipe_does_not_depend_on_the_order_of_its_fields():
    turned = dict(reversed(RESULTS.recipe.items()))
    assert recipe_digest(turned) == recipe_digest(RESULTS.recipe)
    assert recipe_digest({**RESULTS.recipe, "seeds": 2}) != recipe_digest(RESULTS.recipe)


def test_files_from_before_the_schema_are_read_and_rewritten_with_it(file, tmp_path):
    whole = file.read_bytes()
    content = json.loads(whole)
    assert content.pop("schema") == 2
    assert content.pop("recipe_sha256") == recipe_digest(RESULTS.recipe)
    file.write_text(json.dumps(content))
    assert load_results(tmp_path) == RESULTS
    write_results(tmp_path, load_results(tmp_path))
    assert file.read_bytes() == whole


def test_files_of_the_first_schema_are_read_without_what_they_lack(file, tmp_path):
    content = json.loads(file.read_bytes())
    new = ("confusion", "expected_calibration_error", "train_accuracy", "bound_terms")
    for written in content["members"]:
        for name in new:
            del written[name]
    file.write_text(json.dumps(content | {"schema": 1}, indent=1))
    read = load_results(tmp_path)
    assert read.members[0] == replace(RESULTS.members[0], **dict.fromkeys(new))
    assert set(read.members[0].per_class()) == {
        "class_accuracy", "mean_logits", "mean_margin", "min_margin", "min_target_probability"
    }  # fmt: skip


def test_lists_of_numbers_stand_on_one_line_whatever_text_is_beside_them(tmp_path):
    names = ("[\n 1,\n 2\n]", "[ 1, 2 ]")
    write_results(tmp_path, replace(RESULTS, class_names=names))
    assert load_results(tmp_path).class_names == names
    text = (tmp_path / "results.json").read_text(encoding="utf-8")
    assert '"confusion": [\n    [9, 1],\n    [7, 3]\n   ]' in text
    assert '"epoch": [1, 2]' in text


def test_the_best_epoch_is_the_first_of_the_largest_accuracy():
    accuracy = (0.25, 0.75, 0.75, 0.5)
    rows = ((1.0, 1.0),) * 4
    assert History((5, 10, 15, 20), accuracy, accuracy, rows).best == (10, 0.75)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("schema",), 3, "has schema 3, and 1 and 2 are those known here"),
        (("recipe_sha256",), "0", "its recipe is not the one it was written with"),
        (("recipe", "seeds"), 9, "its recipe is not the one it was written with"),
        (("recipe", "data"), None, "recipe has data = None"),
        (("recipe",), [1], r"recipe = \[1\]: must be an object"),
        (("surprise",), 1, "it holds 'surprise', which is not known here"),
        (("class_counts",), "10", "class_counts = '10': must be a list"),
        (("class_counts", 0), 1.5, r"class_counts\[0\] = 1.5: must be a whole number"),
        (("class_counts", 0), True, r"class_counts\[0\] = True: must be a number"),
        (("class_names",), ["one"], "class_names and class_counts differ in length"),
        (("class_names", 1), 7, r"class_names\[1\] = 7: must be text"),
        (("members",), [], "results hold no members"),
        (("members", 0, "few"), "x", r"members\[0\]\.few = 'x': must be a number"),
        (("members", 1, "few"), 10**400, "must be a finite number"),
        (("members", 1, "method"), "ce", "members hold ce, seed 0, twice"),
        (("members", 1, "min_margin"), [1.0], "min_margin of la, seed 0, has 1 entries for 2"),
        (("members", 1, "history", "epoch"), [1], "as many points in every column"),
        (("members", 1, "history", "class_weights", 0), [1.0], "class_weights of la, seed 0"),
        (("summary", 0, "interval"), [0.0], r"summary\[0\]\.interval has 1 entries, not 2"),
        (("summary", 0, "method"), "vs", "the summary has 'vs', which no member has"),
        (("schema",), True, "has schema True"),
        (("recipe", "seeds"), True, "recipe has seeds = True: must be a number"),
        (("class_counts", 1), 0, r"class_counts\[1\] = 0: must be at least 1"),
        (("members", 0, "class_accuracy", 1), 1.5, r"accuracy\[1\] = 1.5: must be in \[0, 1\]"),
        (("members", 0, "balanced_accuracy"), -0.5, r"members\[0\]\.balanced_accuracy = -0.5"),
        (("members", 0, "seed"), -1, r"members\[0\]\.seed = -1: must be at least 0"),
        (("members", 0, "history", "epoch"), [2, 1], "epochs in order"),
        (("members", 0, "history", "class_weights", 0, 1), -1.0, r"class_weights\[0\]\[1\] = -1"),
        (("members", 0, "confusion", 1), [1], "confusion of ce, seed 0, has 1 entries for 2"),
        (("members", 0, "confusion"), [[1, 2]], "confusion of ce, seed 0, has 1 entries for 2"),
        (("members", 0, "confusion", 0, 0), -1, r"confusion\[0\]\[0\] = -1: must be at least 0"),
        (("members", 0, "confusion", 0, 0), 0.5, r"confusion\[0\]\[0\] = 0.5: must be a whole"),
        (("members", 0, "train_accuracy"), [1.0], "train_accuracy of ce, seed 0, has 1 entries"),
        (("members", 0, "bound_terms", 1), -0.5, r"bound_terms\[1\] = -0.5: must be at least 0"),
        (("summary", 0, "few"), 1e300, r"summary\[0\]\.few = 1e\+300"),
        (("summary", 0, "std"), -1.0, r"summary\[0\]\.std = -1"),
        (("summary", 0, "interval"), [0.5, -0.5], "ends before it begins"),
    ],
)
def test_a_file_with_a_part_that_is_wrong_is_named_with_the_place(file, place, value, message):
    content = json.loads(file.read_bytes())
    part = content
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    file.write_text(json.dumps(content))
    refused(file, message)


def places(part, place=()):
    """Every place in a JSON value; of a list the first entry stands for all."""
    if not isinstance(part, dict | list):
        return
    for key, value in part.items() if isinstance(part, dict) else enumerate(part[:1]):
        yield (*place, key)
        yield from places(value, (*place, key))


ODD = (None, True, -1, 0, 1.5, "x", "", [], {}, [1], [[1]], {"a": 1}, 1e308, 10**400, [None], "1")


def altered(content, place):
    """The content with each odd value in one place, without that place, doubled, and with more."""
    for odd in (*ODD, "drop", "double", "more"):
        changed = deepcopy(content)
        part = changed
        for key in place[:-1]:
            part = part[key]
        key = place[-1]
        if odd == "drop":
            del part[key]
        elif odd == "double" and isinstance(part, list):
            part.append(part[key])
        elif odd == "more" and isinstance(part[key], dict):
            part[key]["surprise"] = 1
        else:
            part[key] = odd
        yield changed


@pytest.mark.parametrize("headed", [True, False])
def test_every_field_with_every_odd_value_is_read_or_one_error(file, headed):
    content = json.loads(file.read_bytes())
    if not headed:  # as files were before the schema: nothing but the fields says what is wrong
        del content["schema"], content["recipe_sha256"]
    refusals = 0
    for place in list(places(content)):
        for changed in altered(content, place):
            file.write_text(json.dumps(changed), encoding="utf-8")
            said = ""
            try:
                load_results(file.parent)
            except InputError as error:
                said, refusals = str(error), refusals + 1
            assert said == "" or (said.startswith(str(file)) and "\n" not in said)
            assert len(said) < 500
    assert refusals > 300


def test_a_member_of_lists_of_several_lengths_is_refused_by_its_file(tmp_path):
    path = tmp_path / "member.json"
    write_member(path, RESULTS.members[0], RESULTS.recipe)
    content = json.loads(path.read_bytes())
    for name in ("class_accuracy", "mean_logits", "min_margin"):
        path.write_text(json.dumps(content | {name: [0.5]}))
        with pytest.raises(InputError, match=r"member\.json is damaged: \w+ of ce, seed 0, has"):
            read_member(path, RESULTS.recipe)


@pytest.mark.parametrize("name", ["recipe", "class_counts", "class_names", "members", "summary"])
def test_a_file_that_lacks_a_part_is_named_with_it(file, name):
    content = json.loads(file.read_bytes())
    del content[name]
    file.write_text(json.dumps(content))
    refused(file, f"it lacks '{name}'; delete it")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_not_finite_are_refused(file, number):
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"medium": 1.0', f'"medium": {number}'), encoding="utf-8")
    refused(file, "damaged")


def test_a_file_cut_anywhere_is_refused(file):
    whole = file.read_bytes()
    for end in range(0, len(whole.rstrip()), 7):
        file.write_bytes(whole[:end])
        refused(file, "not valid JSON")


def test_a_file_nested_beyond_all_measure_is_refused(file):
    file.write_text("[" * 100_000)
    refused(file, "not valid JSON")


@given(content=JSON)
@settings(max_examples=100, deadline=None)
def test_any_other_json_is_one_error(content, tmp_path_factory):
    file = tmp_path_factory.mktemp("foreign") / "results.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    refused(file, "results.json")


@given(data=st.data(), value=JSON)
@settings(max_examples=150, deadline=None)
def test_any_part_replaced_by_anything_is_read_or_one_error(data, value, tmp_path_factory):
    folder = tmp_path_factory.mktemp("altered")
    write_results(folder, RESULTS)
    content = json.loads((folder / "results.json").read_bytes())
    part, key = content, data.draw(st.sampled_from(sorted(content)))
    while isinstance(part[key], dict | list) and part[key] and data.draw(st.booleans()):
        part = part[key]
        keys = sorted(part) if isinstance(part, dict) else range(len(part))
        key = data.draw(st.sampled_from(keys))
    part[key] = value
    (folder / "results.json").write_text(json.dumps(content), encoding="utf-8")
    try:
        said = repr(load_results(folder))
    except InputError as error:
        said = str(error)
    assert re.match(r"RunResults\(|\S*results\.json ", said)


def test_text_that_is_no_text_is_refused(file):
    file.write_bytes(file.read_bytes().replace(b'"eins', b'"\\ud800eins'))
    refused(file, "not valid JSON")


def test_results_that_are_not_finite_are_not_written(tmp_path):
    broken = replace(RESULTS.members[0], balanced_accuracy=float("nan"))
    with pytest.raises(InputError, match="not finite"):
        write_results(tmp_path, replace(RESULTS, members=(broken, *RESULTS.members[1:])))
    assert not list(tmp_path.iterdir())
