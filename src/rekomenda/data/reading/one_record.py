"""One record of a table as a line of text, and its fields again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable


def as_record(fields: Iterable[str], separator: str = ",") -> str:
    """Return fields as one CSV record without a line end; quoted only where they have to be."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="").writerow(list(fields))
    return text.getvalue()


def fields_of(record: str, separator: str = ",") -> list[str]:
    """Return the fields of one CSV record; a record that is none is a single field."""
    try:
        records = list(csv.reader(io.StringIO(record, newline=""), delimiter=separator))
    except csv.Error:
        return [record]
    return records[0] if len(records) == 1 else [record]
