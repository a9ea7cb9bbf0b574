"""One venue under its several names."""

import pytest

from rag.writing.records.venue import is_at


@pytest.mark.parametrize(
    ("venue", "asked"),
    [
        ("Advances in Neural Information Processing Systems", "NeurIPS"),
        ("Advances in Neural Information Processing Systems 36 (NeurIPS 2023)", "nips"),
        ("NeurIPS 2020", "Conference on Neural Information Processing Systems"),
        ("Proceedings of the 37th International Conference on Machine Learning", "ICML"),
        ("The Tenth International Conference on Learning Representations, ICLR 2022", "ICLR"),
        ("IEEE/CVF Conference on Computer Vision and Pattern Recognition", "CVPR"),
        ("CVPR", "Conference on Computer Vision and Pattern Recognition"),
        ("European Conference on Computer Vision", "ECCV"),
        ("Conference of the North American Chapter of the Association for Computational Linguistics", "NAACL"),
        ("Journal of Machine Learning Research", "JMLR"),
        ("EMNLP-IJCNLP", "EMNLP"),
        ("arXiv preprint arXiv:2312.00752", "arXiv"),
        ("Nature", "nature"),
    ],
)
def test_the_same(venue: str, asked: str) -> None:
    assert is_at(venue, asked, whole=True)


@pytest.mark.parametrize(
    ("venue", "asked"),
    [
        ("Conference of the North American Chapter of the Association for Computational Linguistics", "ACL"),
        ("Nature Methods", "Nature"),
        ("European Conference on Computer Vision", "ICCV"),
        ("International Conference on Machine Learning", "International Conference on Learning Representations"),
        ("Science", "Nature"),
        ("", "Nature"),
    ],
)
def test_another(venue: str, asked: str) -> None:
    assert not is_at(venue, asked, whole=True)


def test_some_of_the_words() -> None:
    assert is_at("Nature Methods", "Nature")
