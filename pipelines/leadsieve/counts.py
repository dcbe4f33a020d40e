"""Counts in sentences: one lead has, two leads have."""


def counted(count: int, one: str, many: str = "") -> str:
    """Return the count with what is counted; `many` where an s at the end of `one` does not make it several.

    >>> counted(1, "lead"), counted(2000, "lead"), counted(0, "batch", "batches"), counted(1, "email is", "emails are")
    ('1 lead', '2,000 leads', '0 batches', '1 email is')
    """
    return f"{count:,} {fitting(count, one, many or f'{one}s')}"


def fitting(count: float, one: str, many: str) -> str:
    """Return the word that fits a count which stands elsewhere in the sentence.

    >>> fitting(1, "it", "them"), fitting(2, "counts", "count")
    ('it', 'count')
    """
    return one if count == 1 else many


class Count(int):
    """A count in a template that is data, where a format says what is counted.

    >>> "{n:row repeats|rows repeat} {n:,}".format(n=Count(1)), "{n:lead} {n}".format(n=Count(2000))
    ('1 row repeats 1', '2,000 leads 2,000')
    """

    def __format__(self, said: str) -> str:
        return counted(self, *said.split("|")) if said.strip(",") else f"{int(self):,}"
