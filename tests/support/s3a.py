"""Jars of Hadoop's S3A for tests: an older release than Spark's own, from a package of PyPI that happens to hold them.

Who has Maven asks for `org.apache.hadoop:hadoop-aws` of Spark's own version, which takes none of the numbers below.
"""

from __future__ import annotations

from support.repository import ROOT

JARS = ROOT / ".venv" / "s3a"
"""Where `scripts/setup.sh s3a` puts them."""


def jars() -> list[str]:
    """Return them; none: they were not fetched."""
    return sorted(map(str, JARS.glob("*.jar")))


def s3a_conf() -> dict[str, str]:
    """Return what Spark needs to take jars of Hadoop 3.3: plain numbers, and the chain by its name there."""
    plain = {
        "threads.keepalivetime": "60",
        "connection.establish.timeout": "5000",
        "connection.timeout": "200000",
        "multipart.purge.age": "86400",
        "connection.ssl.enabled": "false",
        "aws.credentials.provider": "com.amazonaws.auth.DefaultAWSCredentialsProviderChain",
    }
    return {
        "spark.jars": ",".join(jars()),
        "spark.driver.extraClassPath": ":".join(jars()),
        **{f"spark.hadoop.fs.s3a.{name}": value for name, value in plain.items()},
    }
