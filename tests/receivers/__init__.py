"""Stand-ins for those whom letters are sent to, on loopback: a web server, robots, a mail server, and certificates.

They check what the real ones check, so that what passes here passes there.
"""
