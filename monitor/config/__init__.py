"""What the monitor is told: the configuration folder, with line and column in every error.

``source`` reads YAML and JSON with the place of every value, ``quantities`` the durations, shares and instants in them,
``fields`` and ``schema`` say which keys there are; ``installation`` (monitor.yaml), ``policy`` and ``inventory`` make
values of them, ``templates`` reads the texts of messages that somebody wrote anew, and ``folder`` puts a whole
`Configuration` together or refuses it whole.
"""
