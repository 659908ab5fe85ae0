"""The report as one HTML page that needs nothing but a browser, not even a network."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from typing import Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from rekomenda import __version__
from rekomenda.language import Language, Text
from rekomenda.report import theme
from rekomenda.report.block import Tile
from rekomenda.report.content import Content
from rekomenda.report.naming import model_name
from rekomenda.report.sections import sections_of

_TITLE: Final = Text("Recommendations of {as_of}", "Recomendações de {as_of}")
_SUBTITLE: Final = Text(
    "Release {run_id} · {algorithm} · learned from {plays:n} {plays:play|plays}, {first} to {last}",
    "Release {run_id} · {algorithm} · aprendida de {plays:n} {plays:play|plays}, de {first} a {last}",
)
_FOOTER: Final = Text(
    "Made by rekomenda {version} from the release {run_id} (content {hash}). Every interval is a "
    "95 % bootstrap interval over listeners. This page works offline.",
    "Feito pelo rekomenda {version} a partir da release {run_id} (conteúdo {hash}). Todo intervalo "
    "é um intervalo bootstrap de 95 % sobre os ouvintes. Esta página funciona sem internet.",
)
_LISTENERS: Final = Text("listeners with lists of their own", "ouvintes com listas próprias")
_TIMES: Final = Text("{value:.1f} ×", "{value:.1f} ×")
_AHEAD: Final = Text(
    "popularity's NDCG@{k} on tracks not heard before: {ours:.3f} against {theirs:.3f}",
    "o NDCG@{k} da popularidade em faixas não ouvidas: {ours:.3f} contra {theirs:.3f}",
)
_ARTISTS: Final = Text("of the artists are shown to somebody", "dos artistas aparecem para alguém")
_ROWS: Final = Text(
    "input rows, every one accounted for: {quarantined:n} in quarantine",
    "linhas de entrada, todas contabilizadas: {quarantined:n} em quarentena",
)
_NUMBER: Final = Text("{value:n}", "{value:n}")
_PERCENT: Final = Text("{value:.1%}", "{value:.1%}")


def render(content: Content, language: Language) -> str:
    """Return the whole page.

    Parameters
    ----------
    content : Content
    language : {"pt-BR", "en"}

    Returns
    -------
    str
        HTML with Plotly's script in it (some 5 MB).
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, finalize=_kept_together)
    template = environment.from_string(
        files("rekomenda.report").joinpath("page.html.j2").read_text(encoding="utf-8")
    )
    return template.render(
        language=language,
        theme=theme,
        title=_TITLE.render(language, {"as_of": date.fromisoformat(content.release["as_of"])}),
        subtitle=_subtitle(content, language),
        tiles=_tiles(content, language),
        sections=sections_of(content, language),
        footer=_FOOTER.render(
            language,
            {
                "version": __version__,
                "run_id": content.release["run_id"],
                "hash": content.release["content_hash"][:12],
            },
        ),
        plotly_js=get_plotlyjs(),
    )


def _kept_together(value: object) -> object:
    """Keep a number and its percent sign on one line; what is HTML already is left alone."""
    is_words = isinstance(value, str) and not isinstance(value, Markup)
    return str(value).replace(" %", "\N{NO-BREAK SPACE}%") if is_words else value


def _subtitle(content: Content, language: Language) -> str:
    found = content.report["integration"]
    return _SUBTITLE.render(
        language,
        {
            "run_id": content.release["run_id"],
            "algorithm": model_name(content.algorithm, language),
            "plays": found["plays"],
            "first": _day(found["first_day"]),
            "last": _day(found["last_day"]),
        },
    )


def _day(text: str | None) -> date | str:
    return date.fromisoformat(text) if text else "–"


def _tiles(content: Content, language: Language) -> list[Tile]:
    def say(text: Text, **facts: object) -> str:
        return text.render(language, facts)

    tiles = [
        Tile(say(_NUMBER, value=content.release["listeners"]["personalised"]), say(_LISTENERS))
    ]
    found = content.measured("ndcg", "unheard", content.k).set_index("algorithm")["value"]
    if content.algorithm in found and found.get("popularity", 0) > 0:
        ours, theirs = float(found[content.algorithm]), float(found["popularity"])
        words = say(_AHEAD, k=content.k, ours=ours, theirs=theirs)
        kind = "good" if ours > theirs else ""
        tiles.append(Tile(say(_TIMES, value=ours / theirs), words, kind))
    tiles.append(
        Tile(say(_PERCENT, value=float(content.release["coverage"]["artists"])), say(_ARTISTS))
    )
    lake = content.lake
    tiles.append(
        Tile(say(_NUMBER, value=lake["rows_in"]), say(_ROWS, quarantined=lake["quarantined"]))
    )
    return tiles
