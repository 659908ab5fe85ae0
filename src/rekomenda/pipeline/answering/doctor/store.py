"""What is looked at of the bucket that a home lies in: the way to it, the credentials, the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from rekomenda.errors import (
    BucketNotFoundError,
    ClockSkewError,
    ExtraMissingError,
    NoStoreCredentialsError,
    RekomendaError,
    StoreDeniedError,
    StoreUnreachableError,
)
from rekomenda.language import Text
from rekomenda.mirror import mirror_of
from rekomenda.pipeline.answering.doctor.finding import Finding
from rekomenda.storage.mirroring import pull
from rekomenda.storage.remote import bucket_of, unfinished

SKEW: Final = timedelta(minutes=5)
"""Half of what stores put up with."""

_REACHED: Final = Text("{uri} is reached and may be listed", "{uri} responde e pode ser listado")
_WHAT: Final = Text("{what}", "{what}")
_CLOCK: Final = Text(
    "This machine's clock is {minutes:n} {minutes:minute|minutes} off the store's",
    "O relógio desta máquina difere {minutes:n} {minutes:minuto|minutos} do relógio do armazenamento",
)
_FIX_CLOCK: Final = Text(
    "Set the clock: `sudo timedatectl set-ntp true`.",
    "Acerte o relógio: `sudo timedatectl set-ntp true`.",
)
_UPLOADS: Final = Text(
    "{n:n} {n:upload was|uploads were} never finished",
    "{n:n} {n:envio|envios} sem terminar",
)
_FIX_UPLOADS: Final = Text(
    "Remove them: `rekomenda gc`, or give the bucket a lifecycle rule that does.",
    "Remova: `rekomenda gc`, ou dê ao bucket uma regra de ciclo de vida que faça isso.",
)
_FIXES: Final[dict[type[RekomendaError], Text]] = {
    StoreUnreachableError: Text(
        'See that the address answers: `curl -sI "$AWS_ENDPOINT_URL"`; '
        "a proxy or firewall between may need a rule.",
        'Veja se o endereço responde: `curl -sI "$AWS_ENDPOINT_URL"`; '
        "um proxy ou firewall no meio pode precisar de uma regra.",
    ),
    NoStoreCredentialsError: Text(
        "Give this machine a role, or run `aws configure`.",
        "Dê um papel (role) à máquina, ou rode `aws configure`.",
    ),
    StoreDeniedError: Text(
        "See who you are: `aws sts get-caller-identity`, and grant it the policy in docs/s3.md.",
        "Veja quem você é: `aws sts get-caller-identity`, e dê a permissão de docs/s3.pt-BR.md.",
    ),
    ClockSkewError: _FIX_CLOCK,
    BucketNotFoundError: Text(
        "Make it: `aws s3 mb s3://{bucket}`, or correct --home.",
        "Crie: `aws s3 mb s3://{bucket}`, ou corrija --home.",
    ),
    ExtraMissingError: Text(
        "Install it: `pip install 'rekomenda[s3]'`.", "Instale: `pip install 'rekomenda[s3]'`."
    ),
}


def look_at_store(home: Path, now: datetime) -> Iterator[Finding]:
    """Look at the way to the bucket, and bring the mirror up to date; nothing for a folder."""
    mirror = mirror_of(home)
    if mirror is None:
        return
    try:
        off = abs(bucket_of(mirror).clock() - now)
        pull(home)
        left = unfinished(home)
    except RekomendaError as error:
        if type(error) not in _FIXES:
            raise
        what = Text(error.message("en"), error.message("pt-BR"))
        fix = _FIXES[type(error)].filled(bucket=mirror.bucket)
        yield Finding("store", "problem", _WHAT.filled(what=what), fix)
        return
    yield Finding("store", "ok", _REACHED.filled(uri=mirror.uri))
    if off > SKEW:
        minutes = round(off.total_seconds() / 60)
        yield Finding("clock", "warning", _CLOCK.filled(minutes=minutes), _FIX_CLOCK)
    if left:
        yield Finding("uploads", "warning", _UPLOADS.filled(n=len(left)), _FIX_UPLOADS)
