"""Plans beside stored runs: the page is what they give, and the numbers are those of the plan."""

from counterpoise.methods.results.records import read_json
from counterpoise.methods.results.run_results import load_results
from counterpoise.paper_figs.plans import page
from counterpoise.paper_figs.stored import FOLDER


def test_the_page_is_what_the_stored_runs_give():
    assert (FOLDER / page.PAGE).read_text(encoding="utf-8") == page.plan_page()


def test_distances_were_measured_on_the_data_of_the_runs():
    for name, told in read_json(FOLDER / page.SEPARATIONS).items():
        assert tuple(told["class_counts"]) == load_results(FOLDER / name).class_counts
