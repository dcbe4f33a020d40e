"""Lists and workspaces of any size, with the shares of real ones; the same seed gives the same bytes.

    python benchmarks/leads.py FOLDER --rows 1000000

writes `list.csv` (one row a lead) and `memberships.parquet` (one row a membership, twice as many, with a column `campaign`).
Invented people only. What leadsieve finds in a list of 40,000 (seed 1): 3.0 % of the rows have no email, 1.0 % an invalid one, 10.2 % an odd form
of the profile's address, 19.9 % repeat the person of an earlier row, 39.9 % are known to the workspace.
DuckDB makes the rows by hashing their number and keeps their order without sorting, so that a hundred million need no more memory than a thousand.
"""

import argparse
from pathlib import Path

import duckdb

EMPTY_EMAIL, INVALID_EMAIL, ODD_LINKEDIN = 0.03, 0.01, 0.10
"""Shares of the list's rows."""

DUPLICATE, KNOWN = 0.256, 0.44
"""How often a row is drawn as another's duplicate, as known: some draws miss, which leaves 20 % and 40 % of the rows."""

ACTIVE, IN_TWO_CAMPAIGNS = 0.30, 0.10
"""Shares of the memberships: in progress; of a person who is in another campaign too."""

CAMPAIGN_SIZE = 8_000  # leads: under the 10,000 that a CSV upload allows
TARGET = "Campaign 0"

_PEOPLE = """
create macro below(i, what, n) as (hash(i, what, {seed}) % n::ubigint)::bigint;  -- a number from 0 to n - 1, by number and purpose
create macro draw(i, what) as below(i, what, 1000000) / 1000000;
create macro one_of(i, what, words) as words[1 + below(i, what, len(words))];
create macro first(p) as one_of(p, 'first', ['Ada', 'Ben', 'Chloe', 'Dirk', 'Elif', 'Femi', 'Gita', 'Hugo', 'Ines', 'Jonas', 'Karin', 'Liam']);
create macro last(p) as one_of(p, 'last', ['Abara', 'Brandt', 'Costa', 'Dubois', 'Eriksen', 'Fischer', 'Garcia', 'Haddad', 'Ito', 'Jansen']);
create macro domain(p) as 'company' || below(p // 7, 'domain', 200000) || '.com';
create macro email(p) as lower(first(p) || '.' || last(p)) || p || '@' || domain(p);
create macro slug(p) as lower(first(p) || '-' || last(p)) || '-' || lower(to_base(p + 46656, 36));
create macro company(p) as upper(domain(p)[1:1]) || replace(domain(p)[2:], '.com', ' Ltd');
create macro title(p) as one_of(p, 'title', ['Head of Sales', 'Buyer', 'Owner', 'Head of Operations', 'Engineer']);
create macro profile(i, p) as case when draw(i, 'odd') >= {odd} then 'https://www.linkedin.com/in/' || slug(p)
    else one_of(i, 'form', [
        'http://linkedin.com/in/' || slug(p) || '/', 'www.linkedin.com/in/' || slug(p), 'https://de.linkedin.com/in/' || slug(p) || '?trk=x',
        'HTTPS://WWW.LinkedIn.com/in/' || upper(slug(p)), 'https://www.linkedin.com/in/' || slug(p) || '/de']) end;
"""

_LIST = """
copy (
    with rows as (
        -- A duplicate is the person of an earlier row.
        select i, case when i > 0 and draw(i, 'duplicate') < {duplicate} then below(i, 'of', i) else i end as j from range({rows}) t(i)
    ), people as (
        select i, case when draw(j, 'known') < {known} then (j * 2 + 1) % {members} else {members} + j end as p from rows
    )
    select
        case when draw(i, 'email') < {empty} then '' when draw(i, 'email') < {empty} + {invalid} then email(p).replace('@', ' at ')
            when draw(i, 'case') < 0.05 then upper(email(p)) else email(p) end as email,
        first(p) as "firstName", last(p) as "lastName", company(p) as "companyName", title(p) as "jobTitle",
        profile(i, p) as "linkedinUrl", one_of(i, 'city', ['Lyon', 'Porto', 'Graz', 'Leeds', 'Turin']) as city
    from people
) to '{folder}/list.csv' (header, delimiter ',');
"""

_MEMBERSHIPS = """
copy (
    with rows as (
        select i, case when i > 0 and draw(i, 'two') < {two} then below(i, 'of', i) else i end as p from range({members}) t(i)
    )
    select
        'Campaign ' || i // {size} as campaign, 'lea_' || lpad(i::varchar, 17, '0') as _id, email(p) as email, first(p) as "firstName",
        last(p) as "lastName", company(p) as "companyName", profile(i + 7, p) as "linkedinUrl",
        'Source ' || i % 5 as source, 'emailsSent' as "lastState",
        case when draw(i, 'active') < {active} then 'inProgress' when draw(i, 'ended') < 0.03 then 'unsubscribed' else 'done' end as status
    from rows
) to '{folder}/memberships.parquet' (compression zstd);
"""


def make(folder: Path, *, rows: int, seed: int = 1) -> None:
    """Write the list and the memberships of `rows` leads into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    values = {
        "folder": folder,
        "rows": rows,
        "members": 2 * rows,
        "seed": seed,
        "size": CAMPAIGN_SIZE,
        "empty": EMPTY_EMAIL,
        "invalid": INVALID_EMAIL,
        "odd": ODD_LINKEDIN,
        "duplicate": DUPLICATE,
        "known": KNOWN,
        "active": ACTIVE,
        "two": IN_TWO_CAMPAIGNS,
    }
    with duckdb.connect() as con:
        for statement in (_PEOPLE, _LIST, _MEMBERSHIPS):
            con.execute(statement.format(**values))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    make(told.folder, rows=told.rows, seed=told.seed)
