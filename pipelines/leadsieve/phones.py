"""Phone numbers as E.164, by Google's metadata (phonenumbers)."""

import polars as pl


def e164(number: str | None, region: str) -> str | None:
    """Return the number as E.164, or null when it is none; `region` is the country of numbers written without +.

    >>> e164("+33 6 12 34 56 78", "")
    '+33612345678'
    """
    import phonenumbers

    if not number:
        return None
    try:
        parsed = phonenumbers.parse(number.lstrip("'"), region or None)
    except phonenumbers.NumberParseException:
        return None
    return (
        phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        if phonenumbers.is_possible_number(parsed)
        else None
    )


def phone_keys(phones: pl.Series, region: str) -> pl.Series:
    """Return every phone as E.164, each distinct text parsed once."""
    distinct = phones.drop_nulls().unique()
    keys = [e164(text, region) for text in distinct]
    return phones.replace_strict(distinct, pl.Series(keys, dtype=pl.String), default=None, return_dtype=pl.String)
