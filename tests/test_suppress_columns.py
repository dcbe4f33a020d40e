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


DATED = (
    """
Désinscrit le 12/03/2026|Désinscrite depuis le 12 mars 2026|Désabonnés le 1er août 2026|DESINSCRIT LE 12 AOUT 2026
Unsubscribed on 2026-03-12|Unsubscribed 03/12/2026|Unsubscribed: 12-03-26|Unsubscribed (March 12th, 2026)|Unsubscribed since March 2026
Unsubscribed on 2026-03-12T10:15:00.000Z|Unsubscribed 3/12/2026 10:15 AM|Opted out as of 12 March 2026|unsubscribed 2026-03-12 at 10:15
Abgemeldet am 12.03.2026|Abgemeldet seit dem 12. März 2026|Abbestellt am 1.3.26 um 10:15 Uhr|Dado de baja el 12/03/2026|Dada de baja desde el 12 de marzo de 2026
Disiscritto il 12/03/2026|Disiscritta dal 12 marzo 2026|Uitgeschreven op 12-03-2026|Afgemeld sinds 12 maart 2026|Descadastrado em 12/03/2026
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.mark.parametrize("column", ["Unsubscribed", "Lead Status"])
@pytest.mark.parametrize("cell", DATED)
def test_a_date_behind_a_word_leaves_it_what_it_says(column, cell):
    assert said(column, cell) == ("unsubscribed", column)


def test_a_date_behind_any_word_does_not_count():
    assert said("Do Not Contact", "x 12/03/2026") == ("do_not_contact", "Do Not Contact")
    assert said("Kontaktstatus", "Unzustellbar, 12.03.2026") == ("bounced", "Kontaktstatus")
    assert said("Stage", "Ne plus contacter depuis le 12/03/2026") == ("do_not_contact", "Stage")


@pytest.mark.parametrize(
    "cell",
    [
        "Not unsubscribed on 2026-03-12",
        "Unsubscribed until 2026-03-12",
        "Resubscribed on 2026-03-12",
        "Ne pas contacter avant le 12/03/2026",
        "Unsubscribed by 12 others",
        "Unsubscribed 2026",
        "Unsubscribed 12",
        "Baja 12/03/2026",
        "Inscrit le 12/03/2026",
        "Abgemeldet 1.2.3.4",
    ],
)
def test_what_a_date_is_behind_must_be_a_word_of_the_rule(cell):
    assert said("Unsubscribed", cell) == said("Lead Status", cell) == (None, None)


@pytest.mark.parametrize("cell", ["2026-03-12", "12.03.2026 10:15", "on 2026-03-12", "le 12/03/2026"])
def test_a_date_by_itself_is_a_yes_in_a_column_for_opt_outs_and_nothing_in_one_of_statuses(cell):
    assert said("Unsubscribed", cell) == ("unsubscribed", "Unsubscribed")
    assert said("Lead Status", cell) == (None, None)


@pytest.mark.parametrize("cell", ["", " ", "-", "N/A", "00/00/0000"])
def test_no_date_is_no_yes(cell):
    assert said("Unsubscribed", cell) == (None, None)


def test_a_word_of_the_policy_may_hold_a_date_itself():
    rule = SuppressColumn(names=("Tags",), words=("Fair 2026-03-12",), reason="do_not_contact")
    assert said("Tags", "fair 2026-03-12", rule) == ("do_not_contact", "Tags")
    assert said("Tags", "fair 2026-03-13", rule) == (None, None)


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("Statut", "désabonnés|désabonnées|désinscrits|désinscrites|Désinscrit(e)|Désinscrit·e·s"),
        ("Status", "Abgemeldete|Abgemeldeter|abgemeldeten|abbestellte"),
        ("Estado", "Dados de baja|Dadas de baja|desuscritos|desuscritas|suscripciones canceladas"),
        ("Stato", "disiscritti|disiscritte|iscrizioni annullate"),
        ("Contactstatus", "afgemelde|uitgeschrevenen"),
        ("Situação", "descadastrados|descadastradas|inscrições canceladas|subscrições canceladas"),
        ("Lists", "Opt-outs"),
        ("Désinscrits", "x"),
        ("Désabonné(e)", "oui"),
    ],
)
def test_words_are_read_in_plural_and_whatever_the_gender(column, cells):
    assert {said(column, cell) for cell in cells.split("|")} == {("unsubscribed", column)}


def test_the_strongest_reason_holds_whatever_the_order_of_rules_and_columns():
    bounced = SuppressColumn(names=("B",), words=("x",), reason="bounced")
    unsubscribed = SuppressColumn(names=("U",), words=("x",), reason="unsubscribed")
    table = pl.DataFrame({"B": ["x"], "U": ["x"]})
    assert said_by_columns(table, [bounced, unsubscribed]).row(0) == ("unsubscribed", "U")


def test_a_table_without_such_columns_keeps_its_rows():
    assert said_by_columns(pl.DataFrame({"a": ["1", "2"]}), default_suppress_columns()).height == 2
