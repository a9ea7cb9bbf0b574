"""One tree of errors: what happened, where, and what to do about it.

FootnoteError                 exit 1
├── UsageError                exit 2   the caller asked for something that makes no sense
│   └── SettingsError         exit 2   a setting has a value that cannot be used
├── CorpusError                        papers could not be read
│   └── NothingToReadError             no paper in any of the paths given
├── EmbeddingError                     text could not be turned into vectors
│   ├── WeightsMissingError            the encoder's weights are nowhere to be had
│   └── WeightsCorruptError            the weights are not the ones that were published
├── ModelError                         the language model gave no usable reply
│   ├── ModelTimeoutError              not within the time allowed
│   ├── ModelRefusedError              it, or its endpoint, will not take this request: key, model, length, content
│   ├── ModelBusyError                 too many requests, or a fault of the endpoint that may pass
│   └── ModelReplyError                the reply is cut, empty or no reply at all
├── PromptError                        a prompt is missing or cannot be rendered
└── StoreError                         the index could not be read or written
    ├── IndexMissingError              nothing has been ingested yet
    ├── IndexDamagedError              what is on disk cannot be trusted
    ├── IndexBusyError                 another process is writing
    └── IndexMismatchError             built by another embedder or another version
"""

from typing import ClassVar


class FootnoteError(Exception):
    """Base of every error that a user may see.

    `message` says what happened and where, in one line; `hint` says what to do, in one line or empty.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(FootnoteError):
    """The caller asked for something that makes no sense."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting has a value that cannot be used."""


class CorpusError(FootnoteError):
    """Papers could not be read."""


class NothingToReadError(CorpusError):
    """No paper stands in any of the paths given."""


class EmbeddingError(FootnoteError):
    """Text could not be turned into vectors."""


class WeightsMissingError(EmbeddingError):
    """The encoder's weights are neither installed nor downloadable."""


class WeightsCorruptError(EmbeddingError):
    """The encoder's weights differ from the published ones."""


class ModelError(FootnoteError):
    """The language model gave no usable reply."""


class ModelTimeoutError(ModelError):
    """No reply within the time allowed."""


class ModelRefusedError(ModelError):
    """The request is not taken, and would not be if it was sent again."""


class ModelBusyError(ModelError):
    """Too many requests, or a fault that may pass."""


class ModelReplyError(ModelError):
    """The reply is cut, empty or no reply at all."""


class PromptError(FootnoteError):
    """A prompt is missing or cannot be rendered."""


class StoreError(FootnoteError):
    """The index could not be read or written."""


class IndexMissingError(StoreError):
    """Nothing has been ingested yet."""


class IndexDamagedError(StoreError):
    """What stands on disk cannot be trusted."""


class IndexBusyError(StoreError):
    """Another process is writing to the index."""


class IndexMismatchError(StoreError):
    """The index was built by another embedder or by another version of its layout."""


def not_installed(what: str, extra: str) -> FootnoteError:
    """What to raise where a package of the page or the servers is missing, which `extra` has."""
    how = f"`pip install --no-deps -r requirements-ui.lock` in a checkout, else `pip install 'footnote[{extra}]'`"
    return FootnoteError(f"{what} is not installed", f"run {how}")
