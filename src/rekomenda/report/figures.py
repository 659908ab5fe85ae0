"""The main pictures as PNG files, for slides and documents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rekomenda.language import Language, Text
from rekomenda.report.content import Content
from rekomenda.report.naming import model_name
from rekomenda.report.theme import ACCENT, MATPLOTLIB, OTHER, SECOND, SERVED

_MODELS: Final = Text(
    "NDCG@{k} on tracks not heard before, with 95 % intervals",
    "NDCG@{k} em faixas não ouvidas, com intervalos de 95 %",
)
_DAYS: Final = Text("Plays by day", "Plays por dia")
_GENRES: Final = Text("Genres: played and shown", "Gêneros: tocados e mostrados")
_TAIL: Final = Text("The long tail", "A cauda longa")
_PEOPLE: Final = Text("people", "pessoas")
_BOTS: Final = Text("bots", "bots")
_PLAYED: Final = Text("share of plays", "parte dos plays")
_SHOWN: Final = Text("share of the lists", "parte das listas")
_TRACKS: Final = Text("tracks, most played first", "faixas, das mais tocadas às menos")
_PLAYS: Final = Text("plays", "plays")
_SHARE: Final = Text("share", "parte")
_RUNNING: Final = Text("cumulative share", "parte acumulada")
_MOST_GENRES: Final = 12

Draw = Callable[[Axes, Content, Language], bool]


def write_figures(content: Content, folder: Path, language: Language) -> list[Path]:
    """Write each picture that there is something to draw in, and return the files.

    Parameters
    ----------
    content : Content
    folder : Path
        Exists; files of the same names are replaced.
    language : {"pt-BR", "en"}

    Returns
    -------
    list of Path
        `models.png`, `days.png`, `genres.png`, `tail.png`: 1350 x 720 pixels each.
    """
    drawings: tuple[tuple[str, Draw], ...] = (
        ("models", _models),
        ("days", _days),
        ("genres", _genres),
        ("tail", _tail),
    )
    written = []
    with mpl.rc_context(cast(Any, MATPLOTLIB)):
        for name, draw in drawings:
            figure = Figure(layout="constrained")
            if draw(figure.subplots(), content, language):
                path = folder / f"{name}.png"
                figure.savefig(path, metadata={"Software": None})
                written.append(path)
    return written


def _models(axes: Axes, content: Content, language: Language) -> bool:
    found = content.measured("ndcg", "unheard", content.k).iloc[::-1]
    if not len(found):
        return False
    colors = [SERVED if name == content.algorithm else OTHER for name in found["algorithm"]]
    places = np.arange(len(found))
    axes.hlines(places, 0, found["value"], colors=colors, linewidth=1.5, alpha=0.5)
    axes.hlines(places, found["low"], found["high"], colors=colors, linewidth=3)
    axes.scatter(found["value"], places, c=colors, s=70, zorder=3)
    axes.set_yticks(places, [model_name(name, language) for name in found["algorithm"]])
    axes.set_xlim(left=0)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _decimal(value, language)))
    axes.set_xlabel(f"NDCG@{content.k}")
    axes.set_title(_MODELS.render(language, {"k": content.k}))
    return True


def _days(axes: Axes, content: Content, language: Language) -> bool:
    days = content.days
    if not len(days):
        return False
    when = pd.to_datetime(days["day"])
    people = days["plays"] - days["bot_plays"].where(days["bot_plays"] <= days["plays"], 0)
    axes.bar(when, people, color=SERVED, width=0.85, label=_PEOPLE.render(language))
    if days["bot_plays"].any():
        label = _BOTS.render(language)
        axes.bar(when, days["bot_plays"], bottom=people, color=ACCENT, width=0.85, label=label)
        axes.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
    axes.set_xticks(when[::7], [_day(day, language) for day in when[::7]])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _whole(value, language)))
    axes.grid(axis="x", visible=False)
    axes.set_ylabel(_PLAYS.render(language))
    axes.set_title(_DAYS.render(language))
    return True


def _genres(axes: Axes, content: Content, language: Language) -> bool:
    tracks = content.tracks.dropna(subset=["genre"])
    if not len(tracks):
        return False
    totals = tracks.groupby("genre")[["plays", "shown"]].sum()
    shares = (totals / totals.sum().clip(lower=1)).sort_values("plays").tail(_MOST_GENRES)
    places = np.arange(len(shares))
    axes.barh(places + 0.19, shares["shown"], 0.36, color=SERVED, label=_SHOWN.render(language))
    axes.barh(places - 0.19, shares["plays"], 0.36, color=OTHER, label=_PLAYED.render(language))
    axes.set_yticks(places, [str(name) for name in shares.index])
    axes.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _percent(value, language)))
    axes.set_xlabel(_SHARE.render(language))
    axes.grid(axis="y", visible=False)
    axes.legend(loc="lower right")
    axes.set_title(_GENRES.render(language))
    return True


def _tail(axes: Axes, content: Content, language: Language) -> bool:
    tracks = content.tracks.sort_values("plays", ascending=False, kind="stable")
    if not tracks["plays"].sum():
        return False
    places = np.arange(1, len(tracks) + 1)
    for column, words, color in (("plays", _PLAYED, SECOND), ("shown", _SHOWN, SERVED)):
        running = tracks[column].cumsum() / max(tracks[column].sum(), 1)
        axes.plot(places, running, color=color, linewidth=2.5, label=words.render(language))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _percent(value, language)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _whole(value, language)))
    axes.set_xlabel(_TRACKS.render(language))
    axes.set_ylabel(_RUNNING.render(language))
    axes.set_ylim(0, 1.02)
    axes.set_xlim(0, len(tracks))
    axes.legend(loc="lower right")
    axes.set_title(_TAIL.render(language))
    return True


def _decimal(value: float, language: Language) -> str:
    return Text("{value:.2f}", "{value:.2f}").render(language, {"value": float(value)})


def _percent(value: float, language: Language) -> str:
    """Write a share with as many decimals as it needs."""
    whole = abs(value * 100 - round(value * 100)) < 1e-6
    text = Text("{value:.0%}", "{value:.0%}") if whole else Text("{value:.1%}", "{value:.1%}")
    return text.render(language, {"value": float(value)})


def _whole(value: float, language: Language) -> str:
    return Text("{value:n}", "{value:n}").render(language, {"value": int(value)})


def _day(day: pd.Timestamp, language: Language) -> str:
    return f"{day:%d/%m}" if language == "pt-BR" else f"{day:%m-%d}"
