"""Every aim for recommendation quality, in the order in which the page shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from comparison.targets import (
    Target,
    ahead,
    blended_lists,
    figures,
    held,
    large_catalogue,
    mean,
    members,
    nearest_rival,
    of_auto,
    ranker_pays,
    time_of_auto,
)
from rekomenda.language import Text

WORLD: Final = "world-5000"
LARGE_WORLD: Final = "world-20000"
"""Of cold listeners the small world has too few to tell much."""
MODELS: Final = "models"
_FOUR = Text("{value:.4f}", "{value:.4f}")


def targets() -> list[Target]:
    """Return all of them."""
    return [*_gowalla(), *_speed(), *_music(), *_ranker(), *_cold(), *_gate(), *_lists()]


def _aim(sign: str, value: float, digits: int, unit: str = "") -> Text:
    template = f"{sign} {{value:.{digits}f}}{unit}"
    return Text(template, template).filled(value=float(value))


def _gowalla() -> Iterator[Target]:
    recall = Text("Gowalla, `auto`: Recall@20", "Gowalla, `auto`: Recall@20")
    ndcg = Text("Gowalla, `auto`: NDCG@20", "Gowalla, `auto`: NDCG@20")
    for name, question, aims in (
        (recall, "unheard_recall", (0.1935, 0.195)),
        (ndcg, "unheard", (0.162, 0.165)),
    ):
        for aim, far in zip(aims, (False, True), strict=True):
            yield Target(
                name,
                _stretch(_aim("≥", aim, 4), far),
                MODELS,
                of_auto("gowalla", mean(question), _FOUR, _at_least(aim)),
            )
    yield Target(
        Text("Gowalla, `auto`: choosing and fitting", "Gowalla, `auto`: escolher e ajustar"),
        Text("≤ 300 s", "≤ 300 s"),
        MODELS,
        of_auto(
            "gowalla", _pick("fit_seconds"), Text("{value:.0f} s", "{value:.0f} s"), _at_most(300)
        ),
    )
    yield Target(
        Text("Gowalla, `auto`: peak memory", "Gowalla, `auto`: pico de memória"),
        Text("≤ 8 GB", "≤ 8 GB"),
        MODELS,
        of_auto(
            "gowalla",
            lambda row: float(row["peak_mb"] / 1024),
            Text("{value:.1f} GB", "{value:.1f} GB"),
            _at_most(8),
        ),
    )
    yield Target(
        Text(
            "A catalogue of 100,000 tracks, all linear models and `auto` (#nowplaying): peak memory",
            "Um catálogo de 100.000 faixas, todos os modelos lineares e `auto` (#nowplaying): pico de memória",
        ),
        Text("≤ 8 GB", "≤ 8 GB"),
        MODELS,
        large_catalogue,
    )


def _speed() -> Iterator[Target]:
    both = Text(
        "{als_s:.1f} s against {ours_s:.1f} s, NDCG {ours_ndcg:.4f}",
        "{als_s:.1f} s contra {ours_s:.1f} s, NDCG {ours_ndcg:.4f}",
    )
    yield Target(
        Text(
            "Gowalla, fit and top 20 for everybody until `implicit`'s best ALS is passed: the quickest model at its defaults (`rp3beta`)",
            "Gowalla, ajuste e top 20 para todos até passar o melhor ALS do `implicit`: o modelo mais rápido com os valores padrão (`rp3beta`)",
        ),
        Text("≤ 7 s, its NDCG passed", "≤ 7 s, com NDCG maior"),
        "time",
        figures(
            both,
            lambda _, ours, ndcg, theirs: ours <= 7 and ndcg > theirs,
            "als_s",
            "ours_s",
            "ours_ndcg",
            "als_ndcg",
        ),
    )
    yield Target(
        Text(
            "The same by the one configuration that is also the most accurate (`auto`)",
            "O mesmo com a configuração única que também é a mais precisa (`auto`)",
        ),
        Text("≤ 7 s", "≤ 7 s"),
        MODELS,
        time_of_auto,
    )
    for factors, exact, twice in ((64, 1.3, 2.0), (256, 1.2, 2.0)):
        name = Text(
            f"Top 20 for everybody against `implicit`, {factors} factors, exact",
            f"Top 20 para todos contra o `implicit`, {factors} fatores, exato",
        )
        times = Text(f"{{times_{factors}:.2f}} ×", f"{{times_{factors}:.2f}} ×")
        yield Target(
            name,
            _aim("≥", exact, 1, " ×"),
            "topn",
            figures(times, _at_least(exact), f"times_{factors}"),
        )
        pruned = Text(
            "The same, pruned, at most 0.1 % of the NDCG lost",
            "O mesmo, podado, perdendo no máximo 0,1 % do NDCG",
        )
        yield Target(
            Text(f"{pruned.en} ({factors})", f"{pruned.pt} ({factors})"),
            _aim("≥", twice, 0, " ×"),
            "topn",
            figures(
                Text(
                    f"{{times_{factors}:.2f}} ×, NDCG {{ours_{factors}:.4f}} / {{theirs_{factors}:.4f}}",
                    f"{{times_{factors}:.2f}} ×, NDCG {{ours_{factors}:.4f}} / {{theirs_{factors}:.4f}}",
                ),
                lambda times, ours, theirs, least=twice: times >= least and ours >= 0.999 * theirs,
                f"times_{factors}",
                f"ours_{factors}",
                f"theirs_{factors}",
            ),
        )
    yield Target(
        Text("Blended lists (`auto`, Gowalla)", "Listas misturadas (`auto`, Gowalla)"),
        Text("≥ 5,000 listeners/s, ≥ 99 % of the NDCG", "≥ 5.000 ouvintes/s, ≥ 99 % do NDCG"),
        MODELS,
        blended_lists,
    )


def _music() -> Iterator[Target]:
    for data, shown in (("hetrec", "HetRec (5 splits)"), ("nowplaying", "#nowplaying")):
        for other in ("popularity", "item_knn"):
            yield Target(
                Text(f"{shown}: `auto` less `{other}`", f"{shown}: `auto` menos `{other}`"),
                _AHEAD,
                MODELS,
                ahead(data, "unheard", (other,)),
            )
        yield Target(
            Text(
                f"{shown}: `auto` less each of its members",
                f"{shown}: `auto` menos cada um de seus membros",
            ),
            Text("not below the best", "não abaixo do melhor"),
            MODELS,
            members(data, "unheard", above=False),
        )
        yield Target(
            Text(
                f"{shown}: `auto` less the nearest of all models",
                f"{shown}: `auto` menos o mais próximo de todos os modelos",
            ),
            _AHEAD,
            MODELS,
            nearest_rival(data, "unheard"),
        )
    yield Target(
        Text(
            "Generated world: `auto` less each of its members, unheard",
            "Mundo gerado: `auto` menos cada um de seus membros, inéditas",
        ),
        _AHEAD,
        MODELS,
        members(WORLD, "unheard", above=True),
    )
    yield Target(
        Text(
            "Generated world: `auto` less the nearest of all models, unheard",
            "Mundo gerado: `auto` menos o mais próximo de todos os modelos, inéditas",
        ),
        _AHEAD,
        MODELS,
        nearest_rival(WORLD, "unheard"),
    )


def _ranker() -> Iterator[Target]:
    for data, en, pt in (
        (WORLD, "Generated world", "Mundo gerado"),
        ("nowplaying", "#nowplaying", "#nowplaying"),
    ):
        yield Target(
            Text(f"{en}: the ranker of `auto` pays", f"{pt}: o ranker do `auto` compensa"),
            Text("interval above 0, or switched off", "intervalo acima de 0, ou desligado"),
            MODELS,
            ranker_pays(data),
        )


def _cold() -> Iterator[Target]:
    yield from (
        _cold_target(data, *question)
        for question in (
            ("cold_listeners", "listeners with at most 3 plays", "ouvintes com até 3 plays"),
            (
                "cold_tracks",
                "tracks with at most 3 listeners, among themselves",
                "faixas com até 3 ouvintes, entre si",
            ),
            ("cold_among_all", "the same tracks, among all", "as mesmas faixas, entre todas"),
        )
        for data in (WORLD, LARGE_WORLD)
    )


def _cold_target(data: str, question: str, en: str, pt: str) -> Target:
    size = int(data.partition("-")[2])
    name = Text(
        "Generated world ({size:n}), {of}: `auto` less `popularity`",
        "Mundo gerado ({size:n}), {of}: `auto` menos `popularity`",
    )
    return Target(
        name.filled(size=size, of=Text(en, pt)),
        _AHEAD,
        MODELS,
        ahead(data, question, ("popularity",)),
    )


def _gate() -> Iterator[Target]:
    yield Target(
        Text(
            "The gate: bad models refused, and no honest retrain",
            "O portão: modelos ruins recusados, e nenhum retreino honesto",
        ),
        _ALL_PASS,
        "gate",
        held("gate"),
    )
    yield Target(
        Text(
            "Reasons: contributions sum to the score (1e-5), and without the named play it falls (always for linear members, 95 % otherwise)",
            "Motivos: as contribuições somam a nota (1e-5), e sem o play citado ela cai (sempre nos membros lineares, 95 % nos outros)",
        ),
        _ALL_PASS,
        "reasons",
        held("reasons"),
    )
    yield Target(
        Text(
            "Likes are learned from, three likes are enough for lists, new tracks find listeners",
            "Curtidas ensinam, três bastam para ter listas, faixas novas acham ouvintes",
        ),
        _ALL_PASS,
        "tastes",
        held("tastes"),
    )


def _lists() -> Iterator[Target]:
    yield Target(
        Text(
            "`explore`: true favourites found, over genre popularity",
            "`explore`: favoritas de verdade encontradas, sobre a popularidade por gênero",
        ),
        _aim("≥", 1.5, 1, " ×"),
        "explore",
        figures(Text("{explore:.2f} ×", "{explore:.2f} ×"), _at_least(1.5), "explore"),
    )
    yield Target(
        Text(
            "`explore` holds none of the listener's top 3 genres; no artist floods a list; similar tracks have 10 listeners",
            "`explore` não traz nenhum dos 3 gêneros principais do ouvinte; nenhum artista inunda uma lista; faixas parecidas têm 10 ouvintes",
        ),
        _ALL_PASS,
        "shelves",
        held("shelves"),
    )
    yield Target(
        Text(
            "The floor for emerging artists (default): NDCG@10 of `for_you` given up",
            "O piso para artistas emergentes (padrão): NDCG@10 de `for_you` cedido",
        ),
        _aim("≤", 1, 0, " %"),
        "floor",
        figures(Text("{floor_price:.1%}", "{floor_price:.1%}"), _at_most(0.01), "floor_price"),
    )
    yield Target(
        Text(
            "Simulated truth: of the best possible NDCG, `auto` reaches",
            "Verdade simulada: do melhor NDCG possível, `auto` alcança",
        ),
        Text("reported", "informado"),
        "truth",
        figures(Text("{truth:.1%}", "{truth:.1%}"), lambda value: value > 0, "truth"),
    )


_AHEAD: Final = Text("interval above 0", "intervalo acima de 0")
_ALL_PASS: Final = Text("all tests pass", "todos os testes passam")


def _stretch(aim: Text, far: bool) -> Text:
    return Text(f"{aim.en} (stretch)", f"{aim.pt} (ambição)") if far else aim


def _pick(name: str) -> Any:
    return lambda row: row[name]


def _at_least(aim: float) -> Any:
    return lambda value: value >= aim


def _at_most(aim: float) -> Any:
    return lambda value: value <= aim
