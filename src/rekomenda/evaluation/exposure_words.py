"""What each measure of a set of lists means, in one line and both languages."""

from __future__ import annotations

from typing import Final

from rekomenda.language import Text

EXPOSURE_DEFINITIONS: Final[dict[str, Text]] = {
    "coverage": Text(
        "Share of the tracks that may be shown which stand in at least one list.",
        "Parte das faixas que podem aparecer presentes em ao menos uma lista.",
    ),
    "artist_coverage": Text(
        "Share of the artists with a track that may be shown which stand in at least one list.",
        "Parte dos artistas com faixa que pode aparecer presentes em ao menos uma lista.",
    ),
    "known_artist_coverage": Text(
        "The same over the artists with at least five listeners.",
        "O mesmo entre os artistas com ao menos cinco ouvintes.",
    ),
    "genre_coverage": Text(
        "Share of the genres that stand in at least one list.",
        "Parte dos gêneros presentes em ao menos uma lista.",
    ),
    "region_coverage": Text(
        "Share of the artists' regions that stand in at least one list.",
        "Parte das regiões dos artistas presentes em ao menos uma lista.",
    ),
    "artist_gini": Text(
        "Gini of artist exposure, the sum of 1/log2(1 + rank); artists never shown count with 0; "
        "0: all alike, near 1: a few have it all.",
        "Gini da exposição de artistas, a soma de 1/log2(1 + posição); quem nunca aparece conta "
        "com 0; 0: todos iguais, perto de 1: poucos têm tudo.",
    ),
    "exposure_ratio_heldout": Text(
        "Share of exposure of a group of artists over its share of the plays held back; 1: shown "
        "as much as played (Singh, Joachims 2018). Always read beside the two other merits.",
        "Parte da exposição de um grupo de artistas sobre sua parte dos plays reservados; 1: "
        "aparece tanto quanto é ouvido (Singh, Joachims 2018). Leia sempre ao lado das outras "
        "duas formas de mérito.",
    ),
    "exposure_ratio_training": Text(
        "The same over its share of the plays that were learned from.",
        "O mesmo sobre sua parte dos plays de que se aprendeu.",
    ),
    "exposure_ratio_catalogue": Text(
        "The same over its share of the tracks in the catalogue.",
        "O mesmo sobre sua parte das faixas do catálogo.",
    ),
    "list_popularity": Text(
        "Mean listeners of the listed tracks (average recommendation popularity).",
        "Média de ouvintes das faixas listadas (popularidade média das recomendações).",
    ),
    "tail_share": Text(
        "Mean share of a list that is of the long tail: outside the fewest tracks with 80 % of "
        "the plays (APLT; Abdollahpouri et al. 2017).",
        "Parte média da lista que é da cauda longa: fora das faixas que, em menor número, somam "
        "80 % dos plays (APLT; Abdollahpouri et al. 2017).",
    ),
    "popularity_lift": Text(
        "Mean listeners of the listed tracks over that of the tracks these people play, minus 1; "
        "above 0 the lists are more popular than their taste (Abdollahpouri et al. 2019).",
        "Média de ouvintes das faixas listadas sobre a das faixas que essas pessoas ouvem, menos "
        "1; acima de 0 as listas são mais populares que o gosto delas (Abdollahpouri et al. 2019).",
    ),
    "popularity_opportunity": Text(
        "PopREO: standard deviation over mean of the chances that a relevant track of the head, "
        "the middle and the tail is listed; 0: all alike (Zhu et al. 2020).",
        "PopREO: desvio padrão sobre média das chances de uma faixa relevante do topo, do meio e "
        "da cauda ser listada; 0: todas iguais (Zhu et al. 2020).",
    ),
    "novelty": Text(
        "Mean of -log2(listeners of the track / all listeners), in bits.",
        "Média de -log2(ouvintes da faixa / todos os ouvintes), em bits.",
    ),
    "discovery": Text(
        "Mean share of a list that is by artists the listener never played; a track of unknown "
        "artist is none.",
        "Parte média da lista que é de artistas que a pessoa nunca ouviu; faixa de artista "
        "desconhecido não conta.",
    ),
    "useful_discovery": Text(
        "Those of them that the listener then played, as a share of the list; mean over listeners "
        "with something relevant.",
        "As que a pessoa ouviu depois, como parte da lista; média dos ouvintes com algo relevante.",
    ),
    "serendipity": Text(
        "Mean over the places of max(p - pu, 0) for hits, p and pu falling evenly with the rank in "
        "the list and in popularity (RecTools' definition).",
        "Média nas posições de max(p - pu, 0) nos acertos, com p e pu caindo por igual com a "
        "posição na lista e na popularidade (definição do RecTools).",
    ),
    "genre_diversity": Text(
        "Mean share of the pairs in a list that are of different genres.",
        "Parte média dos pares da lista que são de gêneros diferentes.",
    ),
    "distinct_artists": Text(
        "Mean number of different artists in a list.",
        "Número médio de artistas diferentes na lista.",
    ),
    "miscalibration_genre": Text(
        "Kullback-Leibler divergence of a list's genres from those the listener plays, α = 0.01, "
        "by rank and by weight; 0: the same shares (Steck 2018).",
        "Divergência de Kullback-Leibler entre os gêneros da lista e os que a pessoa ouve, "
        "α = 0,01, por posição e por peso; 0: as mesmas partes (Steck 2018).",
    ),
    "miscalibration_popularity": Text(
        "The same for head, middle and long tail.",
        "O mesmo para topo, meio e cauda longa.",
    ),
    "miscalibration_region": Text(
        "The same for the artists' regions.",
        "O mesmo para as regiões dos artistas.",
    ),
    "local_share": Text(
        "Mean share of a list's exposure that artists of the listener's own region have.",
        "Parte média da exposição da lista que é de artistas da região da própria pessoa.",
    ),
    "local_share_own": Text(
        "Mean share of them in what the listener plays.",
        "Parte média deles no que a pessoa ouve.",
    ),
    "local_share_kept": Text(
        "The first over the second; 1: the lists are as local as the listening.",
        "A primeira sobre a segunda; 1: as listas são tão locais quanto a escuta.",
    ),
    "emerging_share": Text(
        "Mean share of a list's exposure that emerging artists have: those outside the fewest "
        "artists with 80 % of the plays.",
        "Parte média da exposição da lista que é de artistas emergentes: os que ficam fora dos "
        "artistas que, em menor número, somam 80 % dos plays.",
    ),
    "first_local": Text(
        "Mean rank of the first track by an artist of the listener's region, over lists that have "
        "one.",
        "Posição média da primeira faixa de artista da região da pessoa, nas listas que têm uma.",
    ),
    "first_emerging": Text(
        "Mean rank of the first track by an emerging artist, over lists that have one.",
        "Posição média da primeira faixa de artista emergente, nas listas que têm uma.",
    ),
    "narrowness": Text(
        "Generalist-specialist score of a list: weighted mean cosine of its artists with their "
        "centre; high: narrow (Waller, Anderson 2019).",
        "Índice generalista-especialista da lista: média ponderada do cosseno de seus artistas com "
        "o centro deles; alto: estreita (Waller, Anderson 2019).",
    ),
    "narrowness_own": Text("The same of what the listener plays.", "O mesmo do que a pessoa ouve."),
}
"""By the name in the column `measure`."""
