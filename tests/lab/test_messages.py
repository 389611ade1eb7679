"""What the lab's terminal tells of the messages sent."""

from __future__ import annotations

from pathlib import Path

from monitor.lab.messages import Messages


def test_each_title_is_told_once_and_whole(tmp_path: Path) -> None:
    """Not the text below it, not before its line is ended, and not what an earlier run has printed."""
    path = tmp_path / "messages.txt"
    assert [] == [*Messages(path).new()]
    path.write_text("[unicom] of an earlier run\n", encoding="utf-8")
    messages = Messages(path)
    with path.open("a", encoding="utf-8") as file:
        file.write("[unicom] 【新故障】财政局\n    故障编号：F1\n    [点此接单](http://x)\n[mobile] 【已")
        file.flush()
        assert ["[unicom] 【新故障】财政局"] == [*messages.new()]
        assert [] == [*messages.new()]
        file.write("恢复】教育局\n")
        file.flush()
        assert ["[mobile] 【已恢复】教育局"] == [*messages.new()]
