"""Reasons in words: every kind, both languages, made once for each distinct reason."""

from __future__ import annotations

import string

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.models import ReasonKind
from rekomenda.ranking.explain import Reasons, sentences
from rekomenda.ranking.reason_words import (
    AGAIN,
    CONTROL,
    GENERAL,
    HEARD_LATELY,
    OTHERS,
    PLAYED,
    RELEASES,
    STARTED,
    STEPS,
    again_detail,
)


@pytest.fixture
def catalogue() -> Catalogue:
    """Four tracks: all known; title only; artist without a name; nothing but an artist's name."""
    return Catalogue.bare(
        IdMap(pa.array(["0007", "12", "a{b}", "z"])),
        artists=IdMap(pa.array(["p", "q"])),
        artist_names=pa.array(["Luiz Gonzaga", None]),
        artist_of=np.array([0, -1, 1, 0], np.int32),
        titles=pa.array(["Asa Branca", "Forró {2}", None, None]),
        genres=IdMap(pa.array(["g1", "g2"])),
        genre_names=pa.array(["forró", None]),
        regions=IdMap(pa.array(["CE", "PE"])),
    )


def words(catalogue, language, *reasons) -> list[str]:
    kind, subject, detail = (np.array(column) for column in zip(*reasons, strict=True))
    return sentences(kind, subject.astype(np.int32), detail, catalogue, language).to_pylist()


def test_a_played_track_is_named_by_what_the_catalogue_knows_of_it(catalogue):
    reasons = [(ReasonKind.PLAYED, item, 0) for item in (3, 0, 2, 1, 0)]
    assert words(catalogue, "pt-BR", *reasons) == [
        "porque você ouviu a faixa z, de Luiz Gonzaga",
        "porque você ouviu “Asa Branca”, de Luiz Gonzaga",
        "porque você ouviu a faixa a{b}",
        "porque você ouviu “Forró {2}”",
        "porque você ouviu “Asa Branca”, de Luiz Gonzaga",
    ]
    assert words(catalogue, "en", *reasons)[:2] == [
        "because you played track z by Luiz Gonzaga",
        "because you played “Asa Branca” by Luiz Gonzaga",
    ]


def test_popular_reasons_name_region_and_genre_and_say_when_they_are_not_personal(catalogue):
    reasons = [
        (ReasonKind.POPULAR, -1, 0),
        (ReasonKind.POPULAR, -1, GENERAL),
        (ReasonKind.POPULAR_RECENTLY, -1, 0),
        (ReasonKind.POPULAR_IN_REGION, 1, 0),
        (ReasonKind.POPULAR_IN_REGION, 0, GENERAL),
        (ReasonKind.POPULAR_IN_GENRE, 0, 0),
        (ReasonKind.POPULAR_IN_GENRE, 1, 0),
        (ReasonKind.NONE, -1, CONTROL),
        (ReasonKind.NONE, -1, 0),
    ]
    assert words(catalogue, "pt-BR", *reasons) == [
        "popular entre todos os ouvintes",
        "popular entre todos os ouvintes; lista geral, não pessoal",
        "muito ouvida nos últimos dias",
        "popular na sua região (PE)",
        "popular na região CE; lista geral, não pessoal",
        "popular em forró, gênero que você ouve",
        "popular em g2, gênero que você ouve",
        "modelo de controle: ordem ao acaso",
        "completa a lista: nada do que você ouviu fala por ela",
    ]
    assert words(catalogue, "en", *reasons)[4:] == [
        "popular in the region CE; a list for everybody there, not a personal one",
        "popular in forró, a genre you play",
        "popular in g2, a genre you play",
        "control model: random order",
        "completes the list: nothing you played speaks for it",
    ]


@pytest.mark.parametrize(
    ("plays", "days_ago", "portuguese", "english"),
    [
        (1, 6, "você ouviu uma vez, há poucos dias", "you played it once, a few days ago"),
        (4, 7, "você ouviu algumas vezes; a última, há uma semana ou mais", None),
        (5, 30, "você ouviu 5 vezes ou mais; a última, há um mês ou mais", None),
        (19, 364, "você ouviu 5 vezes ou mais; a última, há três meses ou mais", None),
        (
            20,
            365,
            "você ouviu 20 vezes ou mais; a última, há um ano ou mais",
            "you played it 20 times or more, last a year ago or more",
        ),
        (7, None, "você ouviu 5 vezes ou mais", "you played it 5 times or more"),
        (2, -3, "você ouviu algumas vezes; a última, há poucos dias", None),
    ],
)
def test_again_says_how_often_and_how_long_ago(catalogue, plays, days_ago, portuguese, english):
    last_day = -1 if days_ago is None else 20_000 - days_ago
    detail = again_detail(np.array([plays]), np.array([last_day], np.int32), 20_000)
    reason = (ReasonKind.AGAIN, 2, detail[0])
    assert words(catalogue, "pt-BR", reason) == [portuguese]
    if english:
        assert words(catalogue, "en", reason) == [english]


def test_every_kind_of_reason_has_words():
    by_subject = {ReasonKind.NEW_RELEASE, ReasonKind.GENRE_LISTENERS}
    worded = {ReasonKind.PLAYED, ReasonKind.AGAIN, *by_subject} | {kind for kind, _ in OTHERS}
    assert worded == set(ReasonKind)


def test_both_languages_of_every_template_name_the_same_facts():
    for text in [
        *PLAYED.values(),
        *OTHERS.values(),
        *RELEASES.values(),
        *STEPS.values(),
        *AGAIN.values(),
    ]:
        named = [
            {field for _, field, _, _ in string.Formatter().parse(template) if field}
            for template in (text.en, text.pt)
        ]
        assert named[0] == named[1], text


def test_rows_share_their_sentences_and_carry_the_id_of_their_subject(catalogue):
    reasons = Reasons(
        kind=np.array([1, 4, 1, 0, 6, 5, 1], np.uint8),
        subject=np.array([0, 1, 0, -1, 3, 0, 1], np.int32),
        detail=np.array([0, 0, 0, CONTROL, 2, 0, 0], np.uint8),
        items=np.array([2, 2, 3, 2, 3, 2, 2], np.int32),
    )
    columns = reasons.arrow(catalogue)
    assert columns["reason_id"].to_pylist() == ["0007", "PE", "0007", None, "z", "g1", "12"]
    assert columns["reason_pt"].to_pylist()[2:4] == [
        "porque você ouviu “Asa Branca”, de Luiz Gonzaga",
        "modelo de controle: ordem ao acaso",
    ]
    assert len(columns["reason_pt"].dictionary) == 6
    assert columns["reason_en"].null_count == 0


def test_two_tracks_of_one_name_share_one_sentence(catalogue):
    twins = Catalogue(**{**vars(catalogue), "titles": pa.array(["Oi", None, None, "Oi"])})
    reasons = Reasons(
        kind=np.array([1, 1], np.uint8),
        subject=np.array([0, 3], np.int32),
        detail=np.zeros(2, np.uint8),
        items=np.array([1, 2], np.int32),
    )
    columns = reasons.arrow(twins)
    assert columns["reason_pt"].dictionary.to_pylist() == [
        "porque você ouviu “Oi”, de Luiz Gonzaga"
    ]
    assert columns["reason_id"].to_pylist() == ["0007", "z"]


def test_no_rows_are_no_trouble(catalogue):
    nothing = np.zeros(0, np.uint8)
    columns = Reasons(nothing, nothing.astype(np.int32), nothing, nothing.astype(np.int32)).arrow(
        catalogue
    )
    assert [len(column) for column in columns.values()] == [0, 0, 0]


def test_an_artist_or_a_genre_is_named_and_where_it_has_no_name_its_id(catalogue):
    reasons = [
        (ReasonKind.ARTIST_LISTENERS, 0, 0),
        (ReasonKind.LIKED, 1, 0),
        (ReasonKind.NEW_RELEASE, 0, 0),
        (ReasonKind.NEW_RELEASE, -1, 0),
        (ReasonKind.NEW_RELEASE, 1, HEARD_LATELY),
        (ReasonKind.NEW_IN_GENRE, 0, 0),
        (ReasonKind.NEW_IN_GENRE, 1, STARTED),
    ]
    assert words(catalogue, "pt-BR", *reasons) == [
        "quem ouve Luiz Gonzaga, como você, também ouve esta",
        "combina com o que você curte, como q",
        "lançamento de Luiz Gonzaga",
        "lançamento",
        "novidade de q, tocada há poucos dias",
        "novidade em forró, gênero que você ouve",
        "novidade em g2, gênero que você começou a ouvir",
    ]


def test_a_step_names_the_genre_it_starts_from_and_the_one_it_leads_to(catalogue):
    genres = Catalogue(**{**vars(catalogue), "genre_of": np.array([0, 1, -1, 1], np.int32)})
    reasons = Reasons(
        kind=np.full(3, ReasonKind.GENRE_LISTENERS, np.uint8),
        subject=np.array([0, 0, 1], np.int32),
        detail=np.zeros(3, np.uint8),
        items=np.array([1, 2, 0], np.int32),
    )
    columns = reasons.arrow(genres)
    assert columns["reason_pt"].to_pylist() == [
        "quem ouve forró, como você, também ouve g2",
        "quem ouve forró, como você, também ouve esta",
        "quem ouve g2, como você, também ouve forró",
    ]
    assert columns["reason_id"].to_pylist() == ["g1", "g1", "g2"]


def test_the_id_of_a_reason_is_that_of_what_it_names(catalogue):
    kinds = [ReasonKind.ARTIST_LISTENERS, ReasonKind.NEW_RELEASE, ReasonKind.NEW_RELEASE]
    reasons = Reasons(
        kind=np.array([*kinds, ReasonKind.NEW_IN_GENRE], np.uint8),
        subject=np.array([1, 0, -1, 1], np.int32),
        detail=np.zeros(4, np.uint8),
        items=np.zeros(4, np.int32),
    )
    assert reasons.arrow(catalogue)["reason_id"].to_pylist() == ["q", "p", None, "g2"]
