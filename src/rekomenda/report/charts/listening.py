"""What people listen to: by day, by genre, by region, and how long the tail is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from rekomenda.language import Language, Text
from rekomenda.report.content import Content
from rekomenda.report.theme import ACCENT, FAINT, OTHER, SECOND, SERVED, axis, layout

_PLAYS = Text("plays by people", "plays de pessoas")
_PLAYS_AXIS = Text("plays", "plays")
_BOTS = Text("plays of bots (set apart)", "plays de bots (à parte)")
_LISTENERS = Text("listeners", "ouvintes")
_SHARE_OF_PLAYS = Text("share of plays", "parte dos plays")
_SHARE_OF_LISTS = Text("share of the lists", "parte das listas")
_SHARE = Text("share", "parte")
_UNKNOWN = Text("unknown", "desconhecido")
_TRACKS_BY = Text("tracks, most played first", "faixas, das mais tocadas às menos")
_CUMULATIVE = Text("cumulative share", "parte acumulada")
_HALF = Text(
    "{n:n} {n:track makes|tracks make}<br>half of the plays",
    "{n:n} {n:faixa faz|faixas fazem}<br>metade dos plays",
)
MOST_GENRES = 14
CURVE_POINTS = 400


def by_day(content: Content, language: Language) -> go.Figure | None:
    """Draw plays of each day, those of bots on top, and the number of listeners."""
    days = content.days
    if not len(days):
        return None
    figure = go.Figure(layout=layout(language, barmode="stack", hovermode="x unified", bargap=0.15))
    human = days["plays"] - days["bot_plays"].where(days["bot_plays"] <= days["plays"], 0)
    figure.add_bar(x=days["day"], y=human, name=_say(_PLAYS, language), marker_color=SERVED)
    if days["bot_plays"].any():
        name = _say(_BOTS, language)
        figure.add_bar(x=days["day"], y=days["bot_plays"], name=name, marker_color=ACCENT)
    figure.add_scatter(
        x=days["day"],
        y=days["listeners"],
        name=_say(_LISTENERS, language),
        yaxis="y2",
        line={"color": SECOND, "width": 2, "dash": "dot"},
    )
    figure.update_layout(
        xaxis=axis(showgrid=False, tickformat="%d/%m" if language == "pt-BR" else "%b %d"),
        yaxis=axis(tickformat=",d", title=_say(_PLAYS_AXIS, language)),
        yaxis2={
            "overlaying": "y",
            "side": "right",
            "rangemode": "tozero",
            "showgrid": False,
            "tickmode": "auto",
            "nticks": 5,
            "tickformat": ",d",
            "title": {"text": _say(_LISTENERS, language), "font": {"color": SECOND}},
            "automargin": True,
            "fixedrange": True,
            "tickfont": {"color": SECOND},
        },
    )
    return figure


def by_genre(content: Content, language: Language) -> go.Figure | None:
    """Draw what people play of each genre beside what the lists hold of it."""
    shares = _shares(content.tracks, "genre")
    if shares is None:
        return None
    shares = shares.head(MOST_GENRES).iloc[::-1]
    names = [str(name) or _say(_UNKNOWN, language) for name in shares.index]
    figure = go.Figure(layout=layout(language, height=90 + 26 * len(shares), barmode="group"))
    for column, words, color in (
        ("shown", _SHARE_OF_LISTS, SERVED),
        ("plays", _SHARE_OF_PLAYS, OTHER),
    ):
        figure.add_bar(
            y=names,
            x=shares[column],
            orientation="h",
            name=_say(words, language),
            marker_color=color,
            hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        )
    figure.update_layout(
        xaxis=axis(tickformat=".0%", title=_say(_SHARE, language)),
        yaxis=axis(showgrid=False, ticklabelstandoff=8),
        legend_traceorder="reversed",
    )
    return figure


def by_region(content: Content, language: Language) -> go.Figure | None:
    """Draw where listeners live and how well each region's lists do, with intervals."""
    regions = content.regions.sort_values("listeners")
    if not len(regions):
        return None
    ours = content.metrics[content.metrics["algorithm"] == content.algorithm]
    found = ours[
        (ours["metric"] == "ndcg") & (ours["task"] == "unheard") & (ours["k"] == content.k)
    ].set_index("segment")
    segments = "region:" + regions["region"].astype(str)
    figure = go.Figure(layout=layout(language, height=100 + 20 * len(regions), showlegend=False))
    figure.add_bar(
        y=regions["region"],
        x=regions["listeners"],
        orientation="h",
        marker_color=OTHER,
        hovertemplate="%{y}: %{x:,}<extra></extra>",
    )
    here = found.reindex(segments)
    figure.add_scatter(
        y=regions["region"],
        x=here["value"],
        mode="markers",
        xaxis="x2",
        marker={"color": SERVED, "size": 9},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": here["high"] - here["value"],
            "arrayminus": here["value"] - here["low"],
            "color": SERVED,
            "thickness": 1.5,
        },
        hovertemplate="%{y}: %{x:.4f}<extra></extra>",
    )
    figure.update_layout(
        xaxis=axis(domain=[0, 0.46], title=_say(_LISTENERS, language), tickformat=",d", nticks=4),
        xaxis2=axis(domain=[0.54, 1], title=f"NDCG@{content.k}", rangemode="tozero", nticks=5),
        yaxis=axis(showgrid=False, dtick=1, ticklabelstandoff=8),
    )
    return figure


def long_tail(content: Content, language: Language) -> go.Figure | None:
    """Draw which share of plays, and of the lists, the most played tracks make."""
    tracks = content.tracks
    if not len(tracks) or not tracks["plays"].sum():
        return None
    figure = go.Figure(layout=layout(language, hovermode="x unified"))
    for column, words, color in (
        ("plays", _SHARE_OF_PLAYS, OTHER),
        ("shown", _SHARE_OF_LISTS, SERVED),
    ):
        places, shares = _curve(tracks[column].to_numpy(float), tracks["plays"].to_numpy(float))
        figure.add_scatter(
            x=places,
            y=shares,
            name=_say(words, language),
            line={"color": color, "width": 3},
            hovertemplate="%{y:.1%}",
        )
    ordered = np.sort(tracks["plays"].to_numpy(float))[::-1]
    half = int(np.searchsorted(np.cumsum(ordered), ordered.sum() / 2)) + 1
    figure.add_vline(x=half, line={"color": FAINT, "dash": "dot", "width": 1})
    side = "left" if 2 * half < len(tracks) else "right"
    said = _HALF.render(language, {"n": half})
    figure.add_annotation(
        x=half,
        y=0.1,
        text=said,
        showarrow=False,
        align=side,
        xanchor=side,
        xshift=6 if side == "left" else -6,
    )
    figure.update_layout(
        xaxis=axis(title=_say(_TRACKS_BY, language), tickformat=",d", rangemode="tozero"),
        yaxis=axis(tickformat=".0%", range=[0, 1.02], title=_say(_CUMULATIVE, language)),
    )
    return figure


def _shares(tracks: pd.DataFrame, column: str) -> pd.DataFrame | None:
    """Return the share of plays and of list places of each value, most played first."""
    if not len(tracks) or tracks[column].isna().all():
        return None
    sums = tracks.assign(**{column: tracks[column].fillna("")}).groupby(column)[["plays", "shown"]]
    totals = sums.sum()
    return (totals / totals.sum().clip(lower=1)).sort_values("plays", ascending=False)


def _curve(
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
    by: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> tuple[list[int], list[float]]:
    """Return places and the share that all tracks up to there make: at most some hundred points."""
    running = np.cumsum(values[np.argsort(-by, kind="stable")])
    places = np.unique(np.geomspace(1, len(running), CURVE_POINTS).astype(int))
    return places.tolist(), (running[places - 1] / max(running[-1], 1)).tolist()


def _say(text: Text, language: Language) -> str:
    return text.render(language)
