"""Text without characters that are not seen: other people's text may use them to show something else than it says."""

from __future__ import annotations

import re

# C0 and C1 controls but tab and line break, lone surrogates, direction marks, embeddings and isolates (the "Trojan
# source" of Boucher and Anderson), zero-width space and joiner of words, soft hyphen, byte order mark, interlinear
# annotation, and tag characters, which spell out whole sentences unseen. The zero-width joiner and non-joiner stay:
# Persian, Indic scripts and emoji are written with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\ud800-\udfff\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def visible(text: str) -> str:
    """`text` without unseen characters; every kind of line break is `\\n`."""
    return _UNSEEN.sub("", _BREAKS.sub("\n", text))
