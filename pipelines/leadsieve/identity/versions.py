"""Which rules and which snapshots of other people's lists gave an answer; the manifest carries them."""

from importlib.metadata import version

from leadsieve.identity.domains import suffix_list_version

# Raised whenever a cell's key changes (tests/identity/cases/golden_keys.csv); a workspace stores keys and migrates by it.
KEY_VERSION = 1


def data_versions() -> dict[str, str]:
    """Return the snapshot of each list that answers depend on."""
    return {
        "public_suffix_list": suffix_list_version(),
        "publicsuffixlist": version("publicsuffixlist"),
        "disposable_email_domains": version("disposable-email-domains"),
        "idna": version("idna"),
    }
