"""A small team's workspace and list, written as files and loaded as users load them."""

from pathlib import Path

import leadsieve

CAMPAIGN = "Q4 Outreach"
EXPORTS = {
    CAMPAIGN: "_id,email,firstName,status\nlea_in,in.target@acme-corp.com,Ina,done\n",
    "Nordics": (
        "_id,email,linkedinUrl,firstName,status,lastState\n"
        "lea_run,running@acme-corp.com,,Runa,running,\n"
        "lea_done,finished@acme-corp.com,,Finn,done,\n"
        "lea_uns,said.no@acme-corp.com,,Uns,unsubscribed,\n"
        "lea_bou,bounced@acme-corp.com,,Bo,done,emailsBounced\n"
    ),
}
OPT_OUTS = (
    "value,reason\nlisted@acme-corp.com,\n@shut-corp.com,\nhttps://www.linkedin.com/in/no-more-mail,do_not_contact\n"
)
LIST = (
    "Email,LinkedIn,First Name,Company,Colour\n"
    "new@fresh-corp.com,,Nora,Fresh,red\n"
    "new@fresh-corp.com,,Nora again,Fresh,blue\n"
    "running@acme-corp.com,,Runa,Acme,blue\n"
    "in.target@acme-corp.com,,Ina,Acme,red\n"
    "finished@acme-corp.com,,Finn,Acme,green\n"
    "said.no@acme-corp.com,,Uns,Acme,red\n"
    "bounced@acme-corp.com,,Bo,Acme,red\n"
    "listed@acme-corp.com,,Lis,Acme,red\n"
    "one@mail.shut-corp.com,,Shu,Shut,red\n"
    ",https://www.linkedin.com/in/no-more-mail,Nom,Acme,red\n"
    "broken@@acme,,Bro,Acme,red\n"
    "other@fresh-corp.com,https://www.linkedin.com/in/other-one,Ott,Fresh,blue\n"
)
OUTCOMES = {"create": 3, "duplicate": 2, "in_progress": 1, "suppressed": 5, "failed": 1}


def write_team(folder: Path) -> leadsieve.Workspace:
    """Write the list `leads.csv` and the workspace `workspace.duckdb` into a folder."""
    (folder / "exports").mkdir()
    for name, text in EXPORTS.items():
        (folder / "exports" / f"{name}.csv").write_text(text, "utf-8")
    (folder / "opt-outs.txt").write_text(OPT_OUTS, "utf-8")
    (folder / "leads.csv").write_text(LIST, "utf-8")
    workspace = leadsieve.Workspace(folder / "workspace.duckdb")
    workspace.load(folder / "exports" / "*.csv")
    workspace.suppress(folder / "opt-outs.txt")
    return workspace
