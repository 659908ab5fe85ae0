"""The measures page: what each number of an evaluation means."""

from __future__ import annotations

from reference.markdown import code, page, table, words
from rekomenda.evaluation.definitions import DEFINITIONS, INTERVALS, TASK_DEFINITIONS
from rekomenda.evaluation.exposure_words import EXPOSURE_DEFINITIONS
from rekomenda.evaluation.holdout import RANDOM_LEAKS, SESSION_LEAKS
from rekomenda.evaluation.segments import MIN_LISTENERS, NEW_MAX_PLAYS
from rekomenda.language import Language, Text
from rekomenda.settings import Settings

_TITLE = Text(en="Measures", pt="Medidas")
_INTRODUCTION = Text(
    en="Models learn from the days up to a cut and are asked for the days after it, by default the "
    "last {days}. Every track that may be shown is ranked: nothing is sampled. Each number is "
    "given for k = {cutoffs} and with its interval.",
    pt="Os modelos aprendem com os dias até um corte e são perguntados sobre os dias seguintes, por "
    "padrão os últimos {days}. Toda faixa que pode aparecer é ordenada: nada é amostrado. Cada "
    "número sai para k = {cutoffs} e com seu intervalo.",
)
_TASKS = Text(en="Tasks", pt="Tarefas")
_TASK_HEADER = Text(en="task|what is asked", pt="tarefa|o que se pergunta")
_METRICS = Text(en="Metrics", pt="Métricas de lista")
_METRIC_HEADER = Text(en="metric|definition", pt="métrica|definição")
_EXPOSURE = Text(en="Who is shown", pt="Quem aparece")
_ABOUT_EXPOSURE = Text(
    en="Measures of the first 10 places of the published lists (`served:…`), of the candidate's "
    "lists as they would have been served at the cut (`exam:for_you`, `exam:discover`) and of every "
    "model's own (`exam:unheard`, `exam:new_artists`): `exposure.parquet` of a release. `artists:…` "
    "are groups of artists, emerging ones among them; their intervals resample artists. No number "
    "is given for fewer than {least} listeners or artists.",
    pt="Medidas das 10 primeiras posições das listas publicadas (`served:…`), das listas da "
    "candidata como teriam sido servidas no corte (`exam:for_you`, `exam:discover`) e das de cada "
    "modelo (`exam:unheard`, `exam:new_artists`): `exposure.parquet` de uma release. `artists:…` "
    "são grupos de artistas, entre eles os emergentes; seus intervalos reamostram artistas. Nenhum "
    "número é dado para menos de {least} ouvintes ou artistas.",
)
_SEGMENTS = Text(en="Segments", pt="Segmentos")
_ABOUT_SEGMENTS = Text(
    en="`overall` is everybody. `activity:new` are listeners with at most {new} plays before the "
    "cut, `activity:light` and `activity:heavy` lie below and above the median of the others, "
    "`region:…` is where they live. No number is given for fewer than {least} listeners.",
    pt="`overall` são todos. `activity:new` são ouvintes com no máximo {new} plays antes do corte, "
    "`activity:light` e `activity:heavy` ficam abaixo e acima da mediana dos outros, `region:…` "
    "é onde moram. Nenhum número é dado para menos de {least} ouvintes.",
)
_WITHOUT_TIME = Text(en="Data without a cut in time", pt="Dados sem corte no tempo")


def measures_page(language: Language) -> str:
    """Return the page in one language."""
    settings = Settings().evaluate
    cutoffs = ", ".join(map(str, settings.cutoffs))
    intervals = {"confidence": settings.confidence, "n_resamples": settings.n_resamples}
    segments = {"new": NEW_MAX_PLAYS, "least": MIN_LISTENERS}
    parts = [
        _INTRODUCTION.render(language, {"days": settings.holdout_days, "cutoffs": cutoffs}),
        INTERVALS.render(language, intervals),
        f"## {words(_TASKS, language)}",
        _definitions(TASK_DEFINITIONS, _TASK_HEADER, language),
        f"## {words(_METRICS, language)}",
        _definitions(DEFINITIONS, _METRIC_HEADER, language),
        f"## {words(_EXPOSURE, language)}",
        _ABOUT_EXPOSURE.render(language, segments),
        _definitions(EXPOSURE_DEFINITIONS, _METRIC_HEADER, language),
        f"## {words(_SEGMENTS, language)}",
        _ABOUT_SEGMENTS.render(language, segments),
        f"## {words(_WITHOUT_TIME, language)}",
        words(RANDOM_LEAKS, language),
        words(SESSION_LEAKS, language),
    ]
    return page(words(_TITLE, language), parts, other=(language, "measures"))


def _definitions(known: dict[str, Text], header: Text, language: Language) -> str:
    rows = [(code(name), words(text, language)) for name, text in known.items()]
    return table(words(header, language).split("|"), rows)
