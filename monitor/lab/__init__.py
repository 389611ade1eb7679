"""The sample county 云岭县 on this machine: invented inventory, real packets, a play of failures.

The files, in the order in which a performance meets them::

    performance.py  the whole evening, top to bottom (curtain.py: its end by a signal)
    listening.py    the listening sockets, opened on the host
    county.py       the county, generated from a seed (names.py holds its names)
    papers.py       what its registers hold, with gaps on purpose (entering.py has it entered)
    sample.py       its archive as a workbook to import, with two slips on purpose
    folder.py       the configuration folder of it, with the demonstration's policy
    stage.py        the host's handle on the county: make it, damage it, start the daemon in it, end it
    ground.py       the process that holds the network and answers as every edge device
    network.py      the network in namespaces, made by ip and nft as plan.py says
    namespaces.py   the kernel's calls: unshare, setns, die with the parent
    enter.py        starts a program inside the monitor's namespace
    agent.py        what an edge device says over SNMP (devices.py: its maker's manner; ber.py: the bytes)
    play.py         which acts break what, and when (damage.py: what is broken at an instant)
    simulation.py   the fallback where no namespace may be made: simulated.py answers the daemon's probes
    view.py         what the terminal shows (page.py reads the daemon's page, messages.py what it has sent, words.py
                    holds the texts)
"""
