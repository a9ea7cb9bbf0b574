"""Every metric on answers small enough to reckon by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import ir_measures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.compare import randomised
from eval.markers import sentences
from eval.metrics import METRICS, citations, facts, groundedness, results, sliced, surveys
from eval.metrics.abstention import refused, rightly_refused, truthfulness, wrongly_refused
from eval.metrics.retrieval import measured, write_trec
from eval.metrics.score import Metric, interval, result
from eval.records import Record, record_from
from eval.schema import Fact, Question
from rag.types import Answer, Citation, Claim

FROG = "FrogJump cuts memory by 4.7x on PondBench. It keeps accuracy within 0.3 points."
TOAD = "TinyToad distils a model into a student with 90 thousand parameters."


def cite(n: int, title: str, text: str, quote: str = "") -> Citation:
    start = text.index(quote) if quote else 0
    return Citation(n, title, text, start, start + len(quote or text), 1.0, (), quote or text, 0, title)


def record(
    text: str,
    *,
    gold: tuple[str, ...] = ("FrogJump",),
    kind: str = "fact",
    said: tuple[Fact, ...] = (),
    abstained: bool = False,
    ranked: tuple[str, ...] | None = None,
    claims: tuple[Claim, ...] = (),
    papers: tuple[str, ...] = ("FrogJump",),
    borderline: tuple[str, ...] = (),
    forbidden: tuple[str, ...] = (),
) -> Record:
    cited = () if abstained else (cite(1, "FrogJump", FROG, FROG[:41]), cite(2, "TinyToad", TOAD))
    asked = "How much memory does FrogJump save?"
    question = Question("q", asked, kind, "test", gold, said, borderline=borderline, forbidden=forbidden)
    answer = Answer("q", text, cited, claims, abstained, "lookup", () if abstained else papers, "x", confidence=0.5)
    return Record(question, answer, ranked)


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("A cuts it [1]. B too [2].", [(1,), (2,)]),
        ("A cuts it [1][2].", [(1, 2)]),
        ("A cuts it [1, 2].", [(1, 2)]),
        ("A cuts it [1-3].", [(1, 2, 3)]),
        ("It lies in [0, 1] here [2].", [(2,)]),
        ("A cuts it. [1] B too.", [(1,), ()]),
        ("- A cuts it [1].\n- B does, e.g. this [2].", [(1,), (2,)]),
    ],
)
def test_markers(text: str, cited: list[tuple[int, ...]]) -> None:
    assert [sentence.cited for sentence in sentences(text)] == cited


def test_retrieval_agrees_with_trec_eval() -> None:
    found = measured(["a", "b", "c", "d", "e", "f"], ["b", "f", "z"])
    assert found["success@1"] == 0.0
    assert found["success@5"] == 1.0
    assert found["recall@5"] == pytest.approx(1 / 3, abs=1e-9)
    assert found["recall@10"] == pytest.approx(2 / 3, abs=1e-9)
    assert found["precision@5"] == pytest.approx(1 / 5, abs=1e-9)
    assert found["mrr"] == pytest.approx(1 / 2, abs=1e-9)
    assert found["map"] == pytest.approx((1 / 2 + 2 / 6) / 3, abs=1e-9)
    gained = 1 / math.log2(3) + 1 / math.log2(7)
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert found["ndcg@10"] == pytest.approx(gained / ideal, abs=1e-9)


_TREC = {
    "success@1": "Success@1",
    "success@5": "Success@5",
    "recall@1": "R@1",
    "recall@5": "R@5",
    "recall@10": "R@10",
    "precision@5": "P@5",
    "mrr": "RR",
    "map": "AP",
    "ndcg@10": "nDCG@10",
}


def by_trec_eval(run: Path, qrels: Path) -> dict[str, float]:
    """The same measures as trec_eval reckons them from files."""
    measures = {ir_measures.parse_measure(code): name for name, code in _TREC.items()}
    judged, ranked = ir_measures.read_trec_qrels(str(qrels)), ir_measures.read_trec_run(str(run))
    found = ir_measures.calc_aggregate(list(measures), list(judged), list(ranked))
    return {name: float(found[measure]) for measure, name in measures.items()}


def test_a_run_written_for_trec_eval_has_the_same_figures_there(tmp_path: Path) -> None:
    rankings = [
        (("A paper", "B", "C"), ("Other one", "A paper", "A paper", "C")),
        (("B", "B"), ("B", "x")),
        (("x y z",), (*"abcdefghi", "x y z")),
        (tuple("abcdefghijkl"), tuple("lkjihg")),
    ]
    rows = [
        replace(made, question=replace(made.question, id=f"question {i}"))
        for i, (gold, ranked) in enumerate(rankings)
        if (made := record("x", gold=gold, ranked=ranked))
    ]
    listing = record("x", kind="survey", gold=("A",), ranked=("B",))
    write_trec([*rows, listing, record("x")], tmp_path / "run", tmp_path / "qrels")
    there = by_trec_eval(tmp_path / "run", tmp_path / "qrels")
    ours = {found.name: found.mean for found in results(rows) if found.name in there}
    assert ours == pytest.approx(there)


def test_facts() -> None:
    two = (Fact(("4.7x", "4.7 times")), Fact(("0.3 points",)), Fact(("90 thousand",), vital=False))
    one_of_two = record("FrogJump cuts memory by 4.7 times [1].", said=two)
    assert facts.vital_recall(one_of_two) == 0.5
    assert facts.all_vital(one_of_two) == 0.0
    assert facts.weighted_recall(one_of_two) == pytest.approx(1 / 2.5)
    assert facts.partial_recall(record("It keeps points [1].", said=two[1:2])) == 0.5
    assert facts.all_vital(record("", said=two, abstained=True)) == 0.0
    assert facts.all_vital(record("x [1].")) is None
    assert facts.forbidden(record("It saves 9x [1].", forbidden=("9x", "8x"))) == 0.5


def test_facts_count_as_cited_where_the_cited_paper_says_them() -> None:
    two = (Fact(("4.7x",)), Fact(("0.3 points",)))
    right = record("FrogJump cuts memory by 4.7x [1]. Accuracy stays within 0.3 points [1][2].", said=two)
    assert facts.cited_recall(right) == facts.context_recall(right) == 1.0
    elsewhere = record("FrogJump cuts memory by 4.7x [2]. Accuracy stays within 0.3 points.", said=two)
    assert (facts.vital_recall(elsewhere), facts.cited_recall(elsewhere)) == (1.0, 0.0)
    assert facts.context_recall(elsewhere) == 1.0  # its passages have them; its markers are wrong
    numbers = record("2, 3, 4.7x, 5, 6, 0.3 points, 7.", said=two)
    assert (facts.vital_recall(numbers), facts.cited_recall(numbers)) == (1.0, 0.0)
    unread = record("It saves memory [1].", said=(Fact(("9x",)), Fact(("4.7x",))))
    assert (facts.vital_recall(unread), facts.context_recall(unread)) == (0.0, 0.5)
    assert facts.cited_recall(record("", said=two, abstained=True)) == 0.0
    assert facts.cited_recall(record("x [1].")) is facts.context_recall(record("x [1].")) is None


def cheats() -> dict[str, Record]:
    """Answers that please one figure, each by a trick."""
    said = (Fact(("4.7x",)),)
    copied = " ".join(f"{sentence}. [1]" for sentence in FROG.rstrip(".").split(". "))
    return {
        "cites everything": record("FrogJump cuts memory by 4.7x on PondBench [1][2].", said=said),
        "copies the passage": record(copied, said=said),
        "says little": record("FrogJump [1].", said=said),
        "cites nothing": record("FrogJump cuts memory by 4.7x on PondBench.", said=said),
        "refuses": record("", said=said, abstained=True),
    }


def test_a_trick_that_pleases_one_figure_costs_another() -> None:
    honest = record("FrogJump cuts memory by 4.7x on PondBench [1].", said=(Fact(("4.7x",)),))
    prices = {
        "cites everything": citations.support_precision,
        "copies the passage": facts.token_precision,
        "says little": facts.all_vital,
        "cites nothing": facts.cited_recall,
        "refuses": facts.all_vital,
    }
    for name, cheat in cheats().items():
        assert (prices[name](cheat) or 0.0) < (prices[name](honest) or 0.0), name


def test_precision_falls_with_length() -> None:
    said = (Fact(("4.7x",)),)
    short, long = "FrogJump saves memory, 4.7x [1].", "FrogJump saves memory, 4.7x, and much else besides happens [1]."
    assert (facts.token_precision(record(short, said=said)) or 0) > (
        facts.token_precision(record(long, said=said)) or 1
    )


def test_citations_sentence_by_sentence() -> None:
    good = record("FrogJump cuts memory by 4.7x on PondBench [1].")
    assert citations.valid_markers(good) == citations.covered(good) == citations.support_recall(good) == 1.0
    assert citations.support_precision(good) == citations.best_source(good) == citations.span_correctness(good) == 1.0
    swapped = record("FrogJump cuts memory by 4.7x on PondBench [2].")
    assert citations.support_recall(swapped) == citations.support_precision(swapped) == 0.0
    assert citations.best_source(swapped) == 0.0
    bare = record("FrogJump cuts memory by 4.7x on PondBench. TinyToad has 90 thousand parameters [2][9].")
    assert citations.covered(bare) == 0.5
    assert citations.valid_markers(bare) == 0.5
    assert citations.support_precision(bare) == 0.5
    assert citations.support_recall(record("", abstained=True)) is None


def test_papers_against_gold() -> None:
    both = record("x [1][2].", papers=("FrogJump", "TinyToad"))
    assert citations.paper_precision(both) == 0.5
    assert citations.paper_recall(both) == 1.0
    assert citations.paper_f1(both) == pytest.approx(2 / 3)


def test_groundedness_figure_by_figure() -> None:
    assert groundedness.numbers_kept(record("FrogJump cuts memory by 9.9x [1].")) == 0.0
    assert groundedness.numbers_kept(record("FrogJump cuts memory by 4.7 times [1].")) == 1.0
    assert groundedness.numbers_kept(record("FrogJump cuts memory by 4.7% [1].")) == 0.0
    assert groundedness.names_kept(record("QuantaBERT cuts memory on PondBench [1].")) == 0.5
    assert groundedness.polarity_kept(record("FrogJump does not cut memory on PondBench [1].")) == 0.0
    assert groundedness.polarity_kept(record("FrogJump cuts memory on PondBench [1].")) == 1.0
    assert groundedness.content_coverage(record("FrogJump cuts memory beautifully [1].")) == pytest.approx(3 / 4)
    verdicts = (
        Claim("a", (1,), "supported", 0.9),
        Claim("b", (), "unchecked", 0.5),
        Claim("c", (1,), "unsupported", 0.1),
    )
    assert groundedness.checker_verdict(record("x [1].", claims=verdicts)) == 0.5


def test_refusals_are_read_from_the_answer() -> None:
    said = (Fact(("4.7x",)),)
    right, wrong = record("4.7x [1].", said=said), record("I do not know [1].", said=said)
    silent = record("", said=said, abstained=True)
    unanswerable = record("4.7x [1].", kind="unanswerable", gold=())
    listing = record("", kind="survey", abstained=True)
    assert [truthfulness(r) for r in (right, wrong, silent, unanswerable, listing)] == [1.0, -1.0, 0.0, -1.0, None]
    assert [wrongly_refused(r) for r in (right, silent, unanswerable)] == [0.0, 1.0, None]
    assert [refused(r) for r in (right, unanswerable)] == [None, 0.0]
    assert [rightly_refused(r) for r in (right, silent)] == [None, 0.0]


def test_surveys_leave_borderline_papers_out() -> None:
    listing = record("x", kind="survey", gold=("A", "B"), papers=("A", "C", "D"), borderline=("D",))
    assert surveys.precision(listing) == 0.5
    assert surveys.recall(listing) == 0.5
    assert surveys.f1(listing) == 0.5
    count = record("x", kind="count", gold=("A",), papers=("A", "C", "D"), borderline=("D",))
    assert surveys.count_error(count) == 1.0


def test_what_is_undefined_is_null_and_counted() -> None:
    rows = [record("4.7x [1].", said=(Fact(("4.7x",)),)), record("x [1].")]
    found = {r.name: r for r in results(rows)}
    whole = found["facts: all vital"]
    assert (whole.mean, whole.numerator, whole.denominator, whole.n, whole.undefined) == (1.0, 1.0, 1, 2, 1)
    assert found["survey: F1"].mean is None
    assert found["survey: F1"].undefined == 2
    assert len(found) == len(METRICS)


def test_intervals_hold_the_mean_and_do_not_change() -> None:
    rows = [record("4.7x [1]." if i % 3 else "x [1].", said=(Fact(("4.7x",)),)) for i in range(30)]
    metric = Metric("m", facts.all_vital)
    one, other = result(metric, rows), result(metric, rows)
    assert one == other
    assert one.low is not None
    assert one.low < (one.mean or 0) < (one.high or 0)


def test_questions_on_one_paper_are_drawn_together() -> None:
    values = np.asarray([1.0, 1.0, 1.0, 0.0, 0.0, 0.0] * 5)
    papers = [f"paper {i // 3}" for i in range(30)]
    alone, together = interval(values), interval(values, papers)
    assert together == interval(values[::3])  # three equal answers on a paper say what one says
    assert together[1] - together[0] > 1.4 * (alone[1] - alone[0])
    assert randomised(np.ones(9), [f"paper {i // 3}" for i in range(9)]) == pytest.approx(0.25, abs=0.03)
    assert interval(values, ["the only paper"] * 30) == alone


def test_a_few_right_answers_are_no_certainty() -> None:
    right = [replace(record("4.7x [1].", said=(Fact(("4.7x",)),), gold=(f"Paper {i}",))) for i in range(5)]
    found = result(Metric("m", facts.all_vital), right)
    assert (found.mean, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(5 / (5 + 1.96**2))  # Wilson's, reckoned by hand
    assert result(Metric("m", lambda _: 1.0, share=False), right).low == 1.0


def test_slices_are_by_a_field_of_the_question() -> None:
    assert set(sliced([record("x [1]."), record("y [1].", kind="number")], "kind")) == {"fact", "number"}


def test_records_survive_the_disk() -> None:
    whole = record(
        "4.7x [1].", said=(Fact(("4.7x",)),), ranked=("FrogJump",), claims=(Claim("a", (1,), "supported", 0.9),)
    )
    assert record_from(whole.to_dict()) == whole


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8),
    st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1, max_size=5),
)
def test_retrieval_measures_hold_together(ranked: list[str], gold: list[str]) -> None:
    found = measured(ranked, gold)
    assert all(0.0 <= value <= 1.0 for value in found.values())
    assert found["recall@1"] <= found["recall@5"] <= found["recall@10"]
    assert found["success@1"] <= found["success@5"]
    assert found["success@1"] <= found["mrr"] + 1e-9
    if ranked[: len(gold)] and set(ranked[: len(gold)]) == set(gold):
        assert found["ndcg@10"] == found["map"] == pytest.approx(1.0)
    better = [*gold, *(title for title in ranked if title not in gold)]
    assert all(measured(better, gold)[name] >= value - 1e-9 for name, value in found.items())


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab 1.[]2\n-,x%", max_size=80), st.booleans())
def test_every_metric_of_any_answer_is_a_share_or_undefined(text: str, abstained: bool) -> None:
    for metric in METRICS:
        value = metric.of(record(text, abstained=abstained))
        assert value is None or (math.isfinite(value) and value >= 0), metric.name
        if metric.headline and value is not None:
            assert value <= 1.0 + 1e-9, metric.name
