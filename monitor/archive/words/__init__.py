"""What is said of the archive, in Chinese and English: of each finding what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.archive.words.chinese import CHINESE
from monitor.archive.words.english import ENGLISH
from monitor.archive.words.words import Words

WORDS: Mapping[str, Words] = {"zh_CN": CHINESE, "en": ENGLISH}
