"""What a cell of an opt-out column says, and of several reasons which holds."""

import polars as pl
import pytest

from leadsieve.policy import SuppressColumn, default_suppress_columns
from leadsieve.suppress_columns import said_by_columns


def said(column: str, cell: str | None, *rules: SuppressColumn) -> tuple[str | None, str | None]:
    told = said_by_columns(pl.DataFrame({column: [cell, None]}), rules or default_suppress_columns())
    assert told.row(1) == (None, None)
    return told.row(0)


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("hs_email_optout", "TRUE", "unsubscribed"),
        ("Has Opted Out Of Email", "1", "unsubscribed"),
        ("Unsubscribed from all email", "WAHR", "unsubscribed"),
        ("Tags", "Fair 2026 ::: Do not contact", "do_not_contact"),
        ("Tags", "hot|DNC", "do_not_contact"),
        ("TAGS", '"VIP","Unsubscribed"', "unsubscribed"),
        ("UNSUB_TIME", "2026-01-31 10:00:00", "unsubscribed"),
        ("EmailBouncedDate", "2026-01-31T10:00:00.000Z", "bounced"),
        ("Portal Bounce", "MAILBOX_FULL", "bounced"),
        ("Status", "emailsBounced", "bounced"),
        ("Désinscrit", "oui", "unsubscribed"),
        ("DESINSCRIT DE TOUS LES E-MAILS", "VRAI", "unsubscribed"),
        ("Statut", "Désabonnée", "unsubscribed"),
        ("Statut", "de\u0301sinscrit", "unsubscribed"),
        ("Statut du contact", "Ne pas contacter", "do_not_contact"),
        ("Status", "Abgemeldet", "unsubscribed"),
        ("Kontaktstatus", "nicht kontaktieren", "do_not_contact"),
        ("Werbesperre", "ja", "do_not_contact"),
        ("Kontaktstatus", "unzustellbar", "bounced"),
        ("Estado", "Dado de baja", "unsubscribed"),
        ("No contactar", "sí", "do_not_contact"),
        ("Etiquetas", "feria 2026, rebotado", "bounced"),
        ("Stato", "disiscritto", "unsubscribed"),
        ("Stato del contatto", "Non contattare", "do_not_contact"),
        ("Uitgeschreven", "x", "unsubscribed"),
        ("Contactstatus", "Niet contacteren", "do_not_contact"),
        ("Situação", "Descadastrado", "unsubscribed"),
        ("Nao contatar", "sim", "do_not_contact"),
    ],
)
def test_a_cell_that_says_so_gives_its_reason_and_column(column, cell, reason):
    assert said(column, cell) == (reason, column)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Portal Bounce", "FALSE"),
        ("Email hard bounce reason", "N/A"),
        ("Email hard bounce reason", " "),
        ("Unsubscribed", "0"),
        ("Unsubscribed", "not unsubscribed"),
        ("Tags", "unsubscribed-fair"),
        ("DoNotCall", "true"),
        ("Marketing contact status", "Non-marketing contact"),
        ("Status", "active"),
        ("Status", "aktiv"),
        ("Statut", "actif"),
        ("Statut", "non abonné"),  # never was
        ("Statut juridique", "désinscrit"),
        ("Statut matrimonial", "ne pas contacter"),
        ("État", "actif"),
        ("Estado", "Baja California"),
        ("Estado", "baja"),  # left the company, or low
        ("Estado civil", "no contactar"),
        ("Stato", "Lombardia"),
        ("Stato", "respinto"),
        ("Status", "gesperrt"),
        ("Status", "nicht abgemeldet"),
        ("Désinscrit", "non"),
        ("Abgemeldet", "nein"),
        ("Abmeldedatum der Firma", "2026-01-31"),
        ("Uitgeschreven", "nee"),
    ],
)
def test_a_cell_that_says_otherwise_says_nothing(column, cell):
    assert said(column, cell) == (None, None)


def test_the_strongest_reason_holds_whatever_the_order_of_rules_and_columns():
    bounced = SuppressColumn(names=("B",), words=("x",), reason="bounced")
    unsubscribed = SuppressColumn(names=("U",), words=("x",), reason="unsubscribed")
    table = pl.DataFrame({"B": ["x"], "U": ["x"]})
    assert said_by_columns(table, [bounced, unsubscribed]).row(0) == ("unsubscribed", "U")


def test_a_table_without_such_columns_keeps_its_rows():
    assert said_by_columns(pl.DataFrame({"a": ["1", "2"]}), default_suppress_columns()).height == 2
