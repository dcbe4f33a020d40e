import time

import pytest
from hypothesis import HealthCheck, given, settings

from identity.identity_strategies import cells, regular_emails, regular_leads, regular_profiles, with_surrogates
from leadsieve.identity import email, linkedin, parse_email, parse_linkedin
from leadsieve.words import EmailStatus, LinkedInStatus

quick = settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
SECONDS = 3.0  # for ten megabytes on a busy machine; a pattern that runs away takes minutes
TEN_MB = 10_000_000


@quick
@given(cells("email") | regular_emails | with_surrogates())
def test_an_address_is_its_own_key(cell: str) -> None:
    found = parse_email(cell)
    for address in found.addresses:
        again = parse_email(address)
        assert (again.status, again.address) in {(EmailStatus.VALID, address), (EmailStatus.REPAIRED, address)}


@quick
@given(cells("linkedin") | regular_profiles | with_surrogates())
def test_a_key_and_what_is_written_have_the_same_key(cell: str) -> None:
    found = parse_linkedin(cell)
    if found.key:
        assert parse_linkedin(found.key).key == found.key
        assert parse_linkedin(found.url or found.key).key == found.key


@quick
@given(cells("linkedin") | regular_profiles)
def test_only_the_two_person_kinds_have_a_key(cell: str) -> None:
    found = parse_linkedin(cell)
    assert (found.key is not None) == (found.status in {LinkedInStatus.PERSON_VANITY, LinkedInStatus.PERSON_OPAQUE})


@quick
@given(cells("email") | with_surrogates())
def test_only_cells_with_addresses_have_one_and_all_others_say_why(cell: str) -> None:
    found = parse_email(cell)
    with_address = {EmailStatus.VALID, EmailStatus.REPAIRED, EmailStatus.MULTIPLE}
    assert (found.address is not None) == (found.status in with_address)
    assert (found.reason is not None) == (found.status is EmailStatus.INVALID)


@quick
@given(regular_profiles | regular_leads | cells("linkedin"))
def test_the_short_cut_for_regular_profiles_answers_as_the_long_way(cell: str) -> None:
    short = linkedin._parse_regular(cell)
    if short:
        assert short == linkedin._parse_odd(cell)


@quick
@given(regular_emails.map(str.strip))
def test_the_short_cut_for_regular_emails_answers_as_the_long_way(cell: str) -> None:
    assert parse_email(cell) == email._parse_odd(cell)


@quick
@given(with_surrogates())
def test_any_string_of_python_has_a_status_and_what_it_gives_can_be_written(cell: str) -> None:
    for given_out in (parse_email(cell).address, parse_linkedin(cell).key, parse_linkedin(cell).url):
        (given_out or "").encode()


@pytest.mark.parametrize("parse", [parse_email, parse_linkedin], ids=["email", "linkedin"])
@pytest.mark.parametrize(
    "unit",
    [
        "a",
        " ",
        "@",
        "a@b.co;",
        "%25",
        "/",
        "<",
        "(",
        "\x00",
        "\ud800",
        "\u200b",
        "\u200d",
        "é",
        "&amp;",
        "a@",
        "https://",
        "\n a",
    ],
    ids=ascii,
)
def test_ten_megabytes_in_one_cell_have_a_status_at_once(parse, unit: str) -> None:
    cell = unit * (TEN_MB // len(unit))
    start = time.perf_counter()
    assert parse(cell).status
    assert time.perf_counter() - start < SECONDS


@pytest.mark.parametrize("parse", [parse_email, parse_linkedin], ids=["email", "linkedin"])
@pytest.mark.parametrize(
    "front", ["", "a@acme.com ", "https://www.linkedin.com/in/", "<a href=mailto:", "https://urldefense.com/v3/__"]
)
@pytest.mark.parametrize(
    "unit",
    ["a ", " @", "@ ", "<a", "(@", "a,", "@a,b", "@a. b", "\u200d", "é\u200d", " › ", "](", " / ", "mailto:", "a:", "*", "%2", "//",
     "https:/", "[htps", "www. ", "/in/", "linkedin. com", "&#", "{", "{a}", "xn--a.", "<a ", "a\n", "cache:"],
)  # fmt: skip
def test_no_pattern_runs_away_in_the_longest_cell_that_is_read(parse, front: str, unit: str) -> None:
    cell = (front + unit * 20_000)[:19_999]
    start = time.perf_counter()
    assert parse(cell).status
    assert time.perf_counter() - start < SECONDS


def test_a_chain_of_redirects_ends() -> None:
    target = "https://www.linkedin.com/in/jane-doe"
    for _ in range(12):
        target = f"https://www.google.com/url?q={target.replace('%', '%25').replace('&', '%26').replace('?', '%3F')}"
    assert parse_linkedin(target).status is LinkedInStatus.INVALID
