"""What databases, publishers and reference managers give when somebody asks them for papers: who wrote them, when and
where comes out right, whatever the place calls it."""

import json

import pytest

from tests.corpus.conftest import ReadFile, papers, skipped

WHOLE = {"year": "2020", "authors": "Ann Lee; Bo Kim", "venue": "Journal of Kites", "doi": "10.1234/x"}
TITLE, TEXT = "Kites in Context", "Kites fly < 5 m."
PUBMED = """
PMID- 31452104
OWN - NLM
DP  - 2020 Aug
TI  - Kites in
      Context.
LID - S1-2 [pii]
LID - 10.1234/x [doi]
AB  - Kites fly
      < 5 m.
FAU - Ann Lee
AU  - Lee A
AD  - A house. ann@example.org.
FAU - Bo Kim
AU  - Kim B
TA  - J Kites
JT  - Journal of Kites

PMID- 2
TI  - A second one.
AB  - It flies.
"""
ENDNOTE = """%0 Journal Article
%A Ann Lee
%A Bo Kim
%D 2020
%T Kites in Context
%J Journal of Kites
%X Kites fly
< 5 m.
%R 10.1234/x

%0 Conference Proceedings
%T A second one
%X It flies.
"""
WEB_OF_SCIENCE = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Lee, A
   Kim, B
AF Ann Lee
   Bo Kim
TI Kites in
   Context
SO Journal of Kites
AB Kites fly
   < 5 m.
PY 2020
DI 10.1234/x
ER

PT J
TI A second one
AB It flies.
ER

EF
"""
ARXIV = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
  <title>ArXiv Query: all:kites</title>
  <entry>
    <id>http://arxiv.org/abs/2001.00001v7</id><updated>2023-08-02T00:41:18Z</updated>
    <published>2020-06-12T17:57:34Z</published>
    <title>Kites in
  Context</title>
    <summary>  Kites fly
&lt; 5 m.
</summary>
    <author><name>Ann Lee</name><arxiv:affiliation>A house</arxiv:affiliation></author>
    <author><name>Bo Kim</name></author>
    <arxiv:doi>10.1234/x</arxiv:doi><arxiv:journal_ref>Journal of Kites</arxiv:journal_ref>
  </entry>
  <entry><id>http://arxiv.org/abs/2</id><title>A second one</title><summary>It flies.</summary></entry>
</feed>
"""
PUBMED_XML = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle" "https://dtd.example/pubmed.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">3</PMID><Article>
<Journal><JournalIssue><PubDate><Year>2020</Year><Month>Aug</Month></PubDate></JournalIssue>
<Title>Journal of Kites</Title></Journal><ArticleTitle>Kites in <i>Context</i></ArticleTitle>
<ELocationID EIdType="pii">S1</ELocationID><ELocationID EIdType="doi">10.1234/x</ELocationID>
<Abstract><AbstractText>Kites fly</AbstractText><AbstractText>&lt; 5 m.</AbstractText></Abstract>
<AuthorList><Author><LastName>Lee</LastName><ForeName>Ann</ForeName><AffiliationInfo><Affiliation>A house</Affiliation>
</AffiliationInfo></Author><Author><CollectiveName>Bo Kim</CollectiveName></Author></AuthorList>
</Article></MedlineCitation></PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>4</PMID><Article><ArticleTitle>A second one</ArticleTitle>
<Abstract><AbstractText>It flies.</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>
</PubmedArticleSet>
"""
ENDNOTE_XML = """<?xml version="1.0" encoding="UTF-8"?><xml><records><record><contributors><authors>
<author><style face="normal">Ann Lee</style></author><author>Bo Kim</author></authors></contributors><titles>
<title>Kites in Context</title><secondary-title>Journal of Kites</secondary-title></titles>
<dates><year>2020</year></dates>
<abstract>Kites fly &lt; 5 m.</abstract>
<electronic-resource-num>10.1234/x</electronic-resource-num></record>
<record><titles><title>A second one</title></titles><abstract>It flies.</abstract></record></records></xml>
"""


@pytest.mark.parametrize(
    "text",
    [PUBMED, ENDNOTE, WEB_OF_SCIENCE, ARXIV, PUBMED_XML, ENDNOTE_XML],
    ids=["pubmed", "endnote", "web of science", "arxiv", "pubmed xml", "endnote xml"],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_tagged_and_xml(read_file: ReadFile, text: str, newline: str) -> None:
    first, second = papers(read_file("export", text.replace("\n", newline)))
    assert (first.title.rstrip("."), first.text) == (TITLE, TEXT)
    assert {name: first.metadata.get(name) for name in WHOLE} == WHOLE
    assert (second.title.rstrip("."), second.text) == ("A second one", "It flies.")
    assert "authors" not in second.metadata


_IN_ENDNOTE_XML = "".join(f"<keyword>{word}</keyword>" for word in ("flight", "wind and weather", "Air"))
_IN_PUBMED_XML = (
    "</Article><KeywordList><Keyword>flight</Keyword><Keyword>wind and weather.</Keyword></KeywordList>"
    "<MeshHeadingList><MeshHeading><DescriptorName>Air</DescriptorName></MeshHeading></MeshHeadingList>"
)
_KITES = {"title": "Kites", "abstract": "They fly."}
KEYWORDED = {
    "pubmed.nbib": PUBMED.replace("AB  - K", "OT  - flight\nOT  - wind and\n      weather\nMH  - *Air\nAB  - K"),
    "endnote.enw": ENDNOTE.replace("%R 10", "%K flight\nwind and weather\nAir\n%R 10"),
    "savedrecs.txt": WEB_OF_SCIENCE.replace("PY 2020", "DE flight; wind and\n   weather\nID Air\nPY 2020"),
    "pubmed.xml": PUBMED_XML.replace("</Article>", _IN_PUBMED_XML, 1),
    "endnote.xml": ENDNOTE_XML.replace("<dates>", f"<keywords>{_IN_ENDNOTE_XML}</keywords><dates>", 1),
    "a.bib": "@article{x, title={Kites}, abstract={They fly.}, keywords={flight, wind and\n weather, Air, flight}}",
    "a.ris": "TY  - JOUR\nTI  - Kites\nAB  - They fly.\nKW  - flight\nKW  - wind and weather\nKW  - Air\nER  -\n",
    "scopus.csv": "Title,Abstract,Author Keywords,Index Keywords\nA,They fly.,flight; wind and weather,Air; Flight\n",
    "a.jsonl": json.dumps({**_KITES, "keywords": ["flight", "wind and weather", "Air"]}),
    "openalex.json": json.dumps(
        [
            {
                **_KITES,
                "keywords": [{"id": "1", "display_name": "flight"}],
                "topics": [{"display_name": "wind and weather"}],
                "concepts": [{"display_name": "Air"}],
            }
        ]
    ),
    "zotero.json": json.dumps([{**_KITES, "tags": [{"tag": "flight"}, {"tag": "wind and weather"}, {"tag": "Air"}]}]),
}


@pytest.mark.parametrize("name", KEYWORDED)
def test_keywords_are_read_wherever_they_stand(read_file: ReadFile, name: str) -> None:
    first, *_ = papers(read_file(name, KEYWORDED[name]))
    assert first.metadata["keywords"] == "flight; wind and weather; Air"


JSON = {
    "csl": [
        {
            "title": TITLE, "abstract": TEXT, "DOI": "10.1234/x", "container-title": "Journal of Kites",
            "author": [{"given": "Ann", "family": "Lee"}, {"literal": "Bo Kim"}],
            "issued": {"date-parts": [["2020", 5]]}, "accessed": {"date-parts": [[2024]]},
        }
    ],
    "zotero": {
        "config": {"label": "BetterBibTeX JSON"},
        "items": [
            {
                "title": TITLE, "abstractNote": TEXT, "DOI": "10.1234/x", "publicationTitle": "Journal of Kites",
                "date": "2020-05-01", "creators": [
                    {"creatorType": "author", "firstName": "Ann", "lastName": "Lee"},
                    {"creatorType": "editor", "firstName": "Ed", "lastName": "Itor"},
                    {"creatorType": "author", "name": "Bo Kim"},
                ],
            }
        ],
    },
    "semantic scholar": {
        "total": 1,
        "data": [
            {
                "paperId": "2", "externalIds": {"DOI": "10.1234/x", "CorpusId": 3}, "title": TITLE, "abstract": TEXT,
                "venue": "Journal of Kites", "year": 2020,
                "authors": [{"authorId": "1", "name": "Ann Lee"}, {"name": "Bo Kim"}],
            }
        ],
    },
    "citations": {
        "data": [
            {
                "citingPaper": {
                    "title": TITLE, "abstract": TEXT, "venue": "Journal of Kites", "year": 2020,
                    "externalIds": {"DOI": "10.1234/x"}, "authors": [{"name": "Ann Lee"}, {"name": "Bo Kim"}],
                }
            }
        ]
    },
    "crossref": {
        "message": {
            "items": [
                {
                    "title": ["Kites in <i>Context</i>"], "DOI": "10.1234/x", "container-title": ["Journal of Kites"],
                    "abstract": "<jats:title>Abstract</jats:title><jats:p>Kites fly &lt; 5 m.</jats:p>",
                    "author": [{"given": "Ann", "family": "Lee"}, {"name": "Bo Kim"}],
                    "issued": {"date-parts": [[2020, 5]]},
                }
            ]
        }
    },
    "openalex": {
        "results": [
            {
                "doi": "https://doi.org/10.1234/x", "display_name": TITLE, "publication_year": 2020,
                "primary_location": {"source": {"display_name": "Journal of Kites"}},
                "authorships": [{"author": {"display_name": "Ann Lee"}}, {"author": {"display_name": "Bo Kim"}}],
                "abstract_inverted_index": {"Kites": [0], "fly": [1], "<": [2], "5": [3], "m.": [4]},
            }
        ]
    },
    "openreview": {
        "notes": [
            {
                "id": "abc", "doi": "10.1234/x",
                "content": {
                    "title": {"value": TITLE}, "abstract": {"value": TEXT}, "authors": {"value": ["Ann Lee", "Bo Kim"]},
                    "venue": {"value": "Journal of Kites"}, "date": {"value": "2020"},
                },
            }
        ]
    },
    "a collection with a name": {
        "name": "My kites",
        "papers": [
            {
                "title": TITLE, "abstract": TEXT, "authors": "Ann Lee; Bo Kim", "journal": "Journal of Kites",
                "doi": "10.1234/x", "year": 2020,
            }
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize("name", JSON)
@pytest.mark.parametrize("indent", [None, 1])
def test_json(read_file: ReadFile, name: str, indent: int | None) -> None:
    (paper,) = papers(read_file("export.json", json.dumps(JSON[name], indent=indent)))
    assert (paper.title, paper.text) == (TITLE, TEXT)
    assert {known: paper.metadata.get(known) for known in WHOLE} == WHOLE


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Author,Title,Publication Title,DOI,Abstract Note,Date", '"Ann Lee; Bo Kim",{t},{v},{d},{a},2020-05'),
        ("Authors,Title,Year,Source title,DOI,Abstract,Source", '"Ann Lee; Bo Kim; ",{t},2020,{v},{d},{a},Scopus'),
        (
            "Document Title,Authors,Publication Title,Publication Year,Abstract,DOI",
            "{t},Ann Lee; Bo Kim,{v},2020,{a},{d}",
        ),
        ("title,abstract,authors,venue,year,doi", "{t},{a},\"['Ann Lee', 'Bo Kim']\",{v},2020,{d}"),
        ("title,abstract,authors,venue,year,doi", '{t},{a},"[""Ann Lee"", ""Bo Kim""]",{v},2020,doi:{d}'),
        ("AU\tTI\tSO\tAB\tPY\tDI", "Ann Lee; Bo Kim\t{t}\t{v}\t{a}\t2020\t{d}"),
    ],
    ids=["zotero", "scopus", "ieee", "pandas", "json in a cell", "web of science"],
)
def test_tables(read_file: ReadFile, header: str, row: str) -> None:
    filled = row.format(t=TITLE, v="Journal of Kites", d="10.1234/x", a=TEXT)
    (paper,) = papers(read_file("export.csv", f"{header}\n{filled}\n"))
    assert (paper.title, paper.text, dict(paper.metadata)) == (TITLE, TEXT, WHOLE)


def test_a_year_that_only_the_venue_names(read_file: ReadFile) -> None:
    row = "{},{},It flies.\n".format
    found = papers(
        read_file("a.csv", "title,venue,abstract\n" + row("A", "ICLR 2024 poster") + row("B", "2019 and 2020"))
    )
    assert [paper.metadata.get("year") for paper in found] == ["2024", None]


@pytest.mark.parametrize("said", ["[No abstract available]", "Abstract Missing", "N/A", "nan", "None", "-", "…"])
def test_a_remark_that_there_is_none_is_no_abstract(read_file: ReadFile, said: str) -> None:
    (told,) = skipped(read_file("a.csv", f"title,abstract\nKites,{said}\n"))
    assert told.startswith("a.csv:2: no abstract for 'Kites'")


@pytest.mark.parametrize("deep", ["[" * 450 + '"x"' + "]" * 450, '{"name":' * 450 + '"x"' + "}" * 450])
def test_a_field_that_is_nested_without_end_costs_one_line(read_file: ReadFile, deep: str) -> None:
    rows = f'{{"title": {deep}, "abstract": "B"}}\n{{"title": "Kites", "abstract": "They fly.", "authors": {deep}}}\n'
    (told, paper) = read_file("a.jsonl", rows)
    assert (str(told).startswith("a.jsonl:1: no title"), papers([paper])[0].title) == (True, "Kites")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<?xml version='1.0'?><svg><path/></svg>", "without papers that can be read: <svg>"),
        ("<?xml version='1.0'?><feed><entry>", "a.xml:1: not valid XML: no element found"),
        ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaa">]><feed>&a;</feed>', "declares entities of its own"),
        ("<feed>" + "<entry>" * 100_000, "nested too deep"),
        (
            "1. J Kites. 2020 Aug;5(7):583-9. doi: 10.1/x.\n\nKites.\n\nLee A.\n\nThey fly.\n\nPMID: 3\n",
            "in the format PubMed",
        ),
    ],
)
def test_what_is_not_read_is_said(read_file: ReadFile, text: str, told: str) -> None:
    (only,) = skipped(read_file("a.xml", text))
    assert told in only


def test_papers_before_the_damage_are_read(read_file: ReadFile) -> None:
    found = read_file("a.xml", ARXIV.replace("</feed>", "<broken"))
    assert len(papers(found)) == 2
    assert skipped(found)[0].startswith("a.xml:17: not valid XML")


def test_a_workbook_is_to_be_saved_as_csv(read_file: ReadFile) -> None:
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/workbook.xml", "x")
    (told,) = skipped(read_file("papers.xlsx", out.getvalue()))
    assert "save it as CSV" in told
