"""The comparison of all models and the judging of targets: arithmetic by hand, pages from numbers."""

import copy
import json
import subprocess
import sys

import numpy as np
import pytest

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories
from rekomenda.evaluation.exam import Exam
from rekomenda.language import LANGUAGES, Text
from support.repository import ROOT

approx = pytest.approx
DOCS = ROOT / "docs"
NAN = np.nan


@pytest.fixture(scope="module", autouse=True)
def _importable():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    yield
    sys.path.remove(str(ROOT / "benchmarks"))


@pytest.fixture(scope="module")
def stored():
    return {
        name: json.loads((DOCS / "data" / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("models", "targets")
    }


def between_marks(name: str, language: str) -> str:
    from comparison.marks import BEGIN, END, page_of

    text = page_of(DOCS, name, language).read_text(encoding="utf-8")
    return text.partition(BEGIN)[2].partition(END)[0].strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_models_says_what_was_measured(stored, language):
    from comparison.page import fragment

    assert between_marks("models", language) == fragment(stored["models"], language).strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_targets_says_what_was_measured(stored, language):
    from comparison.target_page import fragment
    from comparison.targets import Facts

    facts = Facts(stored["models"]["data"], stored["targets"])
    assert between_marks("targets", language) == fragment(facts, language).strip()


@pytest.mark.slow
@pytest.mark.parametrize("script", ["models.py", "targets.py"])
def test_the_commands_that_the_pages_name_are_there(script):
    command = [sys.executable, str(ROOT / "benchmarks" / script), "--help"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "--data" in shown


def test_splits_of_one_person_are_averaged_before_people_are():
    from comparison.table import estimate

    # Two splits; the first person has 0.2 and 0.6, the second was asked once, the third never.
    found = estimate(np.array([[0.2, 1.0, NAN], [0.6, NAN, NAN]], np.float32))
    assert found["people"] == 2
    assert found["value"] == approx((0.4 + 1.0) / 2)
    assert found["low"] == approx(0.4)
    assert found["high"] == approx(1.0)


def test_nobody_asked_is_no_number():
    from comparison.table import estimate

    assert estimate(np.full((2, 3), NAN, np.float32)) is None


def columns(*values, cold=(0, 1, 0)):
    return {
        "unheard.ndcg": np.array([values], np.float32),
        "cold": np.array([cold], np.float32),
    }


def write_cell(folder, model, arrays, **about):
    folder = folder / model
    folder.mkdir()
    for name, found in arrays.items():
        np.savez_compressed(folder / f"{name}.npz", **found)
    row = {"fit_seconds": 2.0, "lists_per_second": 10, "peak_mb": 1024, "before_mb": 1, "load": 0.5}
    cell = {
        "data": "world-3",
        "model": model,
        "models": list(arrays),
        "facts": {"listeners": 3, "listeners_examined": 3},
        "items": 7,
        "date": "2024-02-19",
        "commit": "abc",
        "splits": [row | {"choice": None}] if arrays else [],
    }
    (folder / "cell.json").write_text(json.dumps(cell | about), encoding="utf-8")
    return folder


def test_auto_is_held_against_members_where_they_have_a_say_and_against_all_others(tmp_path):
    from comparison.table import table

    folders = [
        write_cell(tmp_path, "popularity", {"values": columns(0.1, 0.3, 0.0)}),
        write_cell(tmp_path, "als", {"values": columns(0.2, 0.2, 0.2)}),
        write_cell(tmp_path, "ease", {}, left_out={"en": "too large", "pt-BR": "grande demais"}),
        write_cell(
            tmp_path,
            "auto",
            {
                "values": columns(0.4, 0.2, 0.3),
                "unheard.als": columns(0.2, 0.2, 0.2),
                "heard.relisten": columns(0.0, 0.0, 0.0),
            },
        ),
    ]
    entry = table(folders)["data"]["world-3"]
    gains = {(each["other"], each["question"]): each for each in entry["differences"]}
    assert set(gains) == {
        ("als", "unheard"),
        ("als", "cold_listeners"),
        ("popularity", "unheard"),
        ("popularity", "cold_listeners"),
    }
    assert gains["als", "unheard"]["member"]
    assert gains["als", "unheard"]["value"] == approx(0.1)
    assert not gains["popularity", "unheard"]["member"]
    assert gains["popularity", "cold_listeners"]["value"] == approx(-0.1)  # the second one alone
    assert entry["models"]["ease"]["left_out"]["en"] == "too large"
    assert entry["models"]["auto"]["peak_mb"] == 1024


def facts_with(gain, **figures):
    from comparison.targets import Facts

    about = {"date": "2024-02-19", "commit": "abc", "metrics": {}}
    measured = {name: {"value": value, **about} for name, value in figures.items()}
    entry = {"models": {"auto": about}, "differences": gain}
    return Facts({"hetrec": entry}, measured)


def gain(low, high, *, other="als", member=True):
    value = (low + high) / 2
    ends = {"low": low, "value": value, "high": high}
    return {"other": other, "member": member, "question": "unheard", **ends}


@pytest.mark.parametrize(
    ("low", "high", "above", "not_below"),
    [(0.01, 0.02, True, True), (-0.01, 0.02, False, True), (-0.02, -0.01, False, False)],
)
def test_ahead_needs_the_whole_interval_and_not_below_any_of_it(low, high, above, not_below):
    from comparison.targets import members

    facts = facts_with([gain(0.01, 0.02, other="slim"), gain(low, high)])
    assert members("hetrec", "unheard", above=True)(facts).met is above
    assert members("hetrec", "unheard", above=False)(facts).met is not_below


def test_what_was_not_measured_is_never_met():
    from comparison.target_list import targets
    from comparison.targets import Facts

    nothing = Facts({}, {})
    assert [target.judge(nothing) for target in targets()] == [None] * len(targets())


def test_a_member_that_is_behind_is_not_hidden_by_others_that_are_not_members():
    from comparison.targets import members, nearest_rival

    facts = facts_with([gain(0.01, 0.02), gain(-0.02, 0.01, other="content", member=False)])
    assert members("hetrec", "unheard", above=True)(facts).met
    assert not nearest_rival("hetrec", "unheard")(facts).met


def test_figures_are_judged_as_they_are():
    from comparison.targets import figures

    judge = figures(Text("{x:.1f}", "{x:.1f}"), lambda value: value >= 1.3, "x")
    found = [judge(facts_with([], x=value)) for value in (1.3, 1.29)]
    assert [each.met for each in found] == [True, False]
    assert judge(facts_with([])) is None


def test_output_of_the_benchmarks_is_read_and_never_guessed():
    from comparison.measurements import MEASUREMENTS

    topn = (
        "9 listeners\n\n64 factors\n  implicit         11,181 listeners/s   1.00 x   NDCG@20 0.1300\n"
        "  ours, its listener factors     57,289 listeners/s   5.12 x   NDCG@20 0.1299\n"
    )
    assert MEASUREMENTS["topn"].read(topn) == {
        "times_64": 5.12,
        "ours_64": 0.1299,
        "theirs_64": 0.13,
    }
    time = (
        "                               fit s  lists s  both s  NDCG@20\n"
        "implicit ALS, 256 factors       4.66     6.17   10.83  0.1455\n"
        "rekomenda rp3beta               0.97     2.35    3.31  0.1544\n"
    )
    read = MEASUREMENTS["time"].read(time)
    assert read == {"als_s": 10.83, "als_ndcg": 0.1455, "ours_s": 3.31, "ours_ndcg": 0.1544}
    assert MEASUREMENTS["gate"].read("....F\n1 failed, 4 passed in 2.1s") == {
        "gate_passed": 4,
        "gate_failed": 1,
    }
    with pytest.raises(ValueError, match="implicit ALS"):
        MEASUREMENTS["time"].read("nothing of the kind")


def test_a_figure_of_a_page_is_the_stored_one(stored):
    from comparison.page import fragment

    changed = copy.deepcopy(stored["models"])
    name = next(iter(changed["data"]))
    changed["data"][name]["models"]["popularity"]["metrics"]["unheard"]["value"] = 0.98765
    assert "0.9877" in fragment(changed, "en")
    assert "0,9877" in fragment(changed, "pt-BR")


def test_a_cell_is_measured_again_only_when_what_it_used_has_changed(tmp_path):
    import models
    from comparison.stamp import is_current

    used = {"benchmarks/models.py": "0" * 16}
    options = models.parse(["--data", "x"])
    assert models._wanted("world-5/als", tmp_path, options)
    (tmp_path / "cell.json").write_text(json.dumps({"sources": used}), encoding="utf-8")
    assert not is_current(used)
    assert models._wanted("world-5/als", tmp_path, options)
    (tmp_path / "cell.json").write_text(json.dumps({"sources": {}}), encoding="utf-8")
    assert not models._wanted("world-5/als", tmp_path, options)
    assert models._wanted("world-5/als", tmp_path, models.parse(["--only", "*/als"]))
    assert not models._wanted("world-5/als", tmp_path, models.parse(["--only", "hetrec/*"]))


def test_a_cell_on_a_published_split_has_the_figures_of_split(tmp_path):
    """The same lists and the same mean, though the exam is another piece of code."""
    import split
    from comparison.cell import measure

    folder = tmp_path / "gowalla"
    folder.mkdir()
    (folder / "train.txt").write_text("0 0 1\n1 0\n2 0 1 2 2\n3 2\n4 3 4\n5 25\n", encoding="utf-8")
    (folder / "test.txt").write_text("0 2 3\n1 1 \n2\n3 0 1\n4 24 0\n", encoding="utf-8")
    measure("gowalla", "popularity", tmp_path, tmp_path, tmp_path / "cell")
    cells = split.read(folder / "train.txt"), split.read(folder / "test.txt")
    expected = split.measure(split.registry.create("popularity", {}), *cells, 20, 0)
    with np.load(tmp_path / "cell" / "values.npz") as stored:
        found = {name: np.nanmean(stored[f"unheard.{name}"]) for name in ("ndcg", "recall")}
    assert found["ndcg"] == approx(expected["ndcg@20"], abs=1e-6)
    assert found["recall"] == approx(expected["recall@20"], abs=1e-6)
    cell = json.loads((tmp_path / "cell" / "cell.json").read_text(encoding="utf-8"))
    assert cell["facts"]["listeners_examined"] == expected["test_users"]
    assert "src/rekomenda/models/baselines/popularity.py" in cell["sources"]


class _Forgetful:
    """Scores every track by its number, and never lists the best one."""

    def score(self, histories):
        return np.tile(np.arange(histories.n_items, dtype=np.float32), (len(histories), 1))

    def top_n(self, histories, n, eligible):
        from rekomenda.domain.top_n import top_n

        scores = eligible.apply(self.score(histories))
        scores[:, -1] = -np.inf
        return top_n(scores, n)


def test_what_quick_lists_leave_out_is_measured():
    from comparison.cell import _kept

    items = IdMap.of(list("abcdef"))
    seen, asked = (
        Histories.from_cells(np.arange(3), np.array(tracks), n_users=3, n_items=6)
        for tracks in ([0, 1, 0], [5, 4, 4])
    )
    exam = Exam.of(seen, asked, Catalogue.bare(items), cutoffs=(20,))
    # The first one's track is never listed (of 1 nothing is left); the others' rise from 2nd to 1st.
    assert _kept(_Forgetful(), exam) == approx((0 + 1 + 1) / (1 + 2 * 0.63093), abs=1e-4)


def test_larger_worlds_stand_behind_the_usual_sets():
    import models

    found = models.ordered(dict.fromkeys(["world-20000", "gowalla", "world-5000", "hetrec"]))
    assert list(found) == ["world-5000", "hetrec", "gowalla", "world-20000"]
