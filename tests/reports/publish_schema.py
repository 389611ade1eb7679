"""``python -m tests.reports.publish_schema``: writes the schema of the report's JSON, as the code has it."""

from __future__ import annotations

import json
from pathlib import Path

from monitor.reports.spelling import schema

if __name__ == "__main__":
    published = Path(__file__).parents[2] / "docs" / "report.schema.json"
    published.write_text(json.dumps(schema(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
