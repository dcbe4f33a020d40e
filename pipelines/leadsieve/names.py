"""How files and folders are named after a campaign."""

import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path


def slugify(name: str) -> str:
    """Return a campaign's name as a file can carry it.

    >>> slugify("Q4 Outreach – Île-de-France")
    'q4-outreach-ile-de-france'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower())[:80].strip("-") or "campaign"


def batch_file(campaign: str, batch: int) -> str:
    """Return where a batch's file stands in a run's folder."""
    return f"batches/{slugify(campaign)}-{batch:03}.csv"


def default_out(campaign: str) -> Path:
    """Return the folder that a run goes to when none is named."""
    return Path("runs") / f"{slugify(campaign)}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
