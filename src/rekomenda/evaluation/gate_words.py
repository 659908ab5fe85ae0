"""What the gate says, in both languages."""

from __future__ import annotations

from typing import Final

from rekomenda.evaluation.tasks import Task
from rekomenda.language import Text

TASKS: Final[dict[Task, Text]] = {
    Task.ALL: Text("the whole catalogue", "o catálogo inteiro"),
    Task.AGAIN: Text("tracks heard before", "faixas já ouvidas"),
    Task.UNHEARD: Text("unheard tracks", "faixas não ouvidas"),
    Task.NEW_ARTISTS: Text("artists never heard", "artistas nunca ouvidos"),
}
AHEAD: Final = Text(
    "{name} is ahead of {other} on {task}: {metric}@{k} {ours:.4f} against {theirs:.4f}, "
    "difference {value:+.4f} ({low:+.4f} to {high:+.4f}, {listeners:n} listeners).",
    "{name} está à frente de {other} em {task}: {metric}@{k} {ours:.4f} contra {theirs:.4f}, "
    "diferença {value:+.4f} ({low:+.4f} a {high:+.4f}, {listeners:n} ouvintes).",
)
NOT_AHEAD: Final = Text(
    "{name} is not proven ahead of {other} on {task}: {metric}@{k} {ours:.4f} against "
    "{theirs:.4f}, difference {value:+.4f} ({low:+.4f} to {high:+.4f}, {listeners:n} listeners).",
    "Não está provado que {name} supere {other} em {task}: {metric}@{k} {ours:.4f} contra "
    "{theirs:.4f}, diferença {value:+.4f} ({low:+.4f} a {high:+.4f}, {listeners:n} ouvintes).",
)
NOT_FAR_AHEAD: Final = Text(
    "The rule asks for {gain:.1%} more than {other}, and the difference is counted from there.",
    "A regra pede {gain:.1%} a mais que {other}, e a diferença é contada a partir daí.",
)
IS_POPULARITY: Final = Text(
    "{name} is itself the measure: there is nothing to beat.",
    "{name} é a própria referência: não há o que superar.",
)
TOO_FEW: Final = Text(
    "Only {listeners:n} {listeners:listener|listeners} can be measured on {task}, fewer than "
    "{limit:n}: nothing is proven of {name}.",
    "Só {listeners:n} {listeners:ouvinte pode|ouvintes podem} ser medidos em {task}, menos que "
    "{limit:n}: nada está provado sobre {name}.",
)
HELD_TOO_FEW: Final = Text(
    "Only {listeners:n} {listeners:listener|listeners} can be measured on {task}, fewer than "
    "{limit:n}: whether {name} is as good as {other} in service cannot be told, so that stays.",
    "Só {listeners:n} {listeners:ouvinte pode|ouvintes podem} ser medidos em {task}, menos que "
    "{limit:n}: não dá para saber se {name} é tão bom quanto {other}, que está no ar e fica.",
)
SAME: Final = Text(
    "{name} ranks for every one of {listeners:n} listeners as well as the release in service.",
    "{name} acerta, para cada um de {listeners:n} ouvintes, o mesmo que a release no ar.",
)
AS_GOOD: Final = Text(
    "{name} is as good as {other} in service on {task}: {metric}@{k} {relative:+.2%} "
    "({low:+.2%} to {high:+.2%}, {listeners:n} listeners), at most {margin:.2%} may be lost.",
    "{name} é tão bom quanto {other}, que está no ar, em {task}: {metric}@{k} {relative:+.2%} "
    "({low:+.2%} a {high:+.2%}, {listeners:n} ouvintes); pode perder no máximo {margin:.2%}.",
)
WORSE: Final = Text(
    "{name} is worse than {other} in service on {task}: {metric}@{k} {relative:+.2%} "
    "({low:+.2%} to {high:+.2%}, {listeners:n} listeners), at most {margin:.2%} may be lost.",
    "{name} é pior que {other}, que está no ar, em {task}: {metric}@{k} {relative:+.2%} "
    "({low:+.2%} a {high:+.2%}, {listeners:n} ouvintes); pode perder no máximo {margin:.2%}.",
)
CANNOT_TELL: Final = Text(
    "It cannot be told whether {name} is as good as {other} in service on {task}: {metric}@{k} "
    "{relative:+.2%} ({low:+.2%} to {high:+.2%}, {listeners:n} listeners) may be a loss of more "
    "than {margin:.2%}. The release in service is held.",
    "Não dá para saber se {name} é tão bom quanto {other}, que está no ar, em {task}: "
    "{metric}@{k} {relative:+.2%} ({low:+.2%} a {high:+.2%}, {listeners:n} ouvintes) pode ser uma "
    "perda maior que {margin:.2%}. A release no ar é mantida.",
)
NOTHING_TO_LOSE: Final = Text(
    "{other} in service finds nothing on {task} ({metric}@{k} is 0 for {listeners:n} listeners): "
    "{name} cannot be worse.",
    "{other}, que está no ar, não acerta nada em {task} ({metric}@{k} é 0 para {listeners:n} "
    "ouvintes): {name} não pode ser pior.",
)
SCORES: Final = Text(
    "{name} gave {count:n} {count:score that is no number|scores that are no numbers}.",
    "{name} deu {count:n} {count:score que não é número|scores que não são números}.",
)
