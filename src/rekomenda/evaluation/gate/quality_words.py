"""What the gate says of quality, in both languages."""

from __future__ import annotations

from typing import Final

from rekomenda.evaluation.check import Outcome
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
    "difference {value:+.4f} ({low:+.4f} to {high:+.4f}, {listeners:n} {listeners:listener|listeners}).",
    "{name} está à frente de {other} em {task}: {metric}@{k} {ours:.4f} contra {theirs:.4f}, "
    "diferença {value:+.4f} ({low:+.4f} a {high:+.4f}, {listeners:n} {listeners:ouvinte|ouvintes}).",
)
NOT_AHEAD: Final = Text(
    "{name} is not proven ahead of {other} on {task}: {metric}@{k} {ours:.4f} against "
    "{theirs:.4f}, difference {value:+.4f} ({low:+.4f} to {high:+.4f}, {listeners:n} {listeners:listener|listeners}).",
    "Não está provado que {name} supere {other} em {task}: {metric}@{k} {ours:.4f} contra "
    "{theirs:.4f}, diferença {value:+.4f} ({low:+.4f} a {high:+.4f}, {listeners:n} {listeners:ouvinte|ouvintes}).",
)
NOT_FAR_AHEAD: Final = Text(
    "{name} is only {relative:.1%} ahead of {other} on {task}: {metric}@{k} {ours:.4f} against "
    "{theirs:.4f} ({listeners:n} {listeners:listener|listeners}); {gain:.1%} is asked for.",
    "{name} está só {relative:.1%} à frente de {other} em {task}: {metric}@{k} {ours:.4f} contra "
    "{theirs:.4f} ({listeners:n} {listeners:ouvinte|ouvintes}); pede-se {gain:.1%}.",
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
TOO_FEW_AT_ALL: Final = Text(
    "{listeners:n} {listeners:listener|listeners} can be measured on {task}",
    "{listeners:n} {listeners:ouvinte pode ser medido|ouvintes podem ser medidos} em {task}",
)
A_PERSON_HAS_TO_SAY: Final = Text(
    "Not measurable: {why}. Whether {name} suits anybody is for a person to say (rekomenda run --force "
    '--reason "...").',
    "Não mensurável: {why}. Se {name} serve para alguém, uma pessoa é que diz (rekomenda run --force "
    '--reason "...").',
)
POPULAR_MEANWHILE: Final = Text(
    "Not measurable: {why}. Popular lists go out in the place of personal ones, until a person says "
    'otherwise (rekomenda run --force --reason "...").',
    "Não mensurável: {why}. Listas populares saem no lugar das pessoais, até que uma pessoa diga outra "
    'coisa (rekomenda run --force --reason "...").',
)
SERVED_MEANWHILE: Final = Text(
    "Not measurable: {why}. The recipe in service ({name}) goes on, since people see its lists already.",
    "Não mensurável: {why}. A receita no ar ({name}) continua, pois as listas dela já são vistas.",
)
HELD_TOO_FEW: Final = Text(
    "Only {listeners:n} {listeners:listener|listeners} can be measured on {task}, fewer than "
    "{limit:n}: whether {name} is as good as {other} in service cannot be told, so that stays.",
    "Só {listeners:n} {listeners:ouvinte pode|ouvintes podem} ser medidos em {task}, menos que "
    "{limit:n}: não dá para saber se {name} é tão bom quanto {other}, que está no ar e fica.",
)
SAME: Final = Text(
    "{name} ranks for every one of {listeners:n} {listeners:listener|listeners} as well as the release in service.",
    "{name} acerta, para cada um de {listeners:n} {listeners:ouvinte|ouvintes}, o mesmo que a release no ar.",
)
AS_GOOD: Final = Text(
    "{name} is as good as {other} in service on {task}: {metric}@{k} {relative:+.2%} "
    "({low:+.2%} to {high:+.2%}, {listeners:n} {listeners:listener|listeners}), at most {margin:.2%} may be lost.",
    "{name} é tão bom quanto {other}, que está no ar, em {task}: {metric}@{k} {relative:+.2%} "
    "({low:+.2%} a {high:+.2%}, {listeners:n} {listeners:ouvinte|ouvintes}); pode perder no máximo {margin:.2%}.",
)
WORSE: Final = Text(
    "{name} is worse than {other} in service on {task}: {metric}@{k} {relative:+.2%} "
    "({low:+.2%} to {high:+.2%}, {listeners:n} {listeners:listener|listeners}), at most {margin:.2%} may be lost.",
    "{name} é pior que {other}, que está no ar, em {task}: {metric}@{k} {relative:+.2%} "
    "({low:+.2%} a {high:+.2%}, {listeners:n} {listeners:ouvinte|ouvintes}); pode perder no máximo {margin:.2%}.",
)
CANNOT_TELL: Final = Text(
    "It cannot be told whether {name} is as good as {other} in service on {task}: {metric}@{k} "
    "{relative:+.2%} ({low:+.2%} to {high:+.2%}, {listeners:n} {listeners:listener|listeners}) may be a loss of more "
    "than {margin:.2%}. The release in service is held.",
    "Não dá para saber se {name} é tão bom quanto {other}, que está no ar, em {task}: "
    "{metric}@{k} {relative:+.2%} ({low:+.2%} a {high:+.2%}, {listeners:n} {listeners:ouvinte|ouvintes}) pode ser uma "
    "perda maior que {margin:.2%}. A release no ar é mantida.",
)
NOTHING_TO_LOSE: Final = Text(
    "{other} in service finds nothing on {task} ({metric}@{k} is 0 for {listeners:n} {listeners:listener|listeners}): "
    "{name} cannot be worse.",
    "{other}, que está no ar, não acerta nada em {task} ({metric}@{k} é 0 para {listeners:n} "
    "{listeners:ouvinte|ouvintes}): {name} não pode ser pior.",
)
SCORES: Final = Text(
    "{name} gave {count:n} {count:score that is no number|scores that are no numbers}.",
    "{name} deu {count:n} {count:score que não é número|scores que não são números}.",
)
GROUPS: Final = {
    "activity": Text("how much they play", "quanto ouvem"),
    "mainstream": Text("how mainstream what they play is", "quão popular é o que ouvem"),
}
GROUP_NAMES: Final = {
    "activity:new": Text("new listeners", "ouvintes novos"),
    "activity:light": Text("light listeners", "ouvintes leves"),
    "activity:heavy": Text("heavy listeners", "ouvintes intensos"),
    "mainstream:low": Text(
        "listeners of what few others play", "ouvintes do que poucos outros ouvem"
    ),
    "mainstream:middle": Text(
        "listeners between niche and mainstream", "ouvintes entre o nicho e o mais popular"
    ),
    "mainstream:high": Text(
        "listeners of what most others play", "ouvintes do que quase todos ouvem"
    ),
}
NO_GROUP: Final = Text(
    "No group of listeners by {groups} has {limit:n} who can be measured.",
    "Nenhum grupo de ouvintes por {groups} tem {limit:n} que possam ser medidos.",
)
GROUP_AS_GOOD: Final = Text(
    "No group is certainly worse off; closest to it, {group}: {metric}@{k} {relative:+.2%} "
    "({low:+.2%} to {high:+.2%}, {listeners:n} {listeners:listener|listeners}), at most {margin:.2%} may be lost.",
    "Nenhum grupo sai certamente pior; o mais perto disso, {group}: {metric}@{k} {relative:+.2%} "
    "({low:+.2%} a {high:+.2%}, {listeners:n} {listeners:ouvinte|ouvintes}); pode perder no máximo {margin:.2%}.",
)
GROUP_WORSE: Final = Text(
    "{name} is worse than {other} in service for {group}: {metric}@{k} {relative:+.2%} "
    "({low:+.2%} to {high:+.2%}, {listeners:n} {listeners:listener|listeners}), at most {margin:.2%} may be lost.",
    "{name} é pior que {other}, que está no ar, para {group}: {metric}@{k} {relative:+.2%} "
    "({low:+.2%} a {high:+.2%}, {listeners:n} {listeners:ouvinte|ouvintes}); pode perder no máximo {margin:.2%}.",
)
GROUP_CANNOT_TELL: Final = Text(
    "It cannot be told whether {name} is as good as {other} in service for {group}: {metric}@{k} "
    "{relative:+.2%} ({low:+.2%} to {high:+.2%}, {listeners:n} {listeners:listener|listeners}) may be a loss of more "
    "than {margin:.2%}. The release in service is held.",
    "Não dá para saber se {name} é tão bom quanto {other}, que está no ar, para {group}: "
    "{metric}@{k} {relative:+.2%} ({low:+.2%} a {high:+.2%}, {listeners:n} {listeners:ouvinte|ouvintes}) pode ser uma "
    "perda maior que {margin:.2%}. A release no ar é mantida.",
)
OF_WORST_GROUP: Final = {
    Outcome.PASSED: GROUP_AS_GOOD,
    Outcome.FAILED: GROUP_WORSE,
    Outcome.UNDECIDED: GROUP_CANNOT_TELL,
}
