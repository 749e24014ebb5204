"""Jobs: what they say while they run, how they end, and that one key is one job."""

from __future__ import annotations

import logging
import threading

import pytest

from core.errors import DatasetError
from core.jobs import Job, JobProgress, Jobs, one_after_the_other

PATIENCE = 30


def ended(job: Job) -> Job:
    assert job.wait(PATIENCE)
    return job


def test_a_job_returns_what_its_work_returns() -> None:
    job = ended(Jobs().start("sum", lambda job: 1 + 1))
    assert job.state == "finished"
    assert job.result == 2


def test_progress_is_seen_while_the_work_goes_on() -> None:
    told, go_on = threading.Event(), threading.Event()

    def work(job: Job) -> None:
        job.tell(3, 12, doing="counting")
        told.set()
        go_on.wait(PATIENCE)

    job = Jobs().start("count", work)
    assert told.wait(PATIENCE)
    assert job.state == "running"
    assert job.progress == JobProgress(3, 12, None, "counting")
    assert job.progress.share == 0.25
    go_on.set()
    assert ended(job).state == "finished"


def test_time_left_follows_the_speed_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 110.0])
    monkeypatch.setattr("core.jobs.time.monotonic", lambda: next(clock))

    def work(job: Job) -> None:
        job.tell(20, 100)  # what was there before counts for nothing
        job.tell(40, 100)

    job = ended(Jobs().start("count", work))
    # 20 in 10 s: the other 60 take 30 s
    assert job.progress.seconds_left == pytest.approx(30)


def test_work_that_knows_its_time_left_says_it() -> None:
    job = ended(Jobs().start("load", lambda job: job.tell(1, 2, seconds_left=7.5)))
    assert job.progress.seconds_left == 7.5


def test_progress_without_a_total_is_nothing_done() -> None:
    assert JobProgress().share == 0


def test_a_cancelled_job_ends_at_its_next_word() -> None:
    begun, cancelled = threading.Event(), threading.Event()
    after = []

    def work(job: Job) -> None:
        begun.set()
        cancelled.wait(PATIENCE)
        job.tell(1, 2)
        after.append("went on")

    job = Jobs().start("load", work)
    assert begun.wait(PATIENCE)
    job.cancel()
    assert job.state == "running"  # until the work notices
    cancelled.set()
    assert ended(job).state == "cancelled"
    assert after == []


def test_an_error_of_ours_is_shown_as_its_sentence() -> None:
    def work(job: Job) -> None:
        raise DatasetError("There is no room left.")

    job = ended(Jobs().start("load", work))
    assert (job.state, job.error) == ("failed", "There is no room left.")
    with pytest.raises(RuntimeError, match="failed"):
        _ = job.result


def test_any_other_error_goes_to_the_log_and_not_to_the_page(caplog: pytest.LogCaptureFixture) -> None:
    def work(job: Job) -> None:
        raise ValueError("secret detail")

    with caplog.at_level(logging.ERROR, "core.jobs"):
        job = ended(Jobs().start("load", work))
    assert job.state == "failed"
    assert "secret" not in job.error
    assert "secret detail" in caplog.text


def test_a_second_start_joins_the_job_that_runs() -> None:
    jobs, go_on = Jobs(), threading.Event()
    first = jobs.start("load", lambda job: go_on.wait(PATIENCE))
    assert jobs.start("load", lambda job: pytest.fail("a second job ran")) is first
    assert jobs.start("other", lambda job: None) is not first
    jobs.forget("load")  # it runs: it stays
    assert jobs.find("load") is first
    go_on.set()
    ended(first)


def test_what_has_ended_is_started_anew_or_kept_as_asked() -> None:
    jobs = Jobs()
    first = ended(jobs.start("load", lambda job: 1))
    assert jobs.start_once("load", lambda job: 2) is first
    assert ended(jobs.start("load", lambda job: 3)).result == 3
    jobs.forget("load")
    assert jobs.find("load") is None
    assert ended(jobs.start_once("load", lambda job: 4)).result == 4


def test_only_so_many_ended_jobs_are_kept() -> None:
    jobs = Jobs(most=2)
    for number in range(5):
        ended(jobs.start(number, lambda job: None))
    go_on = threading.Event()
    running = jobs.start("new", lambda job: go_on.wait(PATIENCE))
    kept = [number for number in range(5) if jobs.find(number)]
    assert kept == [3, 4]
    go_on.set()
    ended(running)


def test_several_parts_count_on_one_after_the_other() -> None:
    heard: list[tuple[int, int]] = []
    tell = one_after_the_other(lambda *done: heard.append(done), total=5)
    for part in (2, 3):
        for done in range(1, part + 1):
            tell(done, part)

    assert heard == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
