"""What Jupyter shows of a run, a policy and a plan of batches: small, without persons, names as they stand."""

import re

import pytest

import leadsieve as ls

HARD = "<b>Q4</b> & more"


@pytest.fixture(scope="module")
def run(told):
    return told(max_batch=60).result


@pytest.fixture(scope="module")
def hard(tmp_path_factory):
    file = tmp_path_factory.mktemp("hard") / "list.csv"
    file.write_text("email,Lead Source\na@fresh-corp.com,<i>one</i>\nb@fresh-corp.com,two\n")
    return ls.run(file, campaign=HARD, workspace=None, source_column="Lead Source")


def test_a_run_shows_two_charts_each_with_a_text_in_its_place(run):
    shown = run._repr_html_()

    assert shown.count("<svg") == 2
    assert re.findall(r"role='img' aria-label='(\w+)", shown) == ["campaign", "leads"]


def test_a_run_of_one_source_is_not_compared_with_itself(tmp_path):
    (tmp_path / "list.csv").write_text("email\na@fresh-corp.com\n")
    shown = ls.run(tmp_path / "list.csv", campaign="New", workspace=None)._repr_html_()

    assert shown.count("<svg") == 1


def test_the_charts_take_their_ink_from_the_notebook(run):
    assert "--ink:currentColor" in run._repr_html_()


@pytest.mark.parametrize("colour", ["create", "new", "known", "repeats", "on"])
def test_every_colour_of_the_charts_is_given(run, colour):
    assert f"--{colour}:" in run._repr_html_()


def test_long_tables_are_cut_and_counted(run):
    assert f"… {len(run.plan.batches) - 12} more" in run._repr_html_()


@pytest.mark.parametrize("of", ["the run", "its plan"])
def test_names_are_text(hard, of):
    shown = (hard if of == "the run" else hard.plan)._repr_html_()

    assert "<b>Q4" not in shown
    assert "&lt;b&gt;Q4&lt;/b&gt; &amp; more" in shown
    assert "<i>one" not in shown


def test_a_plan_shows_its_batches_and_the_room_that_is_left(run):
    (first, *_) = run.plan.batches
    cells = re.findall(r"<td[^>]*>(.*?)</td>", run.plan._repr_html_())

    assert cells[:6] == [
        "1",
        first.campaign,
        "1",
        f"{first.rows:,}",
        f"{first.members:,}",
        f"{first.limit - first.members - first.rows:,}",
    ]


def test_a_plan_without_a_batch_says_so(tmp_path):
    (tmp_path / "list.csv").write_text("email\nbroken@@mail\n")

    assert "No batch" in ls.run(tmp_path / "list.csv", campaign="New", workspace=None).plan._repr_html_()


def test_a_policy_shows_what_differs_from_the_defaults():
    shown = ls.Policy().with_options(dedup="workspace", segment="<b>Team</b>")._repr_html_()

    assert re.findall(r"<td[^>]*>(.*?)</td>", shown) == [
        "dedup",
        "&quot;workspace&quot;",
        "segment",
        "&quot;&lt;b&gt;Team&lt;/b&gt;&quot;",
    ]


def test_a_policy_of_defaults_says_so():
    assert "all at its default" in ls.Policy()._repr_html_()


@pytest.mark.parametrize("of", ["run", "plan", "policy"])
def test_each_says_what_to_do_next(run, of):
    shown = {"run": run, "plan": run.plan, "policy": run.policy}[of]._repr_html_()

    assert "What to do next" in shown
