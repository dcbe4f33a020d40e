"""Encodings: the text is read as it was written, whatever the file was saved in."""

from pathlib import Path

import pytest

from leadsieve.errors import UsageError
from leadsieve.intake import ReadOptions, read, text
from leadsieve.intake.letters import plausibility

WESTERN = ["Hélène Lefèvre", "Jürgen Müller", "José Núñez", "Benoît Forêt", "Zoë O’Neil"]
EASTERN = ["Wałęsa Łukasz", "Jiří Dvořák", "Ondřej Růžička", "Żółkiewska Małgorzata"]
RUSSIAN = ["Иванов Пётр", "Щукина Екатерина", "Юлия Новикова"]
TURKISH = ["Işıl Yıldırım", "Gülşen Dağlı", "Çağrı Özgür"]
JAPANESE = ["田中 太郎", "佐藤 花子", "スズキ 株式会社"]
CHINESE = ["王伟", "李娜 有限公司", "北京 销售经理"]
ENCODINGS = [
    ("utf-8", WESTERN), ("utf-8-sig", RUSSIAN), ("utf-16", JAPANESE), ("utf-16-le", WESTERN), ("utf-16-be", WESTERN),
    ("utf-32", JAPANESE),
    ("cp1252", WESTERN), ("latin-1", WESTERN[:4]), ("iso8859-15", ["Šaljapin Žukov", "Mäkelä Päivi €"]), ("cp1250", EASTERN),
    ("iso8859-2", EASTERN), ("cp1251", RUSSIAN), ("cp1254", TURKISH), ("mac_roman", WESTERN), ("shift_jis", JAPANESE), ("gb18030", CHINESE),
]  # fmt: skip


def written(folder: Path, encoding: str, names: list[str], *, plain_rows: int = 0) -> Path:
    rows = [f"{name},p{n}@acme.example" for n, name in enumerate(names * 3)]
    plain = [f"Bob {n},b{n}@acme.example" for n in range(plain_rows)]
    path = folder / "list.csv"
    path.write_bytes(("\r\n".join(["Name,Email", *plain, *rows]) + "\r\n").encode(encoding))
    return path


@pytest.mark.parametrize(("encoding", "names"), ENCODINGS, ids=[name for name, _ in ENCODINGS])
def test_names_are_read_as_they_were_written(tmp_path: Path, encoding: str, names: list[str]) -> None:
    found = read(written(tmp_path, encoding, names))
    assert found.table["Name"].to_list() == names * 3


@pytest.mark.parametrize("encoding", ["cp1252", "cp1250", "mac_roman"])
def test_letters_that_come_late_in_a_long_file_decide(tmp_path: Path, encoding: str) -> None:
    names = EASTERN if encoding == "cp1250" else WESTERN
    found = read(written(tmp_path, encoding, names, plain_rows=20_000))
    assert found.table["Name"].to_list()[20_000:] == names * 3


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("Renée", "RenŽe"), ("Dvořák", "Dvoøák"), ("Wałęsa", "Wa³êsa"), ("d'Œx", "d'¼x"), ("Иванов", "Èâàíîâ")],
)
def test_a_word_of_one_language_is_more_plausible(right: str, wrong: str) -> None:
    assert plausibility(right) > plausibility(wrong)


def test_a_doubtful_guess_names_its_runner_up(tmp_path: Path) -> None:
    guess = read(written(tmp_path, "cp1252", WESTERN)).guess.encoding
    assert guess.confidence < 1
    assert guess.runner_up


def test_an_encoding_that_is_told_is_not_guessed(tmp_path: Path) -> None:
    found = read(written(tmp_path, "cp1250", EASTERN), options=ReadOptions(encoding="windows-1250"))
    assert found.guess.encoding.value == "cp1250"
    assert found.table["Name"].to_list()[:4] == EASTERN


def test_a_line_that_is_no_text_in_the_told_encoding_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"Name,Email\nZo\xeb,z@x.example\nBo,b@x.example\nAl,a@x.example\n")
    found = read(path, options=ReadOptions(encoding="utf-8"))
    assert found.rejected.select("line", "reason").rows() == [(2, "undecodable")]
    assert found.table["Name"].to_list() == ["Bo", "Al"]


@pytest.mark.parametrize("name", ["klingon", "zlib", "rot13", "a\0b"], ids=repr)
@pytest.mark.parametrize("file", ["list.csv", "nowhere.csv"])
def test_an_encoding_that_does_not_exist_is_a_usage_error(tmp_path: Path, name: str, file: str) -> None:
    written(tmp_path, "utf-8", WESTERN)
    with pytest.raises(UsageError, match="is not known"):
        read(tmp_path / file, options=ReadOptions(encoding=name))


@pytest.mark.parametrize("family", ["utf-16", "utf-32"])
@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("is_told", [True, False], ids=["told", "guessed"])
def test_the_mark_says_the_byte_order(tmp_path: Path, family: str, order: str, *, is_told: bool) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("\ufeffName,Email\r\nZoë,z@acme.example\r\n".encode(f"{family}-{order}"))
    found = read(path, options=ReadOptions(encoding=family if is_told else None))
    assert found.table.rows() == [("Zoë", "z@acme.example")]
    assert found.guess.encoding.value == f"{family}-{order}"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
def test_lines_of_wide_encodings_are_counted_over_blocks(
    tmp_path: Path, encoding: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters such as U+0A0D have the bytes of line ends in them, and blocks end within letters."""
    monkeypatch.setattr(text, "_SAMPLE_BLOCK_BYTES", 101)
    path = tmp_path / "list.csv"
    rows = [f"\u0a0d{n}\u0d0a,p{n}@acme.example" for n in range(300)]
    path.write_bytes(("\ufeffName,Email" + end + end.join(rows)).encode(encoding))
    found = read(path)
    assert found.table["Name"].to_list() == [row.partition(",")[0] for row in rows]
    assert found.lines.to_list() == list(range(2, 302))
