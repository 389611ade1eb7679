"""How the monitor is installed, kept and run on a county's machine."""
