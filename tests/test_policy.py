"""A policy file says the same as the options, every setting is explained, and what is wrong is told at once."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from leadsieve.errors import UsageError
from leadsieve.policy import (
    LIST_REASONS,
    Policy,
    SuppressColumn,
    default_suppress_columns,
    load_policy,
    policy_from,
    policy_template,
)
from leadsieve.words import DedupMode, Fill, ImportMode, Keep, Method, Reason, Validate

SETTINGS = [setting.name for setting in fields(Policy)]
COLUMN = {"names": ["VIP"], "words": ["never"], "reason": "do_not_contact"}


def complaint(table: dict[str, object]) -> str:
    with pytest.raises(UsageError) as caught:
        policy_from(table)
    return str(caught.value)


class TestTemplate:
    def test_it_reads_back_as_the_defaults(self):
        assert policy_from(tomllib.loads(policy_template())) == Policy()

    @pytest.mark.parametrize("name", SETTINGS)
    def test_every_setting_stands_there_with_a_sentence_above(self, name):
        lines = policy_template().splitlines()
        place = next(i for i, line in enumerate(lines) if line.startswith((f"{name} = ", f"[{name}]", f"[[{name}]]")))

        assert lines[place - 1].startswith("# ")
        assert lines[place - 1].endswith(".")

    @pytest.mark.parametrize("kind", [DedupMode, ImportMode, Method, Keep, Fill, Validate])
    def test_it_names_every_word_that_a_setting_can_be(self, kind):
        assert all(f"`{word}`" in policy_template() for word in kind)

    def test_every_known_opt_out_column_stands_there(self):
        assert policy_template().count("[[suppress_columns]]") == len(default_suppress_columns()) > 0


class TestFile:
    def test_without_a_file_the_defaults_hold(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)

        assert load_policy(None) == Policy()

    def test_the_file_of_the_working_folder_is_used(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        Path("leadsieve.toml").write_text('dedup = "workspace"\n', "utf-8")

        assert load_policy(None).dedup is DedupMode.WORKSPACE

    def test_a_file_of_a_windows_editor_is_read(self, tmp_path):
        file = tmp_path / "team.toml"
        file.write_bytes(b'\xef\xbb\xbfmethod = "api"\r\n')

        assert load_policy(file).method is Method.API

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            pytest.param(b"dedup = ", "not valid TOML", id="no TOML"),
            pytest.param(b'segment = "\xff"', "not valid TOML", id="no UTF-8"),
            pytest.param(b'dedupe = "active"', "dedup", id="an unknown key"),
        ],
    )
    def test_a_wrong_file_is_named_as_it_is_called(self, tmp_path, content, told):
        file = tmp_path / "team.toml"
        file.write_bytes(content)

        with pytest.raises(UsageError, match=told) as caught:
            load_policy(file)

        assert f"policy file {file}" in str(caught.value)

    @pytest.mark.parametrize("name", ["absent.toml", "."], ids=["absent", "a folder"])
    def test_a_file_that_cannot_be_read_is_told(self, tmp_path, name):
        with pytest.raises(UsageError, match="cannot be read"):
            load_policy(tmp_path / name)


class TestOptions:
    def test_they_win_over_the_file(self):
        policy = policy_from({"dedup": "workspace", "max_batch": 5, "balance": True})

        chosen = policy.with_options(dedup="campaign", balance=False)

        assert (chosen.dedup, chosen.max_batch, chosen.balance) == (DedupMode.CAMPAIGN, 5, False)

    def test_one_that_was_not_given_changes_nothing(self):
        policy = policy_from({"dedup": "workspace"})

        assert policy.with_options(dedup=None, method=None) == policy

    def test_an_unknown_one_names_the_nearest(self):
        with pytest.raises(UsageError, match=r"options.*`dedupe` \(did you mean `dedup`\?\)"):
            Policy().with_options(dedupe="active")


class TestUnknownKeys:
    def test_all_are_told_at_once_each_with_the_nearest(self):
        said = complaint({"dedupe": "active", "Max_Batch": 3, "zzzzzz": 1})

        assert "`dedupe` (did you mean `dedup`?)" in said
        assert "`Max_Batch` (did you mean `max_batch`?)" in said
        assert "`zzzzzz`" in said
        assert "`zzzzzz` (did" not in said

    def test_they_are_told_together_with_wrong_values(self):
        said = complaint({"dedupe": "active", "keep": "last", "balance": "yes"})

        assert "`dedup`" in said
        assert "`keep` is one of `first`, `fullest`" in said
        assert "`balance` is true or false" in said


class TestValues:
    @pytest.mark.parametrize(
        ("table", "told"),
        [
            ({"dedup": "any"}, "`dedup` is one of `campaign`, `active`, `workspace`"),
            ({"dedup": 3}, "`dedup` is one of"),
            ({"import_mode": "create"}, "`import_mode` is one of `create-only`, `create-and-update`, `update-only`"),
            ({"method": "fax"}, "`method` is one of `csv`, `api`"),
            ({"validate": "yes"}, "`validate` is one of `gate`, `warn`, `off`"),
            ({"prices": {"Fair": "490"}}, "`prices` is a table of numbers"),
            ({"prices": {"Fair": -1}}, "`prices` of Fair is no price"),
            ({"prices": {"Fair": float("nan")}}, "`prices` of Fair is no price"),
            ({"fill": "some"}, "`fill` is one of `identifiers`, `all`, `none`"),
            ({"invalid_email": "keep"}, "`invalid_email` is one of `fail`, `drop`"),
            ({"multiple_emails": True}, "`multiple_emails` is one of `fail`, `first`"),
            ({"archived": "x"}, "`archived` is one of `count`, `ignore`"),
            ({"balance": 1}, "`balance` is true or false"),
            ({"max_batch": True}, "`max_batch` is a whole number"),
            ({"max_batch": 1.5}, "`max_batch` is a whole number"),
            ({"lock_timeout": "10"}, "`lock_timeout` is a number"),
            ({"segment": 1}, "`segment` is a text in quotes"),
            ({"columns": "a,b"}, "`columns` is a list of texts"),
            ({"columns": [1]}, "`columns` is a list of texts"),
            ({"map": "a"}, "`map` is a table of texts"),
            ({"map": {"a": 1}}, "`map` is a table of texts"),
            ({"statuses": ["a"]}, "`statuses` is a table of texts"),
            ({"suppress_columns": "Opt out"}, "`suppress_columns` is a list of tables"),
            ({"suppress_columns": COLUMN}, "`suppress_columns` is a list of tables"),
            ({"suppress_columns": [{"names": ["a"]}]}, "`suppress_columns` is a list of tables"),
            ({"suppress_columns": [{**COLUMN, "names": "VIP"}]}, "`names`, `words` (lists of texts)"),
            ({"suppress_columns": [{**COLUMN, "word": ["x"]}]}, "`names`, `words` (lists of texts)"),
            ({"suppress_columns": [{**COLUMN, "reason": "new"}]}, "one of `unsubscribed`, `do_not_contact`, `bounced`"),
            ({"suppress_columns": [{**COLUMN, "reason": ["bounced"]}]}, "`reason` (one of"),
            ({"max_batch": -1}, "`max_batch` cannot be negative"),
            ({"lock_timeout": -0.5}, "`lock_timeout` cannot be negative"),
            ({"lock_timeout": float("nan")}, "`lock_timeout` cannot be negative"),
            ({"required_fields": ["phone", "fone"]}, "`fone` (did you mean `phone`?)"),
            ({"required_fields": ["firstname"]}, "`firstname` (did you mean `firstName`?)"),
            ({"map": {"Work e-mail": "emial"}}, "`emial` (did you mean `email`?)"),
            ({"statuses": {"snoozed": "busy", "done": "ended"}}, "`snoozed` neither `active` nor `ended`"),
            ({"phone_region": "France"}, "`phone_region` names no country"),
        ],
        ids=lambda value: str(value)[:60] if isinstance(value, dict) else "",
    )
    def test_a_wrong_one_is_told_with_what_is_allowed(self, table, told):
        assert told in complaint(table)

    def test_contradictions_are_told_all_at_once(self):
        said = complaint({"max_batch": -1, "required_fields": ["fone"], "statuses": {"a": "b"}})

        assert all(name in said for name in ("max_batch", "required_fields", "statuses"))

    @pytest.mark.parametrize("reason", LIST_REASONS)
    def test_a_column_of_the_list_may_suppress_for_this_reason(self, reason):
        policy = policy_from({"suppress_columns": [{**COLUMN, "reason": str(reason)}]})

        assert policy.suppress_columns == (SuppressColumn(names=("VIP",), words=("never",), reason=str(reason)),)

    def test_the_reasons_of_a_list_are_these_three(self):
        assert set(LIST_REASONS) == {Reason.UNSUBSCRIBED, Reason.DO_NOT_CONTACT, Reason.BOUNCED}

    @pytest.mark.parametrize(
        ("name", "given", "read"),
        [
            ("lock_timeout", 3, 3.0),
            ("columns", ["a"], ("a",)),
            ("map", {"Notes": ""}, {"Notes": ""}),
            ("statuses", {"snoozed": "ended"}, {"snoozed": "ended"}),
            ("phone_region", "FR", "FR"),
            ("suppress_statuses", [], ()),
        ],
    )
    def test_a_right_one_is_taken(self, name, given, read):
        assert getattr(policy_from({name: given}), name) == read


class TestDigest:
    def test_equal_policies_have_the_same(self):
        one = policy_from({"statuses": {"a": "active", "b": "ended"}, "max_batch": 5})
        other = policy_from({"max_batch": 5, "statuses": {"b": "ended", "a": "active"}})

        assert one.digest() == other.digest() != Policy().digest()

    @pytest.mark.parametrize("name", SETTINGS)
    def test_the_manifest_gets_every_setting_as_a_plain_value(self, name):
        assert type(Policy().as_dict()[name]) in {str, int, float, bool, list, dict}
