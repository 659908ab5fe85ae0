"""The words that invented names and titles are made of, by genre family.

Names join two or more uncommon parts (an old-fashioned first name and a place that is on no map), so
that none is a real artist's.
"""

# ruff: noqa: SIM905 - fifty short words read better as one text than as fifty quoted ones

from __future__ import annotations

from typing import Final

FIRST: Final = tuple(
    "Valdenor Genésio Rosalvo Edvânia Marlúcia Ozéas Jurandir Zenaide Clodoaldo Deusdete "
    "Raimundinho Erivânia Josenildo Lucineide Aderbal Filomena Gilvanete Hermógenes Ivanildo "
    "Jacinta Leôncio Miralva Nivaldina Orlandino Petronila Quitério Risoleta Severiano Tertulina "
    "Ubiraci Vanderleia Wandelson Zulmira Anatólio Benvinda Cidélia Dorvalino Epitácio Florisvaldo "
    "Guiomar Honorina Irineu Juvenal Laudelino Maristela Neuzinha Otaviano Perpétua Romilda "
    "Salustiano Teobaldo Ulisseia Virgulino Adamastor Belarmina Cosmira Doralice Eufrásio".split()
)
NICKNAMES: Final = tuple(
    "Nininho Tutuca Biguela Zecão Mirolinho Pitomba Juca Dedéu Caçulinha Tonho Xandoca Bilau "
    "Cuscuz Fubá Jerimum Macaxeira Pilão Rapadura Siriguela Tapioca Umbuzinho Vaqueirinho "
    "Canarinho Corrupio Galeguinho Gavião Lampejo Marruá Passarim Rolinha Sabiazinho Trovão "
    "Batidão Faísca Foguinho Mulinga Neném Pipoco Relampo Sacizim".split()
)
PLACES: Final = tuple(
    "da Serra Clara|do Riacho Torto|da Lagoa Rasa|do Barro Branco|da Baixa Verde|do Poço Novo|"
    "da Pedra Rachada|do Morro Azul|da Várzea Torta|do Alto Bonito|da Ladeira Torta|"
    "do Beco Largo|da Ponte Velha|do Açude Cheio|da Cacimba Doce|do Olho-d'Água|da Barra Quieta|"
    "do Ipê Roxo|da Jurema Preta|do Mandacaru|da Carnaúba|do Juazeirinho|da Umburana|"
    "do Cajueiro Torto|da Gameleira|do Tabuleiro|da Chapada Alta|do Pé de Umbu|da Beira-Mar|"
    "do Cais Antigo|da Maré Cheia|do Igarapé Grande|da Ilha Funda|do Sítio Novo|"
    "da Estrada Real|do Curral Velho|da Porteira Aberta|do Sobrado|da Vila Miúda|"
    "do Mercado Velho".split("|")
)
_CREWS: Final = tuple(
    "Meninos|Filhos|Cabras|Parceiros|Herdeiros|Vaqueiros|Amigos|Bambas|Moleques|Compadres".split(
        "|"
    )
)
_THINGS: Final = tuple(
    "Xamego|Candeeiro|Balancê|Chamego Bom|Fogaréu|Rosa de Pano|Sanfona Doida|Luar Bonito|"
    "Forrozear|Mel de Engenho|Lua de Palha|Trem Bão|Cheiro Brabo|Poeira Fina|Beijo Molhado|"
    "Paixão Braba|Coração de Couro|Flor de Mandacaru|Arrasta Chinelo|Pé de Valsa|Vento Norte|"
    "Maré Mansa|Sol a Pino|Tempero Forte|Doce Veneno|Noite Alta|Fino Trato|Bicho Solto|"
    "Pimenta Rosa|Ginga Boa|Batuque Novo|Sereno|Toque de Classe|Riso Frouxo".split("|")
)

_FAITH: Final = tuple(
    "Graça|Promessa|Esperança|Luz|Aliança|Palavra|Morada|Vitória|Fé|Gratidão|Paz|Manhã|Oração|"
    "Canção|Colheita|Presença|Travessia|Alegria".split("|")
)

SLOTS: Final[dict[str, tuple[str, ...]]] = {
    "first": FIRST,
    "second": FIRST,
    "nick": NICKNAMES,
    "place": PLACES,
    "crew": _CREWS,
    "thing": _THINGS,
    "faith": _FAITH,
}

ARTIST_TEMPLATES: Final[dict[str, tuple[str, ...]]] = {
    "forro": (
        "{nick} {place}",
        "Forró {thing} {place}",
        "{first} {place}",
        "Os {crew} {place}",
        "{nick} & Forró {thing}",
        "Banda {thing} {place}",
    ),
    "brega": (
        "Banda {thing} {place}",
        "{first} {place}",
        "MC {nick} {place}",
        "{nick} & Banda {thing}",
    ),
    "arrocha": ("{first} {place}", "{nick} dos Teclados {place}", "{nick} {place}"),
    "sertanejo": ("{first} & {second}", "{first} & {nick}", "{first} {place}"),
    "samba": ("Grupo {thing} {place}", "Os {crew} {place}", "{nick} {place}", "Roda {place}"),
    "axe": ("Banda {thing} {place}", "{nick} & Swing {thing}", "Bloco {thing} {place}"),
    "funk": ("MC {nick} {place}", "DJ {nick} {place}", "Bonde {place}"),
    "rap": ("{nick} MC {place}", "Mano {nick} {place}", "Coletivo {place}"),
    "gospel": ("{first} {place}", "Ministério {faith} {place}", "Coral {faith} {place}"),
    "mpb": ("{first} {place}", "{first} & {second}", "Trio {thing} {place}"),
    "reggae": ("Tribo {place}", "{nick} Roots {place}", "Radiola {thing} {place}"),
}
SURNAME_SUFFIXES: Final = (" Filho", " Neto", " Júnior", " Sobrinho", " Segundo")
"""What tells two artists of one name apart, as it does in life."""

_NOUNS_M: Final = tuple(
    "Amor|Coração|Ciúme|Beijo|Segredo|Sonho|Xodó|Cheiro|Desejo|Destino|Abraço|Recado|Retrato|"
    "Chamego|Vício|Carinho|Olhar|Lenço|Rastro|Juízo".split("|")
)
_NOUNS_F: Final = tuple(
    "Saudade|Paixão|Lembrança|Promessa|Vontade|Mentira|Carta|Morena|Sanfona|Estrada|Lua|Cama|"
    "Conversa|Loucura|Solidão|Fogueira|Despedida|Sofrência|Vaquejada|Festa".split("|")
)
_ADJECTIVES: Final = tuple(
    "Vadi|Antig|Bandid|Perdid|Proibid|Escondid|Clandestin|Malvad|Danad|Cansad|Sincer|Maluc|"
    "Enganad|Arretad|Ingrat|Passageir|Certeir|Mansinh|Atrevid|Solitári|Molhad|Acabad".split("|")
)
"""Without their last letter, which follows the noun: o or a."""
_OF: Final = tuple(
    "do Sertão|da Madrugada|de São João|do Paredão|do Cabaré|da Roça|de Vaqueiro|do Interior|"
    "de Domingo|da Meia-Noite|de Mesa de Bar|do Litoral|de Fim de Festa|de Gente Grande|"
    "da Cidade Pequena|de Primeira|do Mês de Junho|de Beira de Estrada|da Vida Inteira|"
    "de Uma Noite Só|do Meu Bem|da Minha Terra|de Quem Ama|do Vizinho|da Rua de Cima|"
    "de Outro Lugar|do Tempo Bom|da Capital|de Motel|de Viola".split("|")
)
_STARTS: Final = tuple(
    "Eu Não Volto|Me Lembrei|Você Prometeu|Bebi Demais|Chorei Baixinho|Hoje Eu Danço|"
    "Deixa Eu Ficar|Vem Cá|Te Esperei|Ninguém Me Segura|Fica Mais um Pouco|Liguei de Novo|"
    "Tô Passando Mal|Não Me Chama|Quero Acordar|Vou Morar|Larguei Tudo|Ela Dançou|"
    "Só Durmo|Acabou o Namoro|Perdi o Rumo|A Gente Combinou|Bota pra Tocar|Sobrou Saudade|"
    "Amanheci|Prefiro Ficar|Desce|Sobe a Poeira".split("|")
)
_ENDS: Final = tuple(
    "sem Você|no Forró|na Sexta-Feira|de Madrugada|no Paredão|com Teu Cheiro|na Beira do Rio|"
    "pensando em Nós|até o Sol Raiar|no Meu Sertão|na Casa da Vizinha|depois da Festa|"
    "no Último Trem|com a Roupa do Corpo|debaixo da Lua|no Fundo do Copo|sem Dizer Adeus|"
    "na Porta do Bar|de Peito Aberto|no Mês de Junho|a Noite Inteira|longe de Casa|"
    "com Saudade|na Chuva|sem Juízo|no Sapatinho|por Tua Causa|de Novo".split("|")
)

_FAITH_OF: Final = tuple(
    "do Alto|da Manhã|do Deserto|de Quem Crê|do Monte|sem Fim|da Travessia|no Vale|"
    "de Cada Dia|do Recomeço|da Minha Casa|que Sustenta|no Meio do Mar|do Novo Tempo|"
    "da Colheita|em Silêncio|sobre as Águas|da Aurora".split("|")
)
_FAITH_ENDS: Final = tuple(
    "em Mim|outra Vez|para Sempre|no Meu Lar|de Joelhos|ao Amanhecer|por Amor|em Canção|"
    "e Eu Canto|até o Fim|na Tempestade|com Meu Povo".split("|")
)

TITLE_SLOTS: Final[dict[str, tuple[str, ...]]] = {
    "he": _NOUNS_M,
    "she": _NOUNS_F,
    "how": _ADJECTIVES,
    "of": _OF,
    "start": _STARTS,
    "end": _ENDS,
    "faith": _FAITH,
    "faith_of": _FAITH_OF,
    "faith_end": _FAITH_ENDS,
}
TITLE_TEMPLATES: Final = (
    "{he} {of}",
    "{she} {of}",
    "{he} {how}o",
    "{she} {how}a",
    "{start} {end}",
    "{start} {end}",
    "{he} {how}o {of}",
    "{she} {how}a {of}",
    "{she} {how}a {end}",
)
FAITH_TEMPLATES: Final = ("{faith} {faith_of}", "{faith} {faith_of} {faith_end}")
FAITHFUL_FAMILY: Final = "gospel"

VERSIONS: Final = (
    " (Ao Vivo)",
    " (Remix)",
    " (Acústico)",
    " (Versão Piseiro)",
    " (Ao Vivo em Serra Clara)",
    " (Ao Vivo 2)",
)
