"""The sample county 云岭县 on this machine: invented inventory, real packets, a play of failures.

The files, in the order in which a performance meets them::

    county.py       the county, generated from a seed (names.py holds its names)
    folder.py       the configuration folder of it, with the demonstration's policy
    listening.py    the listening sockets, opened on the host
    namespaces.py   the kernel's calls: unshare, setns, die with the parent
    network.py      the plan of the county's network and of every damage to it, as text for ip and nft
    ground.py       a process that holds the network and answers as every edge device
    devices.py, agent.py, ber.py    what an edge device says over SNMP, and how
    enter.py        starts a program inside the monitor's namespace
    damage.py       what is broken at an instant
    play.py         which acts break what, and when
    stage.py        the host's handle on the ground: make it, damage it, end it
    simulated.py    the fallback: the daemon with invented answers to its probes
    page.py, view.py, words.py      what the terminal shows of all that
    performance.py  the whole evening, top to bottom
"""
