"""Results of training with some of it changed, for tests: the results themselves are frozen."""

from dataclasses import replace

__all__ = ["change_members", "keep_members"]


def change_members(results, change, chosen=lambda member: True):
    """Every chosen member with the fields that ``change(member)`` names."""
    members = tuple(replace(m, **change(m)) if chosen(m) else m for m in results.members)
    return replace(results, members=members)


def keep_members(results, chosen):
    """The chosen members, and the summary rows of their methods."""
    members = tuple(member for member in results.members if chosen(member))
    left = {member.method for member in members}
    rows = tuple(row for row in results.summary if row.method in left)
    return replace(results, members=members, summary=rows)
