"""The figure of a watched training says what its table holds, made up with known answers."""

import numpy as np
import pandas as pd
import pytest
from counterpoise.methods.watching.class_rows import COLUMNS
from counterpoise.paper_figs import Evidence, bound_watch, draw_all
from counterpoise.theory.foundation.validation import InputError

COUNTS = [500, 250, 100, 40, 20, 10]


def table(method="density-ratio", moving=1.0, seed=0):
    """Weights fall in the two frequent classes and rise in the two rare ones; B' rises in all of them."""
    rows = []
    for epoch in (5, 10, 15, 20):
        for label, count in enumerate(COUNTS):
            row = dict.fromkeys(COLUMNS, 0.1) | {"epoch": epoch, "class": label, "count": count}
            sign = {0: -1, 1: -1, 4: 1, 5: 1}.get(label, 0)
            row |= {"weight": 1 + moving * sign * epoch / 40, "curve_min": 0.1 + epoch / 100}
            row |= {
                "union_complexity": 1.0 + (label == 5),
                "union_deviation": 0.0,
                "union_risk": 0.0,
            }
            rows.append({"method": method, "seed": seed, **row})
    return pd.DataFrame(rows)


def test_the_finding_has_correlations_by_group_and_the_share_of_the_rarest_class():
    finding = bound_watch.draw(table()).finding
    assert "many classes -1.00; few classes +1.00" in finding
    assert "rarest class, n = 10, makes 29 % of the union bound of 7 nats" in finding  # 2 of 7


def test_epochs_before_weights_act_say_nothing_of_how_they_move():
    early = table(moving=0.0).assign(epoch=lambda rows: rows.epoch - 20, curve_min=0.9)
    late = bound_watch.draw(table()).finding
    assert bound_watch.draw(pd.concat([early, table()])).finding == late


def test_it_is_of_the_method_whose_weights_move_and_its_first_seed():
    both = pd.concat([table("ce", moving=0.0), table(), table(seed=1, moving=0.0)])
    assert "while density ratio trained" in bound_watch.draw(both).title
    plain = bound_watch.draw(both, "ce")
    assert "while CE trained" in plain.title
    assert "many classes none, as one does not move" in plain.finding
    with pytest.raises(InputError, match="unknown method 'vs'"):
        bound_watch.draw(both, "vs")


def test_the_stack_is_the_class_terms_with_frequent_classes_at_the_bottom():
    *_, stack = bound_watch.draw(table().sample(frac=1, random_state=0)).figure.axes
    tops = [area.get_paths()[0].vertices[:, 1].max() for area in stack.collections]
    np.testing.assert_allclose(tops, [1, 2, 3, 4, 5, 7])


def test_it_says_what_it_is_not_and_draws_a_loop_of_the_user_s():
    own = table().drop(columns=["method", "seed"])
    figure = bound_watch.draw(own)
    assert "not a certificate" in figure.caption
    svg = figure.svg()
    for label in ("B′, minimum", "weight (right)", "many classes", "n = 500", "stratified"):
        assert label in svg
    with pytest.raises(InputError, match="nothing was watched"):
        bound_watch.draw(own.iloc[:0])
    with pytest.raises(InputError, match="no bounds: give the watch a head"):
        bound_watch.draw(own.assign(union_complexity=np.nan))


def test_evidence_of_a_watched_run_is_drawn():
    assert set(draw_all(Evidence(bound=table()))) == {"bound_watch"}
    assert draw_all(Evidence(bound=table().assign(union_complexity=np.nan))) == {}
