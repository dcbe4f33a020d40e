import pytest

from identity.identity_cases import Case, linkedin_cases
from leadsieve.identity import parse_linkedin
from leadsieve.words import LinkedInStatus

CASES = linkedin_cases()
PERSONS = [case for case in CASES if case.status in {"person_vanity", "person_opaque"}]
JANE = "https://www.linkedin.com/in/jane-doe"
ACO = "ACoAAAdbzRUBJNyj5BnG64APJzEXB5gB5fouYug"
ACW = "ACwAAAdbzRUBlB_gXIphbb6kjPusjNHuaPGSP38"
MEMBER = "urn:li:member:123456789"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_has_the_labelled_kind_and_key(case: Case) -> None:
    found = parse_linkedin(case.raw)
    assert (found.status, found.key) == (case.status, case.canonical)


@pytest.mark.parametrize("case", [case for case in CASES if case.told("code")], ids=lambda case: case.name)
def test_a_cell_that_names_nobody_says_the_labelled_reason(case: Case) -> None:
    assert parse_linkedin(case.raw).reason == case.told("code")


@pytest.mark.parametrize("case", PERSONS, ids=lambda case: case.name)
def test_a_person_is_written_as_labelled(case: Case) -> None:
    written = case.told("emit") or (case.canonical if (case.canonical or "").startswith("https:") else None)
    assert parse_linkedin(case.raw).url == written


@pytest.mark.parametrize("case", PERSONS, ids=lambda case: case.name)
def test_the_key_of_a_key_and_of_what_is_written_is_the_key(case: Case) -> None:
    found = parse_linkedin(case.raw)
    assert parse_linkedin(found.key).key == found.key
    assert parse_linkedin(found.url or found.key).key == found.key


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(f"https://www.google.com/url?sa=t&url=https%3A%2F%2F{JANE[8:]}&usg=x", id="google url"),
        pytest.param(f"https://www.google.co.uk/url?q={JANE}&sa=D", id="google q, other country"),
        pytest.param(f"https://translate.google.com/translate?hl=en&u={JANE}", id="google translate"),
        pytest.param("https://www-linkedin-com.translate.goog/in/jane-doe?_x_tr_sl=en", id="translate.goog"),
        pytest.param(
            f"http://webcache.googleusercontent.com/search?q=cache:Ab-1:{JANE}+&cd=1", id="google cache with id"
        ),
        pytest.param(f"https://duckduckgo.com/l/?uddg={JANE}&rut=x", id="duckduckgo"),
        pytest.param(f"https://l.facebook.com/l.php?u={JANE}&h=x", id="facebook"),
        pytest.param(f"https://urldefense.com/v3/__{JANE}__;!!abc!def$", id="proofpoint v3"),
        pytest.param(
            "https://urldefense.com/v3/__https:/*www.linkedin.com/in/jane-doe__;Lw!!abc$", id="proofpoint v3, replaced"
        ),
        pytest.param(f"https://web.archive.org/web/20200101000000/{JANE}", id="wayback"),
        pytest.param(f"https://r.jina.ai/{JANE}", id="jina"),
        pytest.param("https://www.linkedin.com/uas/login?session_redirect=%2Fin%2Fjane-doe", id="site-relative target"),
        pytest.param("https:// www. linkedin. com/ in/ jane-doe", id="torn apart"),
        pytest.param("linkedin.com > in > jane-doe", id="wide breadcrumb"),
        pytest.param(f"{JANE} and {JANE}/", id="twice with a word between"),
        pytest.param(f"{JANE}/ Jane Doe", id="comment behind a closed slug"),
        pytest.param(f"https://lnkd.in/abc {JANE}", id="short link beside"),
        pytest.param("https://www.linkedin.com/in/jane%C2%AD-doe", id="encoded soft hyphen"),
        pytest.param(f"{JANE}/?miniProfileUrn=urn%3Ali%3Afs_miniProfile%3A{ACO}", id="miniProfileUrn is never read"),
        pytest.param(f"\x00{JANE}", id="NUL in front"),
    ],
)
def test_one_person_has_one_key(cell: str) -> None:
    assert parse_linkedin(cell).key == JANE


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(ACO, id="bare token"),
        pytest.param(f"https://www.linkedin.com/talent/hire/1/manage/all/profile/{ACO}", id="deep in recruiter"),
        pytest.param(f"https://www.linkedin.com/profile/view?id={ACW}&authType=x", id="view?id= with a token"),
        pytest.param(f"urn:li:fs_miniProfile:{ACO}", id="mini profile"),
        pytest.param(
            "https://www.linkedin.com/sales/profile/123456789,AbCd,NAME_SEARCH", id="number in sales navigator"
        ),
        pytest.param(f"https://www.linkedin.com/in/{ACW},NAME_SEARCH,AbCd", id="lead triple behind /in/"),
        pytest.param("linkedin://profile?id=123456789", id="deep link"),
        pytest.param(f"{MEMBER} https://www.linkedin.com/in/{ACO}", id="number and token of one member"),
    ],
)
def test_one_member_has_one_key_in_every_product(cell: str) -> None:
    assert parse_linkedin(cell).key == MEMBER


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        pytest.param(
            "https://evil.example\\@www.linkedin.com/in/jane-doe", "not_linkedin", id="backslash hides the host"
        ),
        pytest.param(f"data:text/html,{JANE}", "bad_scheme", id="data URL"),
        pytest.param("javascript:alert(1)//linkedin.com/in/jane-doe", "bad_scheme", id="script"),
        pytest.param("https://www.linkedin.com:8080/in/jane-doe", "bad_port", id="other port"),
        pytest.param("https://www.linkedin.com/in/jane-d…", "truncated", id="ellipsis"),
        pytest.param(
            "https://www.linkedin.com/in/jane-doehttps://www.linkedin.com/in/john-roe",
            "multiple_profiles",
            id="two glued",
        ),
        pytest.param(f"{JANE} and https://www.linkedin.com/in/john-roe", "multiple_profiles", id="two with a word"),
        pytest.param(
            "https://www.linkedin.com/in/jos%252525C3%252525A9", "bad_percent_encoding", id="four times encoded"
        ),
        pytest.param("https://www.linkedin.com/in/anna%00example", "bad_character", id="encoded control"),
        pytest.param(f"https://www.linkedin.com/in/{ACO.upper()}", "opaque_case_lost", id="token in capitals"),
        pytest.param(f"https://www.linkedin.com/in/{ACO}x", "opaque_malformed", id="token with more behind"),
        pytest.param(
            "https://www.linkedin.com/recruiter/profile/123456789,Txs6,PTS",
            "recruiter_internal_id",
            id="recruiter's own",
        ),
        pytest.param(f"{JANE} Jane Doe", "space_in_slug", id="words behind an open slug"),
        pytest.param("x" * 30_000, "cell_too_long", id="too long to read"),
        pytest.param(
            "https://www.linkedin.com/authwall?sessionRedirect=" * 6 + JANE, "too_many_redirects", id="deep chain"
        ),
    ],
)
def test_nobody_is_guessed(cell: str, reason: str) -> None:
    found = parse_linkedin(cell)
    assert (found.status, found.key, found.reason) == (LinkedInStatus.INVALID, None, reason)


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("linkedin.com/jane-doe", id="/in/ missing"),
        pytest.param("https://www.linkedin.com/i/jane-doe", id="/in/ misspelt"),
        pytest.param("jane-doe", id="bare slug"),
        pytest.param("@jane-doe", id="handle"),
        pytest.param("https://www.linkdin.com/in/jane-doe", id="typo in the name"),
        pytest.param("https://www.linkedin.con/in/jane-doe", id="typo in the last label"),
        pytest.param("https://www.linkedin.com.in/jane-doe".replace(".in/", ".in/in/"), id="one label too many"),
    ],
)
def test_a_near_miss_is_suggested_and_not_repaired(cell: str) -> None:
    found = parse_linkedin(cell)
    assert (found.status, found.suggestion) == (LinkedInStatus.INVALID, JANE)


@pytest.mark.parametrize(
    "host", ["linkedin.com.evil.example", "evil-linkedin.com", "notlinkedin.com", "linkedin.evil.example"]
)
def test_a_lookalike_gets_no_suggestion(host: str) -> None:
    assert parse_linkedin(f"https://{host}/in/jane-doe").suggestion is None


def test_the_sales_navigator_page_is_kept_beside_the_profile() -> None:
    found = parse_linkedin(f"https://www.linkedin.com/sales/lead/{ACW},NAME_SEARCH,AbCd?_ntb=x")
    assert found.sales_url == f"https://www.linkedin.com/sales/lead/{ACW},NAME_SEARCH,AbCd"
    assert found.url == f"https://www.linkedin.com/in/{ACW}"


def test_a_bare_number_identifies_and_cannot_be_written() -> None:
    found = parse_linkedin(MEMBER)
    assert (found.key, found.url) == (MEMBER, None)
