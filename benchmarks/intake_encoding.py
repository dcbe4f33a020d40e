"""How often the text of a list is read right, over encodings and sizes, beside chardet and charset-normalizer.

    python benchmarks/intake_encoding.py [--seeds 4]

Lists are generated (names, firms, titles and towns of the encoding's languages, two rows in three plain ASCII), so a
wrong guess counts only where it changes the text. The other two are measured when they are installed.
"""

import argparse
import importlib
import io
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator

from leadsieve.intake.encoding import guess_encoding
from leadsieve.intake.lines import lines_of

SIZES = (2_000, 20_000, 200_000, 2_000_000)
ENCODINGS = {
    "utf-8": "western eastern cyrillic chinese japanese",
    "utf-8-sig": "western eastern cyrillic",
    "utf-16-le+bom": "western cyrillic japanese",
    "utf-16-be+bom": "western cyrillic chinese",
    "utf-16-le": "western eastern",
    "utf-16-be": "western eastern",
    "cp1252": "western french german spanish nordic portuguese",
    "latin-1": "western french german spanish nordic portuguese",
    "iso8859-15": "french finnish",
    "cp1250": "eastern polish czech hungarian",
    "iso8859-2": "polish czech",
    "cp1251": "cyrillic",
    "mac_roman": "western french german spanish nordic",
    "shift_jis": "japanese",
    "gb18030": "chinese",
}
WORDS = {
    "french": "Hélène Jérôme François Zoé Chloé Anaïs Benoît Lefèvre Gérard Bérénice Crédit Société Générale Énergies "
    "Directrice Développement Château-d'Œx Besançon Nîmes Orléans Forêt Noël Maçonnerie Président Chargé",
    "german": "Jürgen Müller Günther Schäfer Böhm Größe Weiß Jäger Köln München Düsseldorf Geschäftsführer "
    "Vertriebsleiter Österreich Übersee Straße Käthe Björn Häußler",
    "spanish": "José Núñez María Muñoz Peña Íñigo Ángel Córdoba León Málaga Compañía Dirección Comercial Óscar Andrés Gómez",
    "portuguese": "João Conceição Simões Gonçalves Magalhães São Paulo Relações Públicas António Inês Luís Assunção",
    "nordic": "Øystein Søren Åse Bjørn Ærø Jørgensen Malmö Göteborg Håkan Sjöberg Ängström Tromsø Århus",
    "finnish": "Päivi Mäkelä Hämäläinen Jyväskylä Šaljapin Žukov Väinö Yrjö €500 Töölö",
    "polish": "Wałęsa Łukasz Żółkiewski Małgorzata Kraków Łódź Świątek Wójcik Dąbrowski Sprzedaży Kierownik Ćwiek Gdańsk",
    "czech": "Dvořák Růžička Jiří Ondřej Nováková Kučera Žižka Praha Plzeň Ředitel Společnost Černý Šťastný Větrník",
    "hungarian": "Erdős László Győr Kovács Gábor Szűcs Zoltán Ügyvezető Nagykőrös Őry Sándor Fűtő",
    "cyrillic": "Иванов Пётр Сергеевич Анна Директор Москва Компания Общество Продажи Екатерина Щукин Юлия Ёлкин",
    "japanese": "田中 太郎 佐藤 花子 株式会社 営業部長 東京 スズキ カタカナ ひらがな 鈴木 代表取締役 システム サービス",
    "chinese": "王伟 李娜 张敏 有限公司 销售经理 北京 上海 科技 总监 刘洋 陈静 集团 技术部",
}
WORDS["western"] = " ".join(WORDS[k] for k in ("french", "german", "spanish", "nordic", "portuguese"))
WORDS["eastern"] = " ".join(WORDS[k] for k in ("polish", "czech", "hungarian"))
PLAIN = ["Anna", "Bob", "Carla", "David", "Smith", "Miller", "Sales", "Manager", "Acme", "Initech", "Paris", "Berlin"]
Detector = Callable[[bytes], str | None]


def list_text(rng: random.Random, words: list[str], size: int) -> str:
    """Return a lead list of about `size` characters."""
    rows = ["First Name,Last Name,Company,Job Title,Email"]
    length = 0
    while length < size:
        pool = words if rng.random() < 1 / 3 else PLAIN
        number = rng.randrange(10**6)
        row = ",".join([*(rng.choice(pool) for _ in range(4)), f"p{number}@acme.example"])
        rows.append(row)
        length += len(row) + 2
    return "\r\n".join(rows) + "\r\n"


def cases(seeds: int) -> Iterator[tuple[str, int, str, bytes]]:
    """Yield (encoding, size, text, bytes) of every generated list."""
    for name, languages in ENCODINGS.items():
        for language in languages.split():
            for size in SIZES:
                for seed in range(seeds if size < SIZES[-1] else 1):
                    yield name, size, *encoded(name, language, size, seed)


def encoded(name: str, language: str, size: int, seed: int) -> tuple[str, bytes]:
    """Return a list's text and its bytes; words that the encoding lacks are left out."""
    codec, _, mark = name.partition("+")
    words = [w for w in WORDS[language].split() if fits(w, codec)]
    text = list_text(random.Random(f"{name}{language}{size}{seed}"), words, size)
    bom = "\ufeff" if mark else ""
    return text, (bom + text).encode(codec)


def fits(word: str, codec: str) -> bool:
    """Return whether an encoding has all letters of a word."""
    try:
        word.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def ours(data: bytes) -> str:
    """Return the text as intake reads it."""
    stream = io.BytesIO(data)
    coding, _ = guess_encoding(stream, told=None)
    return "".join(line.text + line.end for line in lines_of(stream, coding, file="benchmark"))


def theirs(module: str) -> Callable[[bytes], str] | None:
    """Return the reader of another library, or none when it is not installed."""
    try:
        library = importlib.import_module(module)
    except ImportError:
        return None
    return lambda data: data.decode(library.detect(data)["encoding"] or "ascii", errors="replace").removeprefix(
        "\ufeff"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    options = parser.parse_args()
    readers = {"leadsieve": ours, "chardet": theirs("chardet"), "charset-normalizer": theirs("charset_normalizer")}
    right: Counter[tuple[str, str]] = Counter()
    total: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for encoding, size, text, data in cases(options.seeds):
        if size > options.largest:
            continue
        total[encoding] += 1
        for name, reader in readers.items():
            if reader is None:
                continue
            start = time.perf_counter()
            right[name, encoding] += safely(reader, data) == text
            seconds[name] += time.perf_counter() - start
    report([name for name, reader in readers.items() if reader], right, total, seconds)


def safely(reader: Callable[[bytes], str], data: bytes) -> str:
    """Return what a reader makes of the bytes; a reader that cannot is wrong, not the benchmark."""
    try:
        return reader(data)
    except (LookupError, UnicodeError):
        return ""


def report(names: list[str], right: Counter[tuple[str, str]], total: Counter[str], seconds: Counter[str]) -> None:
    """Print the lists read right, by encoding and in all."""
    print(f"{'encoding':16}{'lists':>7}" + "".join(f"{name:>20}" for name in names))
    for encoding, count in total.items():
        print(f"{encoding:16}{count:7}" + "".join(f"{right[name, encoding]:20}" for name in names))
    everything = sum(total.values())
    print(f"{'all':16}{everything:7}" + "".join(f"{sum(right[n, e] for e in total):20}" for n in names))
    print(f"{'seconds':23}" + "".join(f"{seconds[name]:20.1f}" for name in names))


if __name__ == "__main__":
    main()
