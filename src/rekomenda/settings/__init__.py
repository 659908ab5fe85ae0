"""One typed object: defaults < rekomenda.toml < REKOMENDA_SECTION__KEY < flags."""

from rekomenda.settings.loading import FILE_NAME, PREFIX, load_settings
from rekomenda.settings.sections import (
    EngineSettings,
    EvaluateSettings,
    GateSettings,
    IngestSettings,
    IntegrateSettings,
    KeepSettings,
    LogSettings,
    ModelSettings,
    RecommendSettings,
    Section,
    Settings,
    WarehouseSettings,
)

__all__ = [
    "FILE_NAME",
    "PREFIX",
    "EngineSettings",
    "EvaluateSettings",
    "GateSettings",
    "IngestSettings",
    "IntegrateSettings",
    "KeepSettings",
    "LogSettings",
    "ModelSettings",
    "RecommendSettings",
    "Section",
    "Settings",
    "WarehouseSettings",
    "load_settings",
]
