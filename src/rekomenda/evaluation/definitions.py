"""What each number means, in one line: a number without its definition is not printed."""

from __future__ import annotations

from typing import Final

from rekomenda.language import Text

DEFINITIONS: Final[dict[str, Text]] = {
    "ndcg": Text(
        "NDCG@k: hits weighted by 1/log2(1 + rank), over the best such sum possible; 0 to 1, "
        "mean over listeners with something relevant.",
        "NDCG@k: acertos com peso 1/log2(1 + posição), sobre a melhor soma possível; de 0 a 1, "
        "média dos ouvintes que têm algo relevante.",
    ),
    "recall": Text(
        "Recall@k: share of what the listener played after the cut that the list holds.",
        "Recall@k: parte do que a pessoa ouviu depois do corte que está na lista.",
    ),
    "precision": Text(
        "Precision@k: share of the k places that the listener then played.",
        "Precisão@k: parte das k posições que a pessoa ouviu depois.",
    ),
    "mrr": Text(
        "MRR@k: 1 / rank of the first hit, 0 without one; mean over listeners.",
        "MRR@k: 1 / posição do primeiro acerto, 0 se não há; média dos ouvintes.",
    ),
    "map": Text(
        "MAP@k: precision at each hit, summed over min(relevant, k); mean over listeners.",
        "MAP@k: precisão em cada acerto, somada sobre min(relevantes, k); média dos ouvintes.",
    ),
    "hit_rate": Text(
        "Hit rate@k: share of listeners whose list holds at least one track they then played.",
        "Taxa de acerto@k: parte dos ouvintes com ao menos uma faixa da lista ouvida depois.",
    ),
    "coverage": Text(
        "Catalogue coverage@k: share of the tracks that may be shown which stand in at least "
        "one list; interval over tracks.",
        "Cobertura do catálogo@k: parte das faixas que podem aparecer presentes em ao menos uma "
        "lista; intervalo sobre as faixas.",
    ),
    "artist_coverage": Text(
        "Artist coverage@k: share of the artists with a track that may be shown which stand in "
        "at least one list; interval over artists.",
        "Cobertura de artistas@k: parte dos artistas com faixa que pode aparecer presentes em ao "
        "menos uma lista; intervalo sobre os artistas.",
    ),
    "novelty": Text(
        "Novelty@k: mean of -log2(listeners of the track / all listeners) over the list, in bits; "
        "a track nobody played counts as played by one.",
        "Novidade@k: média de -log2(ouvintes da faixa / todos os ouvintes) na lista, em bits; uma "
        "faixa que ninguém ouviu conta como ouvida por uma pessoa.",
    ),
    "artist_gini": Text(
        "Gini of artist exposure@k: exposure is the sum of 1/log2(1 + rank), artists never shown "
        "count with 0; 0 all alike, near 1 a few have it all; interval over artists.",
        "Gini da exposição de artistas@k: exposição é a soma de 1/log2(1 + posição), quem nunca "
        "aparece conta com 0; 0 todos iguais, perto de 1 poucos têm tudo; intervalo sobre os "
        "artistas.",
    ),
    "popularity_lift": Text(
        "Popularity lift@k: mean listeners of the listed tracks over that of the tracks people "
        "played before, minus 1; above 0 the lists are more popular than the people's own taste.",
        "Aumento de popularidade@k: média de ouvintes das faixas listadas sobre a das faixas que "
        "as pessoas ouviam, menos 1; acima de 0 as listas são mais populares que o gosto delas.",
    ),
}
"""By the name that stands in the column `metric`."""

TASK_DEFINITIONS: Final[dict[str, Text]] = {
    "all": Text(
        "The whole catalogue is ranked; relevant is everything played after the cut.",
        "O catálogo inteiro é ordenado; relevante é tudo o que se ouviu depois do corte.",
    ),
    "again": Text(
        "Only tracks played before the cut are ranked; relevant are those played again.",
        "Só se ordenam faixas ouvidas antes do corte; relevantes são as ouvidas de novo.",
    ),
    "unheard": Text(
        "Only tracks not played before the cut are ranked; relevant are those first played after.",
        "Só se ordenam faixas não ouvidas antes do corte; relevantes são as ouvidas só depois.",
    ),
    "new_artists": Text(
        "Only tracks by artists never played before the cut are ranked; tracks without a known "
        "artist are left out, since nobody can tell whether they are new.",
        "Só se ordenam faixas de artistas nunca ouvidos antes do corte; faixas sem artista "
        "conhecido ficam de fora, pois não dá para saber se são novidade.",
    ),
    "cold_tracks": Text(
        "Only tracks not played before the cut that had 3 listeners or fewer are ranked, new "
        "releases among them; relevant are those then played.",
        "Só se ordenam faixas não ouvidas antes do corte que tinham até 3 ouvintes, lançamentos "
        "entre elas; relevantes são as ouvidas depois.",
    ),
    "cold_among_all": Text(
        "All tracks not played before the cut are ranked; relevant are only those that had 3 "
        "listeners or fewer.",
        "Ordenam-se todas as faixas não ouvidas antes do corte; relevantes são só as que tinham "
        "até 3 ouvintes.",
    ),
}
"""By the name that stands in the column `task`."""

INTERVALS: Final = Text(
    "Intervals are {confidence:.0%} percentile bootstrap, {n_resamples:n} {n_resamples:resample|resamples} of listeners "
    "unless the definition says otherwise.",
    "Os intervalos são bootstrap percentil de {confidence:.0%}, {n_resamples:n} {n_resamples:reamostragem|reamostragens} de "
    "ouvintes, salvo se a definição disser outra coisa.",
)
