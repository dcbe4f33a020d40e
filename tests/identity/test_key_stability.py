import json
import re

import pytest

from identity.golden_keys import GOLDEN, changed, current
from leadsieve.identity import KEY_VERSION, data_versions
from leadsieve.identity.domains import suffixes, suffixes_with_idn

STORED = json.loads(GOLDEN.read_text())


def test_keys_are_those_of_their_version() -> None:
    """A key that changes strands what workspaces store: raise KEY_VERSION, then run tests/identity/golden_keys.py."""
    assert STORED["version"] == KEY_VERSION
    assert changed(STORED["keys"], current()) == []


def test_every_labelled_cell_is_held() -> None:
    assert {kind: len(keys) for kind, keys in STORED["keys"].items()} == {
        kind: len(keys) for kind, keys in current().items()
    }


def test_a_changed_key_would_be_noticed() -> None:
    before = {"email": {"a": "jane@acme.com", "b": None}, "linkedin": {}}
    assert changed(before, {"email": {"a": "jane@acme.org", "b": "x"}, "linkedin": {}}) == ["email 1"]


def test_the_snapshots_in_use_have_a_date_or_a_version() -> None:
    versions = data_versions()
    assert re.match(r"20\d\d-\d\d-\d\d", versions["public_suffix_list"])
    assert all(versions.values())


@pytest.mark.parametrize("domain", ["co.uk", "com", "x.kobe.jp", "www.ck", "city.kobe.jp", "acme.co.uk", "acme.com"])
def test_suffixes_are_those_that_the_library_sees(domain: str) -> None:
    library = pytest.importorskip("publicsuffixlist").PublicSuffixList(only_icann=True, accept_unknown=False)
    assert suffixes().is_suffix(domain) == (library.publicsuffix(domain) == domain)


def test_suffixes_beyond_ascii_are_known_by_their_a_label() -> None:
    assert "xn--p1ai" in suffixes_with_idn().tlds
