"""Every error we raise, as one tree.

A message says what, where, how many and what to do next, in both languages. The class holds
the words and the `code` that scripts, JSON answers and documentation share; the instance holds
the facts. Doors (`cli`, later `service`) turn a class into an exit code or a status.
"""

from __future__ import annotations

from typing import Any, ClassVar

from rekomenda.language import Language, Text


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

    def message(self, language: Language) -> str:
        """Return the whole message in one language."""
        return self.text.render(language, self.facts)


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


class UnknownTrackError(UsageFaultError):
    """A track that the release's catalogue does not know."""

    code = "E_UNKNOWN_TRACK"
    text = Text(
        en="Track {track!r} is not in the catalogue of release {release_id}. "
        "Ids are text: leading zeros and case count.",
        pt="A faixa {track!r} não está no catálogo da release {release_id}. "
        "Ids são texto: zeros à esquerda e maiúsculas contam.",
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


class FolderInUseError(UsageFaultError):
    """A folder with files of somebody else, where a world should go."""

    code = "E_FOLDER_IN_USE"
    text = Text(
        en="{path} holds {files:n} {files:entry|entries} that no world left there (first: {first}). "
        "Nothing was written. Choose an empty or a new folder.",
        pt="{path} tem {files:n} {files:item que nenhum mundo deixou|itens que nenhum mundo deixou} "
        "ali (primeiro: {first}). Nada foi gravado. Escolha uma pasta vazia ou nova.",
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


class NoOverlapError(DataError):
    """Catalogue and plays have no track in common (B77)."""

    code = "E_NO_OVERLAP"
    text = Text(
        en="None of the {plays:n} played tracks is in the catalogue of {tracks:n}. "
        "Plays name tracks such as {play_ids}; the catalogue such as {track_ids}. "
        "Leading zeros lost in a spreadsheet are the usual cause. Export the ids again as text "
        "and ingest the corrected file.",
        pt="Nenhuma das {plays:n} faixas ouvidas está no catálogo de {tracks:n}. "
        "Os plays citam faixas como {play_ids}; o catálogo, como {track_ids}. "
        "Zeros à esquerda perdidos numa planilha são a causa mais comum. Exporte os ids de novo "
        "como texto e carregue o arquivo corrigido.",
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


class ReleaseNotFoundError(RekomendaError):
    """A release that is not, or no longer, kept."""

    code = "E_RELEASE_NOT_FOUND"
    exit_code = 69
    text = Text(
        en="Release {release_id} is not kept in {home}. Kept: {kept}.",
        pt="A release {release_id} não está guardada em {home}. Guardadas: {kept}.",
    )


class CannotWriteError(RekomendaError):
    """A folder or file that cannot be made."""

    code = "E_CANNOT_WRITE"
    exit_code = 73
    text = Text(
        en="{path} cannot be written: {detail}. Nothing changed. "
        "Check the path and the free space, then run the same command again.",
        pt="Não é possível gravar {path}: {detail}. Nada mudou. "
        "Confira o caminho e o espaço livre e rode o mesmo comando de novo.",
    )


class CorruptError(RekomendaError):
    """Bytes that are not what their manifest says."""

    code = "E_CORRUPT"
    exit_code = 74
    text = Text(
        en="{path} is damaged: {detail}. {hint}",
        pt="{path} está danificado: {detail}. {hint}",
    )


class DeviceError(RekomendaError):
    """A disk that answers with an error."""

    code = "E_IO"
    exit_code = 74
    retryable = True
    text = Text(
        en="{path} cannot be read or written: {detail}. What was published before is unchanged. "
        "Check the disk, then run the same command again.",
        pt="Não é possível ler ou gravar {path}: {detail}. O que já estava publicado não mudou. "
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


# --- 77, 78 ---------------------------------------------------------------------------------


class NoPermissionError(RekomendaError):
    """A path this user may not read or write."""

    code = "E_PERMISSION"
    exit_code = 77
    text = Text(
        en="No permission to {action} {path}. Ask its owner, or choose another with --home.",
        pt="Sem permissão para {action} {path}. Peça ao dono, ou escolha outro com --home.",
    )


class ConfigError(RekomendaError):
    """Settings that cannot be used."""

    code = "E_CONFIG"
    exit_code = 78
    text = Text(
        en="{origin}: {key}: {detail}.{hint}",
        pt="{origin}: {key}: {detail}.{hint}",
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
