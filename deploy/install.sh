#!/usr/bin/env bash
# Install the monitor on Debian, upgrade it, go back to the version before, remove it. docs/install.md tells the whole way.
#
#   install.sh              install from the folder that this script lies in
#   install.sh --upgrade    the same beside a running version: backup, change of the database, start, health check
#   install.sh --rollback   back to the version before; where the database was changed, to the backup of before, too
#   install.sh --uninstall  remove the software; configuration, database, attachments and backups stay
#
#   --root DIR       in DIR instead of /: for a trial; no user is made and systemd is left alone
#   --wheels DIR     take Python's packages from DIR (pip download -r deploy/requirements-run.txt -d DIR), without a network
#   --libraries DIR  in a trial: use the packages installed in DIR (a site-packages folder) and install none
#   --python FILE    the Python to use, 3.11 or newer; default: python3
#
# A version lies in /opt/extranet-monitor/releases/VERSION, and "current" points to the one in use. An upgrade that ends
# well keeps the one before it and removes older ones, and of the backups made for those all but the newest three; the
# nightly backups are not its business. What fails leaves everything as it was. Exits 0 when done, 2 where something given
# is wrong, 3 where something needed is missing, 1 where a new version does not run and the one before was put back.
set -euo pipefail
umask 022

source=$(cd "$(dirname "$0")/.." && pwd)
task=install
root=
wheels=
libraries=
python=python3
user=extranet-monitor
spare=3  # backups of upgrades that stay beside those of the versions kept

say() { echo "install: $1"; }
refuse() { echo "install: $1" >&2; exit 2; }
lack() { echo "install: $1" >&2; exit 3; }

while [ $# -gt 0 ]; do
  case $1 in
    --upgrade | --rollback | --uninstall) task=${1#--}; shift ;;
    --root | --wheels | --libraries | --python)
      [ $# -ge 2 ] || refuse "$1 wants a value: $0 --help"
      printf -v "${1#--}" %s "$2"
      shift 2
      ;;
    -h | --help) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    *) refuse "$1 is unknown: $0 --help" ;;
  esac
done
for folder in wheels libraries; do
  [ -z "${!folder}" ] || [ -d "${!folder}" ] || refuse "--$folder: there is no folder ${!folder}"
done
[ -z "$libraries" ] || [ -n "$root" ] || refuse "--libraries is for a trial: give --root too"
if [ -n "$root" ]; then
  mkdir -p "$root" || refuse "--root: $root cannot be made"
  root=$(cd "$root" && pwd)
fi

home=$root/opt/extranet-monitor
etc=$root/etc/extranet-monitor
state=$root/var/lib/extranet-monitor
backups=$root/var/backups/extranet-monitor
units=$root/etc/systemd/system
command=$root/usr/local/bin/monitor

# -- what is done with the machine ------------------------------------------------------------------------------------

with_systemd() { [ -z "$root" ]; }

# Run a version's program as the monitor's user.
as_monitor() {
  if with_systemd; then
    setpriv --reuid="$user" --regid="$user" --init-groups --securebits=+no_setuid_fixup \
      --inh-caps=-all,+dac_override --ambient-caps=-all,+dac_override -- "$@"
  else
    "$@"
  fi
}

# Say yes where the service runs, and nothing where it does not.
running_or_not() { if with_systemd && systemctl is-active --quiet extranet-monitor.service; then echo yes; fi; }

# The sockets go first, where they are used: a request at one of them would start the service again.
stop() { if with_systemd; then systemctl stop 'extranet-monitor-*.socket' extranet-monitor.service; fi; }

# And they come first: systemd opens none for a service that runs.
start() {
  local socket
  for socket in extranet-monitor-{web,metrics,traps}.socket; do
    if systemctl is-enabled --quiet "$socket" 2> /dev/null; then systemctl start "$socket"; fi
  done
  systemctl start extranet-monitor.service
}

# Start the version in use and tell whether it judges: with Type=notify systemd waits until it says so.
starts() {
  if with_systemd; then
    start
  else
    "$home/current/bin/python" "$source/deploy/ready.py" 60 "$home/current/bin/monitor" run --config "$etc"
  fi
}

# Point "current" to a version, in one step.
switch_to() {
  ln -sfn "releases/$1" "$home/current.new"
  mv -T "$home/current.new" "$home/current"
}

in_use() { basename "$(readlink "$home/current" 2> /dev/null || true)"; }

need_root() { ! with_systemd || [ "$(id -u)" = 0 ] || lack "this wants root: sudo $0"; }

need_installed() { [ -L "$home/current" ] || refuse "nothing is installed in $home: run $0 without --$task first"; }

lock() {
  mkdir -p "$home" || lack "$home cannot be made"
  exec 9> "$home/.lock"
  flock -n 9 || lack "another install.sh is at work: wait until it ends"
}

# -- a version ---------------------------------------------------------------------------------------------------------

version_of_source() { sed -n 's/^__version__ = "\([0-9A-Za-z.+-]*\)"$/\1/p' "$source/monitor/__init__.py"; }

look_at_the_machine() {
  command -v "$python" > /dev/null || lack "there is no $python: apt install python3"
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || lack "Python 3.11 or newer is needed: name it with --python"
  "$python" -c 'import ensurepip, venv' 2> /dev/null || lack "Python cannot make a virtual environment: apt install python3-venv"
  [ -f "$source/deploy/requirements-run.txt" ] || refuse "$source is not the monitor's folder: unpack it whole"
  version=$(version_of_source)
  [ -n "$version" ] || refuse "$source/monitor/__init__.py names no version: unpack the folder again"
  local free
  free=$(df --output=avail -k "$home" | tail -n 1)
  [ "$free" -ge 600000 ] || lack "600 MB are needed in $home: $((free / 1000)) MB are free"
}

# Make a version: its own virtual environment, from the lock file with its hashes. What is not whole is removed.
build() {
  release=$home/releases/$version
  rm -rf "$release"
  mkdir -p "$home/releases"
  undo="rm -rf '$release'; $undo"
  say "making version $version in $release"
  "$python" -m venv ${libraries:+--without-pip} "$release"
  if [ -n "$libraries" ]; then
    borrow
  else
    local from=()
    [ -z "$wheels" ] || from=(--no-index --find-links "$wheels")
    "$release/bin/pip" --quiet --disable-pip-version-check install "${from[@]}" --require-hashes \
      -r "$source/deploy/requirements-run.txt" || lack "Python's packages cannot be had: give --wheels DIR where there is no network"
    "$release/bin/pip" --quiet --disable-pip-version-check install --no-deps --no-build-isolation "$source" \
      || lack "the monitor itself cannot be installed: unpack its folder again"
  fi
  mkdir "$release/deploy"
  cp -R "$source/deploy/systemd" "$source/deploy/nginx" "$source/deploy/nftables.conf" "$source/deploy/"*.sh \
    "$source/deploy/ready.py" "$release/deploy/"
  "$release/bin/monitor" --version > /dev/null || lack "version $version does not start: unpack its folder again"
  touch "$release/.whole"
}

# A trial's version: the source copied, and the packages of another environment.
borrow() {
  local site
  site=$("$release/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  cp -R "$source/monitor" "$site/monitor"
  echo "$libraries" > "$site/borrowed.pth"
  printf '#!%s\nfrom monitor.cli import main\n\nmain()\n' "$release/bin/python" > "$release/bin/monitor"
  chmod +x "$release/bin/monitor"
}

# -- the machine around it ---------------------------------------------------------------------------------------------

make_user() {
  with_systemd || return 0
  id "$user" > /dev/null 2>&1 || useradd --system --user-group --home-dir "$state" --shell /usr/sbin/nologin "$user"
}

make_folders() {
  mkdir -p "$state" "$backups" "$etc"
  if with_systemd; then
    chown "$user:$user" "$state" "$backups"
    chown "root:$user" "$etc"
  fi
  chmod 0750 "$state"
  chmod 0700 "$backups"
  # what root adds there is of the monitor's group: under the umask 027 of a hardened machine it could not be read else
  chmod 2750 "$etc"
}

# The example, with the places of this machine; whatever is there already stays as it is.
make_configuration() {
  mkdir -p "$etc/secrets"
  chmod 0700 "$etc/secrets"
  for file in monitor policy inventory; do
    if [ -e "$etc/$file.yaml" ] || [ -d "$etc/$file" ]; then continue; fi
    sed -e "s|^database: sqlite:///var/monitor.db|database: sqlite:///$state/monitor.db|" \
      -e "s|^  folder: var/reports|  folder: $state/reports|" "$source/config/$file.yaml" > "$etc/$file.yaml"
    chmod 0640 "$etc/$file.yaml"
    if with_systemd; then chown "root:$user" "$etc/$file.yaml"; fi
    say "$etc/$file.yaml is the example: put your own county into it"
  done
}

# Units and the command, of the version in use.
place_units() {
  mkdir -p "$units" "$(dirname "$command")"
  cp "$home/current/deploy/systemd/"* "$units/"
  cp "$home/current/deploy/monitor.sh" "$command"
  chmod 0755 "$command"
  if with_systemd; then systemctl daemon-reload; fi
}

# -- tasks -------------------------------------------------------------------------------------------------------------

undo=
put_back() {
  local status=$?
  # undone to its end, whatever of it fails, and however often Ctrl-C is pressed
  trap '' INT TERM HUP
  set +e
  eval "$undo"
  exit "$status"
}
trap put_back EXIT

install() {
  [ ! -L "$home/current" ] || refuse "version $(in_use) is installed already: run $0 --upgrade"
  lock
  look_at_the_machine
  build
  make_user
  make_folders
  make_configuration
  switch_to "$version"
  undo="rm -f '$home/current'; $undo"
  place_units
  undo=
  say "version $version is installed. Now: edit $etc, then"
  if with_systemd; then
    say "  monitor check && systemctl enable --now extranet-monitor.service extranet-monitor-backup.timer"
  else
    say "  export MONITOR_CONFIG=$etc; $home/current/bin/monitor check && $home/current/bin/monitor run"
  fi
}

upgrade() {
  need_installed
  lock
  look_at_the_machine
  before=$(in_use)
  [ "$version" != "$before" ] || refuse "version $version is in use already: unpack another one, and run its install.sh"
  if [ "$version" = "$(sed -n 's/^before=//p' "$home/current/rollback" 2> /dev/null)" ]; then
    refuse "version $version is the one before $before: $0 --rollback goes back"
  fi
  if [ -f "$home/releases/$version/rollback" ]; then
    say "an upgrade to $version was interrupted: going back to $before first"
    after_interruption
  fi
  "$home/current/bin/monitor" --version > /dev/null || lack "version $before does not start: install.sh --rollback"
  build
  as_monitor "$release/bin/monitor" check --config "$etc" \
    || refuse "version $version does not take the configuration in $etc: see above, correct it, and try again"
  was_running=$(running_or_not)
  backup=$backups/before-$version-$(date +%Y%m%d-%H%M%S).zip
  undo="${was_running:+start; }$undo"
  stop
  say "backing up to $backup"
  back_up
  # until it is known otherwise the database may have been changed
  printf 'before=%s\nbackup=%s\nmigrated=yes\n' "$before" "$backup" > "$release/rollback"
  undo="go_back '$version' || true; $undo"
  said=$(as_monitor "$release/bin/monitor" db upgrade --config "$etc") || lack "the database cannot be changed; all is put back"
  say "$said"
  case $said in
    *' already') sed -i 's/^migrated=.*/migrated=/' "$release/rollback" ;;
  esac
  switch_to "$version"
  place_units
  if [ -n "$was_running" ] || ! with_systemd; then
    starts || { echo "install: version $version does not run; $before is put back" >&2; exit 1; }
  fi
  undo=
  say "version $version is in use; $before stays beside it: $home/current/deploy/install.sh --rollback goes back"
  tidy || say "what is old could not all be removed from $home/releases and $backups: see above"
}

# Remove what an upgrade left that nobody goes back to any more.
tidy() {
  local release file kept failed=
  for release in "$home/releases/"*/; do
    release=$(basename "$release")
    case $release in "$version" | "$before") continue ;; esac
    if rm -rf "${home:?}/releases/$release"; then say "version $release is removed"; else failed=yes; fi
  done
  kept=$(sed -n 's/^backup=//p' "$home/releases/"*/rollback 2> /dev/null || true)
  while read -r file; do
    [ -n "$file" ] || continue
    if rm -f "$backups/$file"; then say "$backups/$file is removed"; else failed=yes; fi
  done < <(spent "$kept" | sort -r | tail -n "+$((spare + 1))" | cut -d ' ' -f 2-)
  [ -z "$failed" ]
}

# Name the backups of upgrades that belong to no version kept, each after its time; $1 are files that stay whatever is so.
spent() {
  local file
  for file in "$backups/"before-*.zip "$backups/"after-*.zip; do
    [[ $file =~ /(before|after)-(.+)-([0-9]{8}-[0-9]{6})\.zip$ ]] || continue
    case ${BASH_REMATCH[2]} in "$version" | "$before") continue ;; esac
    if ! grep -qxF -- "$file" <<< "$1"; then echo "${BASH_REMATCH[3]} $(basename "$file")"; fi
  done
}

# Undo an upgrade that was killed. Its backup is put back only where the version before cannot read the database: what that
# version reads was not changed, and may hold what was recorded since.
after_interruption() {
  local said
  if said=$(as_monitor "$home/releases/$before/bin/monitor" faults --json --config "$etc" 2>&1 > /dev/null); then
    return
  fi
  case $said in
    *'there is no database'* | *'has no tables yet'*) ;;
    *'unknown to this software'*) go_back "$version" ;;
    *) echo "$said" >&2; lack "the database cannot be read, and nothing was changed: see above" ;;
  esac
}

# Back the database up before it is changed; where there is none yet there is nothing to go back to.
back_up() {
  local said status=0
  said=$(as_monitor "$home/current/bin/monitor" db backup "$backup" --config "$etc" 2>&1) || status=$?
  say "$said"
  case $status:$said in
    0:* | 1:*) ;;
    *'there is no database'* | *'has no tables yet'*) backup= ;;
    *) lack "the backup failed, and nothing was changed: see above" ;;
  esac
}

# Put the version before one in its place, and its database where that was changed.
go_back() {
  local before backup migrated
  # shellcheck disable=SC1090  # written by upgrade
  . "$home/releases/$1/rollback"
  stop || true
  if [ "$migrated" = yes ] && [ -n "$backup" ]; then
    local after
    after=$backups/after-$1-$(date +%Y%m%d-%H%M%S).zip
    if as_monitor "$home/releases/$1/bin/monitor" db backup "$after" --config "$etc" > /dev/null 2>&1 || [ $? = 1 ]; then
      say "what was recorded since the upgrade is kept in $after, and not in use any more"
    fi
    as_monitor "$home/releases/$before/bin/monitor" db restore "$backup" --force --config "$etc" \
      || { echo "install: $backup cannot be restored: see above" >&2; return 1; }
  fi
  switch_to "$before"
  place_units
}

rollback() {
  need_installed
  lock
  local version before
  version=$(in_use)
  [ -f "$home/releases/$version/rollback" ] || refuse "version $version has none before it to go back to"
  before=$(sed -n 's/^before=//p' "$home/releases/$version/rollback")
  [ -e "$home/releases/$before/.whole" ] || refuse "version $before is gone from $home/releases: install it again"
  was_running=$(running_or_not)
  # whatever stops this, the lines are watched again
  undo="${was_running:+start}"
  go_back "$version" || lack "version $version stays in use"
  undo=
  rm -rf "$home/releases/$version"
  if [ -n "$was_running" ] || ! with_systemd; then
    starts || lack "version $before does not start: journalctl --unit extranet-monitor"
  fi
  say "version $before is in use again"
}

uninstall() {
  need_installed
  lock
  if with_systemd; then
    for unit in "$home/current/deploy/systemd/"*; do
      systemctl disable --now "$(basename "$unit")" > /dev/null 2>&1 || true
    done
  fi
  for unit in "$home/current/deploy/systemd/"*; do rm -f "$units/$(basename "$unit")"; done
  rm -rf "$command" "$home"
  if with_systemd; then systemctl daemon-reload; fi
  say "removed; $etc, $state and $backups stay: remove them yourself if their record may go"
}

need_root
! with_systemd || [ -d /run/systemd/system ] || lack "systemd does not run here: give --root DIR for a trial"
"$task"
