"""Limits count work, not the wall: a machine that is busy with something else changes no verdict."""

import time

from counterpoise.theory.foundation.working_time import waiting, work_clock
from counterpoise.theory.numbers.deadline import limited, within


def for_ever():
    while True:
        pass


def worked(action):
    start = work_clock()
    action()
    return work_clock() - start


def test_what_others_do_meanwhile_does_not_count():
    assert worked(lambda: time.sleep(0.2)) < 0.1


def test_a_wait_for_a_solver_counts():
    def ask():
        with waiting():
            time.sleep(0.2)

    assert 0.2 <= worked(ask) < 0.4


def test_an_alarm_that_rings_too_early_is_set_again():
    assert limited(0.05, lambda: time.sleep(0.3) or 7) == 7


def test_what_works_is_ended_on_time():
    assert worked(lambda: limited(0.1, for_ever)) < 0.3

    def now_and_then():
        while True:
            time.sleep(0.001)
            sum(range(10_000))

    assert worked(lambda: within(0.1, now_and_then)) < 0.3


def test_no_step_outlasts_the_whole_and_the_whole_goes_on_after_it():
    assert worked(lambda: within(0.1, lambda: limited(10, for_ever))) < 0.3
    assert worked(lambda: within(0.2, lambda: (limited(0.05, for_ever), for_ever()))) < 0.4
    assert within(10, lambda: limited(0.05, for_ever) or 7) == 7
    assert worked(lambda: limited(0.1, for_ever)) < 0.3  # nothing is left over from the former
