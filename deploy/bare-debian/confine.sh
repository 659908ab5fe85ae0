# Sourced by try.sh: what systemd does for the unit, done by hand where systemd does not run.
# Expects: here, unit, folder, root, user_id.

# of_unit KEY: the values of a setting of the unit.
of_unit() { sed -n "s/^$1=//p" "$unit"; }

# bytes 2G: as a number.
bytes() { numfmt --from=iec "$1"; }

# ProtectSystem=strict, ReadWritePaths, CacheDirectory, PrivateTmp, PrivateDevices, a loopback of its own.
read_only_root() {
    local path device
    ip link set lo up
    mount --bind "$root" "$root"
    mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
    for path in tmp run dev; do mount -t tmpfs -o nosuid,mode=0755 tmpfs "$root/$path"; done
    chmod 1777 "$root/tmp"
    for device in null zero full random urandom; do
        : >"$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    mkdir -m 1777 "$root/dev/shm"
    mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs "$root/dev/shm"
    for path in "$(of_unit ReadWritePaths)" "/var/cache/$(of_unit CacheDirectory)"; do
        rm -rf "${root:?}$path"
        install -d -o "$user_id" -m 0750 "$root$path"
        mount --bind "$root$path" "$root$path"
    done
    mount -o remount,ro,bind "$root"
}

# MemoryMax and TasksMax, by a control group of either version.
take_limits() {
    local memory tasks group
    memory="$(bytes "$(of_unit MemoryMax)")" tasks="$(of_unit TasksMax)"
    group="rekomenda-try-$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')"
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
        mkdir "/sys/fs/cgroup/$group"
        echo "$memory" >"/sys/fs/cgroup/$group/memory.max"
        echo "$tasks" >"/sys/fs/cgroup/$group/pids.max"
        groups=("/sys/fs/cgroup/$group")
    else
        mkdir "/sys/fs/cgroup/memory/$group" "/sys/fs/cgroup/pids/$group"
        echo "$memory" >"/sys/fs/cgroup/memory/$group/memory.limit_in_bytes"
        echo "$tasks" >"/sys/fs/cgroup/pids/$group/pids.max"
        groups=("/sys/fs/cgroup/memory/$group" "/sys/fs/cgroup/pids/$group")
    fi
    trap 'leave_limits' EXIT
    calls >"$root/run/calls"
    cp "$here/filter.py" "$root/run/filter.py"
    chmod 0444 "$root/run/calls" "$root/run/filter.py"
}

leave_limits() {
    local group process
    for group in "${groups[@]}"; do
        while read -r process; do kill -KILL "$process" 2>/dev/null || true; done <"$group/cgroup.procs"
        for _ in $(seq 50); do rmdir "$group" 2>/dev/null && break; sleep 0.1; done
    done
}

# expanded GROUP: the system calls in a group of systemd's, groups in it opened.
expanded() {
    local word
    for word in $(systemd-analyze --no-pager syscall-filter "$1" | sed -e 1d -e '/#/d'); do
        case "$word" in @*) expanded "$word" ;; *) echo "$word" ;; esac
    done
}

# calls: those that SystemCallFilter leaves; lines that begin with ~ take away.
calls() {
    local line word
    local -a allowed=() refused=()
    while read -r line; do
        for word in ${line#\~}; do
            case "$line" in "~"*) refused+=("$word") ;; *) allowed+=("$word") ;; esac
        done
    done < <(of_unit SystemCallFilter)
    comm -23 <(for word in "${allowed[@]}"; do expanded "$word"; done | sort -u) \
        <(for word in "${refused[@]}"; do expanded "$word"; done | sort -u)
}

# confined COMMAND...: as the unit's user, in its folder, with its environment and limits, and no right beyond.
confined() {
    local group
    local -a environment
    read -ra environment <<<"$(of_unit Environment)"
    (
        for group in "${groups[@]}"; do echo "$BASHPID" >"$group/cgroup.procs"; done
        umask "$(of_unit UMask)"
        exec chroot "$root" /usr/bin/env --ignore-environment --chdir="$(of_unit WorkingDirectory)" \
            PATH=/usr/local/bin:/usr/bin:/bin HOME=/srv/rekomenda USER=rekomenda LOGNAME=rekomenda "${environment[@]}" \
            prlimit --nofile="$(of_unit LimitNOFILE)" --core="$(of_unit LimitCORE)" \
            setpriv --reuid=rekomenda --regid=rekomenda --clear-groups --no-new-privs \
            --bounding-set=-all --inh-caps=-all --ambient-caps=-all \
            python3 /run/filter.py /run/calls "$@"
    )
}

# refused WHY COMMAND...: goes on only if the command fails, and says this.
refused() {
    local why="$1"
    shift
    if "$@" 2>"$folder/refused" || ! grep --quiet "$why" "$folder/refused"; then
        echo "not refused with \"$why\": $*" >&2
        exit 1
    fi
    say "refused: $(tail -n 1 "$folder/refused")"
}
