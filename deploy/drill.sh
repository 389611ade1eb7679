#!/usr/bin/env bash
# A drill of the restore: back up while the daemon writes, restore into an empty place, compare. Nothing that runs is touched.
#
#   drill.sh [--config DIR] [--monitor PROGRAM] [--database URL] [FILE]
#
# FILE is a backup to try instead of a fresh one. URL is an empty PostgreSQL database, where the installation's is one;
# it is left as it is for whoever wants to look. Exits 0 when nothing was lost, 1 when anything differs, 2 and 3 as monitor.
set -euo pipefail

config=/etc/extranet-monitor
monitor=monitor
database=
file=

refuse() { echo "drill: $1" >&2; exit 2; }

while [ $# -gt 0 ]; do
  case $1 in
    --config | --monitor | --database)
      [ $# -ge 2 ] || refuse "$1 wants a value: drill.sh [--config DIR] [--monitor PROGRAM] [--database URL] [FILE]"
      printf -v "${1#--}" %s "$2"
      shift 2
      ;;
    -*) refuse "$1 is unknown: drill.sh [--config DIR] [--monitor PROGRAM] [--database URL] [FILE]" ;;
    *) file=$1; shift ;;
  esac
done
[ -f "$config/monitor.yaml" ] || refuse "there is no $config/monitor.yaml: name the configuration with --config"
[ -z "$file" ] || [ -f "$file" ] || refuse "there is no backup $file"
command -v "$monitor" > /dev/null || refuse "there is no program $monitor: name it with --monitor"

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/var"
began=$(date +%s)

# the configuration as it stands, with its secrets, but for where it writes: a folder that goes when the drill ends
cp -R "$config" "$place/config"
database=${database:-sqlite:///$place/var/monitor.db}
sed -i -e '/^database:/d' -e '/^attachments:/d' "$place/config/monitor.yaml"
printf '\ndatabase: %s\nattachments: %s\n' "$database" "$place/var/attachments" >> "$place/config/monitor.yaml"

# figures up to a few minutes before the backup: what is younger may not have been written yet when it was taken
until=$(date --utc --date='5 minutes ago' +%Y-%m-%dT%H:%M:%SZ)
from=$(date --utc --date='31 days ago' +%Y-%m-%dT%H:%M:%SZ)
fresh=$([ -n "$file" ] || echo yes)
if [ -z "$file" ]; then
  file=$place/backup.zip
  "$monitor" db backup "$file" --config "$config" || [ $? = 1 ]  # what was missing before is no finding of the drill
fi
"$monitor" db restore "$file" --config "$place/config" > "$place/restored" || {
  status=$?
  cat "$place/restored" >&2
  [ "$status" = 1 ] || echo "drill: where the installation's database is PostgreSQL, name an empty one with --database" >&2
  exit "$status"
}
"$monitor" ledger verify --config "$place/config"

# A backup given by name is of an older state: its ledger is checked, but there is nothing to compare its figures with.
figures() {
  "$monitor" availability --from "$from" --to "$until" --by line --json --config "$1"
  "$monitor" faults --json --config "$1" | python3 -c '
import json, sys
print([fault for fault in json.load(sys.stdin) if fault["closed_at"] and fault["closed_at"] < sys.argv[1]])' "$until"
}
if [ "$fresh" = yes ]; then
  figures "$config" > "$place/figures"
  figures "$place/config" > "$place/figures-restored"
  cmp -s "$place/figures" "$place/figures-restored" || {
    echo "drill: faults or availability differ between the installation and its restored backup:" >&2
    diff "$place/figures" "$place/figures-restored" | cut -c 1-400 >&2
    exit 1
  }
fi
echo "drill: passed in $(($(date +%s) - began)) s: $(head -n 1 "$place/restored")"
