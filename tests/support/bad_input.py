"""The bad inputs of the catalogue, as files: what each holds and what must become of it.

Each has some sixty good rows around the bad ones, so that a few of these stay under 5 %.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

CATALOGUE = frozenset(f"B{n:02d}" for n in (*range(1, 29), *range(30, 60), *range(70, 79)))
"""Every id of the catalogue: the file as a whole, values, the data set as a whole."""

N_GOOD = 60
HEADER = "id_date,user_id,id_tracks,plays\n"


@dataclass(frozen=True)
class Case:
    """One bad file.

    Parameters
    ----------
    id : str
        Its number in the catalogue, and what it is about.
    content : bytes
    verdict, code : str
    loaded, quarantined, deduplicated, merged : int
    reasons : mapping
        Quarantined rows by rule.
    options : mapping
        Settings of ingest that differ from the defaults.
    lines : tuple of int
        Lines that quarantine names; () where the case does not say.
    file : str
    """

    id: str
    content: bytes
    verdict: str = "loaded"
    code: str | None = None
    loaded: int = N_GOOD
    quarantined: int = 0
    deduplicated: int = 0
    merged: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[int, ...] = ()
    file: str = "plays.csv"

    @property
    def exit_code(self) -> int:
        """What the command leaves with."""
        return {"loaded": 0, "held": 4, "rejected": 65}[self.verdict]

    @property
    def rows_in(self) -> int:
        """All rows of the file."""
        return self.loaded + self.quarantined + self.deduplicated


def good(n: int = N_GOOD, *, day: str = "2024-02-{:02d}", separator: str = ",") -> list[str]:
    """Return so many rows of daily totals that nobody could object to, without line ends."""
    return [
        separator.join([day.format(number % 28 + 1), f"u{number:03d}", f"t{number % 7}", "3"])
        for number in range(n)
    ]


def plays(*bad: str, rows: list[str] | None = None, header: str = HEADER) -> bytes:
    """Return a file with bad rows behind good ones."""
    return (header + "".join(f"{row}\n" for row in [*(rows or good()), *bad])).encode()


def _value(text: str) -> str:
    return f"2024-02-19,u1,t1,{text}"


def _day(text: str) -> str:
    return f"{text},u1,t1,3"


def _bad(name: str, rule: str, *rows: str, **more: Any) -> Case:
    """Return a case whose bad rows all break one rule and are set aside, line by line."""
    lines = tuple(range(N_GOOD + 2, N_GOOD + 2 + len(rows)))
    return Case(
        name, plays(*rows), quarantined=len(rows), reasons={rule: len(rows)}, lines=lines, **more
    )


def _held(name: str, code: str, content: bytes, n_rows: int, **more: Any) -> Case:
    return Case(name, content, "held", code, loaded=0, quarantined=n_rows, **more)


def _refused(name: str, code: str, content: bytes, n_rows: int = 0, **more: Any) -> Case:
    return Case(name, content, "rejected", code, loaded=0, quarantined=n_rows, **more)


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def _zip(*names: str, content: bytes = b"a,b\n") -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return sink.getvalue()


_TEXT = plays().decode()
_ROWS = _TEXT.splitlines(keepends=True)[1:]
_UNCLOSED = plays('2024-02-19,u1,"t1,3', "2024-02-19,u2,t2,3").decode()
_BRAZIL = [row.replace(",", ";") for row in good(day="{:02d}/02/2024")]
_PARQUET = _parquet(
    pa.table(
        {
            "id_date": pa.array(["2024-02-19"] * 3).cast(pa.date32()),
            "user_id": pa.array(["007", "b", "c"]).dictionary_encode(),
            "id_tracks": pa.array([10, 20, 30]),
            "plays": pa.array([3.0, 1.0, 2.0]),
        }
    )
)
_BOMB = HEADER.encode() + b"2024-02-19,u1,t1,3\n" * 4_000_000
_ALIKE = pa.array(["2024-02-19"]).cast(pa.date32()).take(pa.array([0] * 20_000_000, pa.int8()))
_PARQUET_BOMB = _parquet(
    pa.table(dict.fromkeys(("id_date", "user_id", "id_tracks", "plays"), _ALIKE))
)
_LONG_TEXT = _parquet(
    pa.table(
        {
            "id_date": pa.array(["2024-02-19"] * 10_000).cast(pa.date32()),
            "user_id": pa.DictionaryArray.from_arrays(
                pa.array([0] * 10_000, pa.int8()), ["x" * 10**6]
            ),
            "id_tracks": ["t"] * 10_000,
            "plays": pa.array([1] * 10_000),
        }
    )
)
_DMY = {"date_format": "dmy"}
_PT = {"locale": "pt-BR"}

CASES = (
    _refused("B01-empty", "E_EMPTY", b""),
    _refused("B01-only-a-mark", "E_EMPTY", b"\xef\xbb\xbf\r\n"),
    Case("B02-header-only", HEADER.encode(), loaded=0),
    Case("B02-blank-lines-only", b"id_date,user_id,id_tracks,plays\r\n\r\n\n", loaded=0),
    Case("B13-blank-lines", plays().replace(b"\n", b"\n\n") + b"\n\n"),
    _refused("B03-no-header", "E_NO_HEADER", plays(header="")),
    Case(
        "B03-columns-given",
        plays(header=""),
        options={"names": ("id_date", "user_id", "id_tracks", "plays")},
    ),
    Case("B04-known-aliases", plays(header="DATA,id_usuario,track,Plays \n")),
    _refused("B04-unknown-column", "E_COLUMN_MISSING", plays(header="id_date,quem,track,plays\n")),
    Case(
        "B04-mapped",
        plays(header="id_date,quem,track,plays\n"),
        options={"columns": {"user_id": "quem"}},
    ),
    Case(
        "B05-order-and-extra-columns",
        plays(
            rows=[f"x,3,t{n},u{n},2024-02-19,y" for n in range(N_GOOD)],
            header="app,plays,id_tracks,user_id,id_date,\n",
        ),
    ),
    _refused("B06-column-twice", "E_COLUMN_TWICE", plays(header="id_date,user_id,user_id,plays\n")),
    Case("B07-utf8-mark", b"\xef\xbb\xbf" + plays()),
    Case(
        "B08-windows-1252",
        ("id_artist,nome\n" + "".join(f"a{n},Forró São João {n}\n" for n in range(N_GOOD))).encode(
            "cp1252"
        ),
        file="artists.csv",
    ),
    Case("B09-utf16", _TEXT.encode("utf-16")),
    Case("B10-encoded-twice", plays("2024-02-19,u1,ForrÃ³ pÃ© de serra,3"), loaded=61),
    Case(
        "B10-mended",
        plays("2024-02-19,u1,ForrÃ³,3", "2024-02-19,u1,Forró,1"),
        loaded=62,
        merged=1,
        options={"repair_encoding": True},
    ),
    Case("B11-semicolon", plays(rows=_BRAZIL, header=HEADER.replace(",", ";"))),
    Case("B11-tab", _TEXT.replace(",", "\t").encode()),
    Case("B11-pipe", _TEXT.replace(",", "|").encode()),
    Case("B12-sep-line", b"sep=;\n" + _TEXT.replace(",", ";").encode()),
    Case("B13-crlf", _TEXT.replace("\n", "\r\n").encode()),
    Case("B13-cr", _TEXT.replace("\n", "\r").encode()),
    Case(
        "B13-mixed-line-ends",
        (HEADER + "\r\n".join(_ROWS[:30]).replace("\n\r\n", "\r\n") + "".join(_ROWS[30:])).encode(),
    ),
    Case("B13-no-final-line-end", plays().rstrip(b"\n")),
    Case(
        "B14-quotes",
        b'id_date,user_id,id_tracks,plays,nota\n2024-02-19,u1,t1,-1,"a\nb, ""c"""\n'
        + b"".join(row.encode() + b',"x,y"\n' for row in good())
        + b'2024-02-19,u1,"t,2",3,\n2024-02-19,u1,t1,-1,d\n',
        loaded=61,
        quarantined=2,
        reasons={"E_PLAYS_NEGATIVE": 2},
        lines=(2, 65),
    ),
    Case(
        "B15-quote-unclosed",
        _UNCLOSED.encode(),
        quarantined=2,
        reasons={"E_QUOTE_UNCLOSED": 2},
        lines=(62, 63),
    ),
    _refused(
        "B15-quote-swallows-much",
        "E_WRONG_FORMAT",
        plays('2024-02-19,u1,"t1,3', *good(30)),
        91,
        reasons={"E_QUOTE_UNCLOSED": 31, "E_FILE_REJECTED": 60},
    ),
    _bad("B16-field-count", "E_FIELD_COUNT", "2024-02-19,u1,t1", "2024-02-19,u1,t1,3,4"),
    _bad("B17-nul", "E_NUL", "2024-02-19,u\x001,t1,3", "2024-02-19,u1,t\x1f1,3"),
    _refused("B18-gzip-cut-off", "E_FILE_CORRUPT", gzip.compress(plays())[:-9], file="p.csv.gz"),
    _refused("B18-gzip-junk", "E_FILE_CORRUPT", gzip.compress(plays()) + b"junk", file="p.csv.gz"),
    _refused(
        "B18-zstd-cut-off",
        "E_FILE_CORRUPT",
        pa.Codec("zstd").compress(plays(), asbytes=True)[:-9],
        file="p.csv.zst",
    ),
    Case("B18-gzip-whole", gzip.compress(plays()), file="p.csv.gz"),
    Case("B18-zstd-whole", pa.Codec("zstd").compress(plays(), asbytes=True), file="p.csv.zst"),
    Case("B19-parquet-called-csv", _PARQUET, loaded=3),
    _refused("B19-xlsx", "E_FILE_TYPE", _zip("xl/workbook.xml", "[Content_Types].xml")),
    _refused("B19-zip", "E_FILE_TYPE", _zip("plays.csv", "tracks.csv"), file="plays.csv.gz"),
    _refused("B19-zip-cut-off", "E_FILE_TYPE", b"PK\x03\x04" + b"\x00" * 60),
    _refused("B19-xlsx-in-gzip", "E_FILE_TYPE", gzip.compress(_zip("xl/workbook.xml"))),
    _refused("B19-parquet-in-gzip", "E_FILE_TYPE", gzip.compress(_PARQUET), file="p.parquet"),
    _refused("B19-gzip-twice", "E_FILE_TYPE", gzip.compress(gzip.compress(plays()))),
    Case("B19-csv-called-parquet", plays(), file="plays.parquet"),
    Case("B19-gzip-called-csv", gzip.compress(plays())),
    Case("B19-zstd-called-gz", pa.Codec("zstd").compress(plays(), asbytes=True), file="p.csv.gz"),
    _refused("B20-gzip-bomb", "E_TOO_LARGE_EXPANDED", gzip.compress(_BOMB), file="p.csv.gz"),
    _refused(
        "B20-zstd-bomb", "E_TOO_LARGE_EXPANDED", pa.Codec("zstd").compress(_BOMB, asbytes=True)
    ),
    _refused("B20-zip-bomb", "E_FILE_TYPE", _zip("plays.csv", content=_BOMB)),
    _refused("B20-parquet-bomb", "E_TOO_LARGE_EXPANDED", _PARQUET_BOMB, file="p.parquet"),
    Case(
        "B20-parquet-of-one-long-text",
        _LONG_TEXT,
        "rejected",
        "E_WRONG_FORMAT",
        loaded=0,
        quarantined=10_000,
        reasons={"E_TOO_LONG": 10_000},
        file="p.parquet",
    ),
    _refused("B25-broken-footer", "E_FILE_CORRUPT", _PARQUET[:-20], file="p.parquet"),
    _refused(
        "B25-nested",
        "E_COLUMN_TYPE",
        _parquet(
            pa.table(
                {"id_date": ["2024-02-19"], "user_id": [["a"]], "id_tracks": ["t"], "plays": [1]}
            )
        ),
        file="p.parquet",
    ),
    _bad("B30-plays-missing", "E_PLAYS_MISSING", _value("NaN"), _value(""), _value("NULL")),
    _bad("B30-plays-missing-too", "E_PLAYS_MISSING", _value("\\N"), _value("-"), _value("n/d")),
    _bad("B31-plays-negative", "E_PLAYS_NEGATIVE", _value("-1")),
    Case("B32-plays-zero", plays(_value("0")), loaded=61),
    Case("B33-plays-whole", plays(_value('"3,0"'), _value("3.0")), loaded=62, merged=1),
    _bad("B33-plays-not-whole", "E_PLAYS_NOT_WHOLE", _value('"3,5"'), _value("3.5")),
    _held(
        "B34-two-readings",
        "E_NUMBER_AMBIGUOUS",
        plays(_value("1.234")),
        61,
        reasons={"E_NUMBER_AMBIGUOUS": 1, "E_FILE_HELD": 60},
    ),
    Case("B34-declared", plays(_value("1.234")), loaded=61, options=_PT),
    _bad("B35-plays-range", "E_PLAYS_RANGE", _value(str(10**12)), _value("1e308"), _value("inf")),
    _bad("B35-over-int64", "E_PLAYS_RANGE", _value("9" * 30)),
    Case("B36-bot", plays(_value("20000")), loaded=61),
    Case("B37-day-first", plays(rows=good(day="{:02d}/02/2024"))),
    Case(
        "B37-declared",
        plays(rows=[_day("05/02/2024")] * 9, header=HEADER),
        loaded=9,
        merged=8,
        options=_PT,
    ),
    _held(
        "B38-two-orders",
        "E_DATE_AMBIGUOUS",
        plays(rows=[_day("05/02/2024")] * 9),
        9,
        reasons={"E_DATE_AMBIGUOUS": 9},
    ),
    Case("B38-declared", plays(rows=[_day("05/02/2024")] * 9), loaded=9, merged=8, options=_DMY),
    _bad(
        "B39-impossible-days", "E_DATE_INVALID", _day("2024-02-30"), _day("24-02-19"), _day("45342")
    ),
    Case(
        "B39-impossible-day-first",
        plays("31/04/2024,u1,t1,3", rows=good(day="{:02d}/02/2024")),
        quarantined=1,
        reasons={"E_DATE_INVALID": 1},
        lines=(62,),
    ),
    _bad("B40-too-old", "E_DATE_TOO_OLD", _day("1970-01-01"), _day("2002-09-30")),
    _bad("B41-future", "E_DATE_FUTURE", _day("2199-01-01")),
    _held(
        "B41-clock",
        "E_TOO_MANY_BAD_ROWS",
        plays(*[_day("2199-01-01")] * 5),
        65,
        reasons={"E_DATE_FUTURE": 5, "E_FILE_HELD": 60},
    ),
    Case(
        "B46-ids-are-text",
        plays(
            "2024-02-19,000123,t1,3",
            "2024-02-19,123,t1,3",
            "2024-02-19,123456789012345678901234567890,t1,3",
            "2024-02-19,6F9619FF-8B86-D011-B42D-00CF4FC964FF,t1,3",
            "2024-02-19, spaced ,t1,3",
            "2024-02-19,U1,t1,3",
            "2024-02-19,u1,t1,3",
        ),
        loaded=67,
    ),
    _held(
        "B46-excel",
        "E_IDS_ALTERED",
        plays("2024-02-19,1.23E+05,t1,3"),
        61,
        reasons={"E_IDS_ALTERED": 1, "E_FILE_HELD": 60},
    ),
    _held(
        "B46-floats",
        "E_IDS_ALTERED",
        plays("2024-02-19,u1,123.0,3"),
        61,
        reasons={"E_IDS_ALTERED": 1, "E_FILE_HELD": 60},
    ),
    Case(
        "B47-composed",
        plays("2024-02-19,jose\u0301,t1,3", "2024-02-19,josé,t1,3"),
        loaded=62,
        merged=1,
    ),
    Case(
        "B48-several-artists-and-genres",
        b"id_artist,id_tracks,id_genre\n"
        + b"".join(b"A feat. B,t%d,pop|rock\n" % n for n in range(N_GOOD - 1))
        + b"B,t0,pop\n",
        file="tracks.csv",
    ),
    Case("B49-unknown-track", plays("2024-02-19,u1,nobody-knows-it,3"), loaded=61),
    Case("B51-totals-twice", plays(*good(2)), loaded=62, merged=2),
    Case(
        "B51-play-twice",
        plays(
            *["2024-02-19 10:00:00,u1,t1"] * 2,
            "2024-02-19 10:00:01,u1,t1",
            rows=[f"2024-02-19 11:00:{n:02d},u1,t1" for n in range(N_GOOD)],
            header="data_hora,user_id,id_tracks\n",
        ),
        loaded=62,
        deduplicated=1,
    ),
    Case(
        "B54-formula-names",
        b"id_artist,nome\n" + b"".join(b"a%d,=CMD()\n" % n for n in range(N_GOOD)),
        file="artists.csv",
    ),
    Case(
        "B55-pages-in-ids",
        plays(
            '2024-02-19,<script>alert(1)</script>,"""><img onerror=alert(1) src=x>",3',
            '2024-02-19,javascript:alert(1),"{{7*7}}",3',
            "2024-02-19,<svg onload=alert(1)>,t1,3",
        ),
        loaded=63,
    ),
    Case(
        "B56-hostile-ids",
        plays("2024-02-19,'; DROP TABLE x,%s $1 \\,3", "2024-02-19,' OR 1=1 --,t1,3"),
        loaded=62,
    ),
    Case(
        "B58-ids-that-look-like-paths",
        plays("2024-02-19,../../etc/passwd,CON,3", "2024-02-19,a/b,C:\\x,3"),
        loaded=62,
    ),
    _bad("B59-long-id", "E_TOO_LONG", f"2024-02-19,{'u' * 1001},t1,3"),
    _refused("B59-columns", "E_TOO_MANY_COLUMNS", ",".join(f"c{n}" for n in range(501)).encode()),
    Case(
        "B79-dials-out-of-range",
        b"usuario,dial\n"
        + b"".join(b"u%d,0.%d\n" % (n, n % 10) for n in range(N_GOOD - 3))
        + b"u57,\nu58,1\nu59,0\nu60,1.01\nu61,-0.2\nu62,much\n",
        quarantined=3,
        reasons={"E_NUMBER_RANGE": 2, "E_NUMBER_INVALID": 1},
        lines=(62, 63, 64),
        file="dials.csv",
    ),
    Case("B77-no-overlap", plays(rows=[f"2024-02-19,u{n},7{n},3" for n in range(N_GOOD)])),
)
