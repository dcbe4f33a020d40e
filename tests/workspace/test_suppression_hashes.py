"""Opt-outs as keyed hashes: the address is gone and still held back; without the key, or with another, nothing passes silently."""

import hashlib
import hmac

import pytest

import leadsieve as ls
from workspace.opt_outs import KEY, OTHER_KEY, decided, entries, suppress

ANN, BOB = "ann@acme-tools.com", "bob@acme-tools.com"


def hashed(address: str, key: str = KEY) -> str:
    return hmac.new(key.encode(), address.encode(), hashlib.sha256).hexdigest()


@pytest.fixture
def workspace(small_workspace: ls.Workspace) -> ls.Workspace:
    return small_workspace


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADSIEVE_HASH_KEY", f"{KEY}\n")


@pytest.fixture
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEADSIEVE_HASH_KEY", raising=False)


@pytest.mark.usefixtures("key")
def test_hash_keeps_the_hash_of_the_canonical_address_and_not_the_address(workspace):
    suppress(workspace, "ANN@Acme-Tools.com,lead", "@shut-corp.com,", header="value,source", hashed=True)
    assert entries(workspace) == {
        ("email_hash", hashed(ANN), "unsubscribed"),
        ("domain", "shut-corp.com", "suppressed_domain"),
    }


HELD = {
    "email": "Ann@Acme-Tools.com,,",
    "email of several": f"{ANN},https://www.linkedin.com/in/ann-birch,",
}


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("row", HELD.values(), ids=HELD)
def test_a_hash_holds_back_whose_address_it_is(workspace, row):
    suppress(workspace, f"{ANN},lead", header="value,source", hashed=True)
    assert decided(workspace, row) == ("suppressed", "unsubscribed", "stop.csv (lead)")


@pytest.mark.usefixtures("key")
def test_a_hash_holds_back_through_a_link_of_the_workspace(workspace):
    suppress(workspace, "old@acme-tools.com", hashed=True)
    assert decided(workspace, ",linkedin.com/in/ann-ash,")[0] == "suppressed"


@pytest.mark.usefixtures("key")
def test_a_hash_holds_nobody_else_back(workspace):
    suppress(workspace, ANN, hashed=True)
    assert decided(workspace, f"{BOB},,")[0] == "create"


@pytest.mark.usefixtures("key")
def test_a_hash_made_elsewhere_is_read(workspace):
    suppress(workspace, f"hmac-sha256:{hashed(ANN).upper()}")
    assert decided(workspace, f"{ANN},,")[0] == "suppressed"


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("value", ["hmac-sha256:12ab", "hmac-sha1:" + "0" * 40, "0" * 64])
def test_what_is_no_such_hash_names_nobody(workspace, value):
    with pytest.raises(ls.InputError, match="names nobody"):
        suppress(workspace, value)


@pytest.mark.usefixtures("key")
def test_an_erased_address_is_gone_and_still_held_back(workspace):
    suppress(workspace, f"{ANN},lead", f"{BOB},lead", header="value,source")
    before = workspace.suppressed.row(0, named=True)
    told = workspace.erase_suppressed("ANN@acme-tools.com", "eve@acme-tools.com")
    assert (told.erased, told.absent) == (1, 1)
    assert entries(workspace) == {("email_hash", hashed(ANN), "unsubscribed"), ("email", BOB, "unsubscribed")}
    after = workspace.suppressed.row(-1, named=True)
    assert (after["came_from"], after["added_at"]) == (before["came_from"], before["added_at"])
    assert decided(workspace, f"{ANN},,") == ("suppressed", "unsubscribed", "stop.csv (lead)")


@pytest.mark.usefixtures("key")
def test_an_erased_address_does_not_come_back_with_the_next_load(workspace):
    suppress(workspace, ANN, BOB)
    workspace.erase_suppressed(ANN)
    added = suppress(workspace, ANN, BOB, "eve@acme-tools.com")
    assert (added.added, added.known) == (1, 2)
    assert ANN not in workspace.suppressed["value"]


@pytest.mark.usefixtures("key")
def test_a_further_reason_of_an_erased_address_is_kept_as_a_hash_too(workspace):
    suppress(workspace, ANN, hashed=True)
    suppress(workspace, f"{ANN},bounced", header="value,reason")
    assert entries(workspace) == {
        ("email_hash", hashed(ANN), "do_not_contact"),
        ("email_hash", hashed(ANN), "bounced"),
    }


@pytest.mark.usefixtures("key")
def test_hash_erases_the_address_that_stood_there_plain(workspace):
    suppress(workspace, ANN)
    added = suppress(workspace, ANN, hashed=True)
    assert (added.added, added.known) == (0, 1)
    assert entries(workspace) == {("email_hash", hashed(ANN), "do_not_contact")}


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("value", [ANN, f"hmac-sha256:{hashed(ANN)}"], ids=["by the address", "by the hash"])
def test_a_removed_hash_holds_nobody_back(workspace, value):
    suppress(workspace, ANN, hashed=True)
    assert workspace.remove_suppressed(value) == 1
    assert decided(workspace, f"{ANN},,")[0] == "create"


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("value", ["@acme-tools.com", "linkedin.com/in/ann-birch", "+33199001234", "nobody"])
def test_only_an_email_is_erased(workspace, value):
    with pytest.raises(ls.UsageError, match="Only an email"):
        workspace.erase_suppressed(value)


@pytest.mark.usefixtures("key")
def test_exported_hashes_come_back_in_another_workspace(workspace, tmp_path):
    suppress(workspace, f"{ANN},lead", header="value,source", hashed=True)
    workspace.export_suppressed().write_csv(tmp_path / "all.csv")
    other = ls.Workspace(tmp_path / "other.duckdb")
    other.suppress(tmp_path / "all.csv")
    assert other.suppressed.equals(workspace.suppressed)


# No key, another key.

NEEDS = {
    "a run": lambda place: decided(place, f"{BOB},,"),
    "a run over a list without emails": lambda place: decided(place, ",linkedin.com/in/bob-birch,"),
    "adding": lambda place: suppress(place, BOB),
    "adding hashes": lambda place: suppress(place, BOB, hashed=True),
    "removing an email": lambda place: place.remove_suppressed(ANN),
    "erasing": lambda place: place.erase_suppressed(BOB),
}


@pytest.fixture
def holds_a_hash(workspace: ls.Workspace, key: None) -> ls.Workspace:
    assert key is None
    suppress(workspace, ANN, hashed=True)
    return workspace


@pytest.mark.parametrize("needs", NEEDS.values(), ids=NEEDS)
def test_a_workspace_with_hashes_is_not_used_without_its_key(holds_a_hash, no_key, needs):
    assert no_key is None
    before = holds_a_hash.suppressed
    with pytest.raises(ls.WorkspaceError, match=r"1 opt-out as keyed hashes, and no key is given.*LEADSIEVE_HASH_KEY"):
        needs(holds_a_hash)
    assert holds_a_hash.suppressed.equals(before)


@pytest.mark.parametrize("needs", NEEDS.values(), ids=NEEDS)
def test_a_workspace_with_hashes_is_not_used_with_another_key(holds_a_hash, monkeypatch, needs):
    monkeypatch.setenv("LEADSIEVE_HASH_KEY", OTHER_KEY)
    before = holds_a_hash.suppressed
    with pytest.raises(ls.WorkspaceError, match="with another key"):
        needs(holds_a_hash)
    assert holds_a_hash.suppressed.equals(before)


def test_hashes_of_another_key_are_not_loaded(holds_a_hash, monkeypatch, tmp_path):
    holds_a_hash.export_suppressed().write_csv(tmp_path / "all.csv")
    monkeypatch.setenv("LEADSIEVE_HASH_KEY", OTHER_KEY)
    other = ls.Workspace(tmp_path / "other.duckdb")
    with pytest.raises(ls.InputError, match="another key"):
        other.suppress(tmp_path / "all.csv")
    assert not other.path.exists()


@pytest.mark.usefixtures("no_key")
@pytest.mark.parametrize("lines", [(ANN,), (f"hmac-sha256:{'0' * 64}",)], ids=["--hash", "a ready hash"])
def test_the_first_hash_needs_a_key(workspace, lines):
    with pytest.raises(ls.WorkspaceError, match="no key is given"):
        suppress(workspace, *lines, hashed=lines == (ANN,))
    assert workspace.suppressed.height == 0


def test_when_the_last_hash_is_gone_another_key_may_begin(holds_a_hash, monkeypatch):
    holds_a_hash.remove_suppressed(ANN)
    monkeypatch.setenv("LEADSIEVE_HASH_KEY", OTHER_KEY)
    suppress(holds_a_hash, BOB, hashed=True)
    assert entries(holds_a_hash) == {("email_hash", hashed(BOB, OTHER_KEY), "do_not_contact")}


@pytest.mark.usefixtures("no_key")
def test_a_workspace_without_hashes_needs_no_key(workspace):
    suppress(workspace, ANN)
    assert decided(workspace, f"{BOB},,")[0] == "create"


# Where the key is.


@pytest.mark.usefixtures("no_key")
def test_the_key_is_read_from_the_file_that_the_policy_names(workspace, tmp_path):
    (tmp_path / "team.key").write_text(f"  {KEY}\r\n")
    file = str(tmp_path / "team.key")
    suppress(workspace, ANN, hashed=True, hash_key_file=file)
    assert entries(workspace) == {("email_hash", hashed(ANN), "do_not_contact")}
    assert decided(workspace, f"{ANN},,", hash_key_file=file)[0] == "suppressed"


@pytest.mark.usefixtures("key")
def test_the_environment_wins_over_the_file(workspace, tmp_path):
    (tmp_path / "team.key").write_text(OTHER_KEY)
    suppress(workspace, ANN, hashed=True, hash_key_file=str(tmp_path / "team.key"))
    assert entries(workspace) == {("email_hash", hashed(ANN), "do_not_contact")}


@pytest.mark.usefixtures("no_key")
@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "cannot be read"), (b"\xff\xfe", "cannot be read"), (b"", "fewer than 32"), (b"short", "fewer than 32")],
    ids=["absent", "no text", "empty", "short"],
)
def test_a_key_file_that_gives_no_key_is_told(workspace, tmp_path, content, told):
    if content is not None:
        (tmp_path / "team.key").write_bytes(content)
    with pytest.raises(ls.UsageError, match=told):
        suppress(workspace, ANN, hashed=True, hash_key_file=str(tmp_path / "team.key"))


def test_a_short_key_in_the_environment_is_told_and_not_shown(workspace, monkeypatch):
    monkeypatch.setenv("LEADSIEVE_HASH_KEY", "secret")
    with pytest.raises(ls.UsageError, match="LEADSIEVE_HASH_KEY holds a key of fewer than 32") as told:
        suppress(workspace, ANN, hashed=True)
    assert "secret" not in str(told.value)


@pytest.mark.usefixtures("key")
def test_the_key_is_not_in_the_workspace(workspace):
    suppress(workspace, ANN, hashed=True)
    assert KEY.encode() not in workspace.path.read_bytes()
