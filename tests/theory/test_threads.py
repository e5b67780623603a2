"""Parts of some work on several threads: the results and the errors of a loop."""

import threading
import time

import pytest
from counterpoise.theory.foundation import threads
from counterpoise.theory.foundation.threads import on_every_core


@pytest.fixture(params=[1, 2, 7], autouse=True)
def cores(request, monkeypatch):
    monkeypatch.setattr(threads, "cpu_count", lambda: request.param)
    return request.param


def test_results_are_in_the_order_of_the_parts():
    def late(part):
        time.sleep(0.001 * (5 - part % 5))
        return part * part

    assert on_every_core(late, range(20)) == [part * part for part in range(20)]
    assert on_every_core(late, []) == []


def test_every_part_is_done_once():
    done, lock = [], threading.Lock()

    def work(part):
        with lock:
            done.append(part)

    on_every_core(work, range(100))
    assert sorted(done) == list(range(100))


def test_the_first_part_that_fails_says_so(cores):
    begun = []

    def work(part):
        begun.append(part)
        if part >= 10:
            time.sleep(0.02 if part == 10 else 0)
            raise ValueError(part)

    with pytest.raises(ValueError, match=r"^10$"):
        on_every_core(work, range(1000))
    assert len(begun) < 10 + 2 * cores


def test_an_interrupt_ends_the_work():
    begun = []

    def work(part):
        begun.append(part)
        time.sleep(0.01)
        if part == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        on_every_core(work, range(1000))
    assert len(begun) < 20
