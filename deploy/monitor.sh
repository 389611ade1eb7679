#!/bin/sh
# The monitor's commands for the administrator: /usr/local/bin/monitor.
#
# Called by root they run as the monitor's own user, so that whatever they write is the monitor's; but with root's right
# to files, so that they read secrets and attachments and write where root does, and to ping. Others run them as they are.
set -eu

user=extranet-monitor
program=/opt/extranet-monitor/current/bin/monitor
MONITOR_CONFIG=${MONITOR_CONFIG:-/etc/extranet-monitor}
export MONITOR_CONFIG

if [ "$(id -u)" != 0 ]; then
  exec "$program" "$@"
fi
rights=-all,+dac_override,+net_raw
# no_setuid_fixup: else access(2) forgets these rights, and a file that can be read is said not to be readable
exec setpriv --reuid="$user" --regid="$user" --init-groups --securebits=+no_setuid_fixup \
  --bounding-set="$rights" --inh-caps="$rights" --ambient-caps="$rights" -- "$program" "$@"
