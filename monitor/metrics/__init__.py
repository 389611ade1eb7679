"""The Prometheus page: the county (`page`), this month so far (`month`), the monitor on itself (`own`)."""
