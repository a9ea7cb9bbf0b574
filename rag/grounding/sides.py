"""A statement on several papers at once, taken apart: each side is what one of them says.

Beside the text of two papers together a right comparison looks turned round: "A needs 12 GB, while B needs 24 GB" has
the figures of both near the words of both. Side by side, each is checked as any statement is.
"""

from __future__ import annotations

import re

from rag.grounding.content import stems
from rag.text.quantities import quantities

_BETWEEN = re.compile(
    r"\s*;\s+|,?\s+(?:while|whereas|but|and (?=[A-Z])|compared (?:with|to)|versus|vs\.?|against)\s+"
    r"|,?\s+(?:which is |that is )?(?:(?P<more>more|higher|larger|longer|greater|bigger)|"
    r"(?P<less>less|fewer|lower|smaller|shorter)) than (?:the |that of )?(?=.*\d)",
)
_LEAST = 3  # content words of a side


def sides(statement: str) -> tuple[str, ...]:
    """The sides of a comparison, in order; empty where it has one alone, or its figures are not as it says."""
    found: list[str] = []
    start = 0
    for match in _BETWEEN.finditer(statement):
        left, right = statement[start : match.start()], statement[match.end() :]
        if (match["more"] or match["less"]) and not _as_said(left, right, more=bool(match["more"])):
            return ()
        found.append(left)
        start = match.end()
    found.append(statement[start:])
    return tuple(found) if len(found) > 1 and all(len(stems(side)) >= _LEAST for side in found) else ()


def _as_said(left: str, right: str, *, more: bool) -> bool:
    """Whether the last figure on the left is more (or less) than the first on the right."""
    before, behind = quantities(left), quantities(right)
    if not before or not behind:
        return False
    return before[-1].value > behind[0].value if more else before[-1].value < behind[0].value
