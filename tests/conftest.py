"""Settings of all tests: every property is tried on at least 100 examples, the same ones each time
in CI.
"""

import os

from hypothesis import HealthCheck, settings

_common = {"deadline": None, "max_examples": 100, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("ci", derandomize=True, **_common)
settings.register_profile("search", **_common)  # fresh examples: HYPOTHESIS_PROFILE=search pytest
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
