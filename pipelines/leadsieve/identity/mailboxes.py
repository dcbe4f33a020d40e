"""What an address says about its mailbox: role, no-reply, free provider, and the opt-in key of a provider's rules (E13, E14)."""

import unicodedata
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache

from leadsieve.identity.domains import EXAMPLE_DOMAINS, read_domain
from leadsieve.identity.word_lists import words


class EmailFlag(StrEnum):
    """What a person may want to know of an address that is valid all the same."""

    DISPOSABLE_DOMAIN = "disposable_domain"
    ENCAPSULATED = "encapsulated"
    FREE_PROVIDER = "free_provider"
    IDN = "idn"
    MIXED_SCRIPT = "mixed_script"
    NEEDLESS_QUOTES = "needless_quotes"
    NOREPLY = "noreply"
    RESERVED_EXAMPLE_DOMAIN = "reserved_example_domain"
    ROLE_ACCOUNT = "role_account"
    SMTPUTF8 = "smtputf8"
    STRAY_WWW = "stray_www"
    SUSPECTED_DOMAIN_TYPO = "suspected_domain_typo"


# RFC 2142; Mailchimp's list of blocked role addresses (2026); common words of other languages in public lists.
ROLES = words(
    """
    abuse accounting accounts admin administration administrator advertising all billing board booking bookings
    careers ceo commercial compliance contact contact-us contactus customercare customerservice customersupport
    devnull director dns editor editorial enquiries enquiry everyone feedback finance ftp general hello help
    helpdesk hi hostmaster hr info inquiries inquiry invoice invoices it jobs legal list list-request mail
    maildaemon management manager marketing media news newsletter noc null office operations order orders
    partners payment payments payroll phishing post postmaster pr press privacy procurement purchasing reception
    recruiting recruitment registrar reservations root sales secretary security service services shop spam staff
    subscribe support sysadmin team tech technical undisclosed-recipients unsubscribe usenet uucp webmaster
    welcome www kontakt buchhaltung einkauf vertrieb verkauf verwaltung bewerbung bestellung zentrale empfang
    rechnung datenschutz personal presse impressum accueil comptabilite commerciale direction secretariat rh
    recrutement devis communication contacto ventas administracion compras empleo atencion clientes contatto
    contatti amministrazione vendite segreteria ufficio commerciale contato vendas financeiro atendimento biuro
    sekretariat ksiegowosc sprzedaz zamowienia verkoop administratie receptie boekhouding
    """
)
NO_REPLIES = words(
    """
    noreply no-reply no_reply no.reply noreplies donotreply do-not-reply do_not_reply do.not.reply dont-reply
    dontreply mailer-daemon mailerdaemon mailer_daemon bounce bounces nepasrepondre ne-pas-repondre noresponder
    no-responder
    """
)
FREE_PROVIDERS = words(
    """
    gmail.com googlemail.com outlook.com outlook.fr outlook.de outlook.es outlook.it outlook.co.uk hotmail.com
    hotmail.fr hotmail.de hotmail.es hotmail.it hotmail.co.uk hotmail.be hotmail.nl live.com live.fr live.de
    live.nl live.it live.co.uk live.be live.com.au live.ca live.se live.dk live.no msn.com passport.com
    yahoo.com yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.ca yahoo.co.uk yahoo.co.in yahoo.in yahoo.co.jp
    yahoo.com.br yahoo.com.au yahoo.com.ar yahoo.com.mx yahoo.com.sg yahoo.com.ph yahoo.com.hk yahoo.com.tw
    yahoo.com.tr yahoo.com.vn yahoo.co.id yahoo.gr yahoo.ie yahoo.pl yahoo.ro yahoo.se ymail.com rocketmail.com
    myyahoo.com aol.com aol.fr aol.de aol.co.uk aim.com icloud.com me.com mac.com proton.me protonmail.com
    protonmail.ch pm.me tutanota.com tutanota.de tutamail.com tuta.io tuta.com keemail.me gmx.com gmx.de gmx.net
    gmx.at gmx.ch gmx.fr gmx.us gmx.co.uk web.de freenet.de t-online.de arcor.de mail.com email.com usa.com
    consultant.com post.com mail.de posteo.de posteo.net mailbox.org orange.fr wanadoo.fr free.fr sfr.fr neuf.fr
    laposte.net bbox.fr numericable.fr club-internet.fr libero.it virgilio.it tiscali.it alice.it tin.it
    fastwebnet.it telenet.be skynet.be ziggo.nl kpnmail.nl planet.nl hetnet.nl xs4all.nl home.nl upcmail.nl
    bluewin.ch hispeed.ch sunrise.ch yandex.ru yandex.com yandex.ua yandex.kz yandex.by ya.ru narod.ru mail.ru
    inbox.ru list.ru bk.ru internet.ru rambler.ru ukr.net i.ua wp.pl o2.pl onet.pl op.pl interia.pl seznam.cz
    centrum.cz email.cz azet.sk freemail.hu citromail.hu abv.bg sapo.pt uol.com.br bol.com.br terra.com.br
    ig.com.br globo.com globomail.com rediffmail.com qq.com foxmail.com vip.qq.com 163.com 126.com yeah.net
    sina.com sina.cn sohu.com 139.com 189.cn aliyun.com naver.com daum.net hanmail.net nate.com docomo.ne.jp
    ezweb.ne.jp softbank.ne.jp comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net
    earthlink.net optonline.net juno.com roadrunner.com frontier.com btinternet.com btopenworld.com sky.com
    virginmedia.com ntlworld.com talktalk.net blueyonder.co.uk bigpond.com bigpond.net.au optusnet.com.au
    rogers.com shaw.ca sympatico.ca telus.net fastmail.com fastmail.fm hey.com hushmail.com zoho.com
    zohomail.com zohomail.eu inbox.com inbox.lv walla.com walla.co.il duck.com
    """
)
# Providers that take "+" as the start of a tag (validator.js normalizeEmail; the providers' help pages, 2026).
GOOGLE = frozenset(["gmail.com", "googlemail.com"])
PLUS_TAGS = (
    words(
        """
    outlook.com hotmail.com live.com msn.com icloud.com me.com mac.com fastmail.com fastmail.fm proton.me
    protonmail.com protonmail.ch pm.me zoho.com zohomail.com
    """
    )
    | frozenset(name for name in FREE_PROVIDERS if name.startswith(("outlook.", "hotmail.", "live.", "yandex.")))
    | {"ya.ru"}
)
YAHOO = frozenset(name for name in FREE_PROVIDERS if name.startswith("yahoo.")) | {"ymail.com", "rocketmail.com"}
FASTMAIL = "fastmail.com"
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "HEBREW", "ARABIC", "GEORGIAN", "CHEROKEE", "THAI")


def split_address(address: str) -> tuple[str, str]:
    """Return local part and domain of a canonical address."""
    local, _, domain = address.rpartition("@")
    return local, domain


def mailbox_of(address: str) -> str:
    """Return the opt-in key under which a provider delivers to the same mailbox; the address itself where none is known.

    It warns of a possible same mailbox and never identifies (E14).

    >>> mailbox_of("jane.doe+news@googlemail.com"), mailbox_of("jane+x@acme.com")
    ('janedoe@gmail.com', 'jane+x@acme.com')
    """
    local, domain = split_address(address)
    base = local.partition("+")[0] or local
    if domain in GOOGLE:
        return f"{base.replace('.', '') or local}@gmail.com"
    if domain in PLUS_TAGS:
        return f"{base}@{domain}"
    if domain.endswith(f".{FASTMAIL}"):
        return f"{domain.removesuffix(f'.{FASTMAIL}')}@{FASTMAIL}"
    if domain in YAHOO and "-" in local.strip("-"):
        return f"{local.partition('-')[0]}-@{domain}"  # equal bases meet; the base is not the user's name
    return address


def flags_of(address: str) -> frozenset[EmailFlag]:
    """Return all that can be said of a canonical address offline."""
    local, domain = split_address(address)
    return frozenset(flag for flag, holds in _FLAGS.items() if holds(local, domain))


def is_disposable_domain(domain: str) -> bool:
    """Return whether a domain, or one above it, is on the list of throw-away mail services."""
    blocked = disposable_domains()
    while "." in domain:
        if domain in blocked:
            return True
        domain = domain.partition(".")[2]
    return False


@lru_cache(maxsize=1)
def disposable_domains() -> frozenset[str]:
    """Return the snapshot of the disposable-email-domains list (CC0)."""
    import disposable_email_domains  # 10,000 names that plain lists need not load

    return frozenset(disposable_email_domains.blocklist)


def is_role(local: str) -> bool:
    """Return whether a local part, tag aside, names a function and not a person."""
    return local.partition("+")[0] in ROLES


def is_no_reply(local: str) -> bool:
    """Return whether nobody reads what is sent to a local part."""
    return local.partition("+")[0] in NO_REPLIES


def _is_idn(domain: str) -> bool:
    return domain.startswith("xn--") or ".xn--" in domain


def _is_mixed(local: str, domain: str) -> bool:
    """Return whether one label mixes the letters of two scripts (UTS39's single-script test, by character names)."""
    return any(len(_scripts(label)) > 1 for label in [local, *_unicode_labels(domain)])


def _unicode_labels(domain: str) -> list[str]:
    if not _is_idn(domain):
        return []
    import idna  # 40 ms that plain lists need not pay

    return [idna.decode(label) for label in domain.split(".") if label.startswith("xn--")]


def _scripts(text: str) -> set[str]:
    if text.isascii():
        return set()
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha()}
    return names.intersection(_SCRIPTS)


_FLAGS: dict[EmailFlag, Callable[[str, str], bool]] = {
    EmailFlag.ROLE_ACCOUNT: lambda local, _: is_role(local),
    EmailFlag.NOREPLY: lambda local, _: is_no_reply(local),
    EmailFlag.DISPOSABLE_DOMAIN: lambda _, domain: is_disposable_domain(domain),
    EmailFlag.FREE_PROVIDER: lambda _, domain: domain in FREE_PROVIDERS,
    EmailFlag.IDN: lambda _, domain: _is_idn(domain),
    EmailFlag.SMTPUTF8: lambda local, _: not local.isascii(),
    EmailFlag.MIXED_SCRIPT: _is_mixed,
    EmailFlag.RESERVED_EXAMPLE_DOMAIN: lambda _, domain: domain in EXAMPLE_DOMAINS,
    EmailFlag.SUSPECTED_DOMAIN_TYPO: lambda _, domain: read_domain(domain).suggestion is not None,
    EmailFlag.STRAY_WWW: lambda local, domain: local.startswith("www.") or domain.startswith("www."),
    EmailFlag.ENCAPSULATED: lambda local, _: local.startswith("imceaex-"),
}
