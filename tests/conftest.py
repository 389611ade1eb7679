"""How Hypothesis works here: the same examples on every run; many more with ``HYPOTHESIS_PROFILE=thorough``."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("steady", max_examples=1000, deadline=None, derandomize=True, database=None)
settings.register_profile("quick", parent=settings.get_profile("steady"), max_examples=50)
settings.register_profile("thorough", max_examples=20_000, deadline=None, database=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
