"""How Hypothesis works here: the same examples on every run; many more with ``HYPOTHESIS_PROFILE=thorough``."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("steady", max_examples=100, deadline=None, derandomize=True, database=None)
settings.register_profile("quick", parent=settings.get_profile("steady"), max_examples=20)
settings.register_profile("thorough", max_examples=5000, deadline=None, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
