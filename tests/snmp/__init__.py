"""SNMP: two clients, one contract, against live, recorded and hostile agents."""
