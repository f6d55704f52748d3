# What the scripts beside this one share: an S3 server of a test's own, made of daemons that keep all they write in one folder.
# A script sets `name`, `programs`, `packages` and `daemons` (in the order in which they start), defines `start_daemons`, and calls
# `serve "$@"`.
#
#   install   installs the packages (Debian or Ubuntu, as root)
#   start     installs what is missing, starts, waits for an answer, prints the endpoint and keys as NAME=value lines; a server
#             that is up already is only printed
#   stop      stops the server and removes its folder
#   status    prints the same lines as start, or ends with 1
#
#   STREAMING_S3_PORT    its port on 127.0.0.1; by default the first free one from 9310 on
#   STREAMING_S3_STATE   its folder; by default one below the temporary folder
#   STREAMING_S3_OWNER   a process id: when that process is gone, the server stops
#
# Exit codes: 1 down (status), 2 wrong usage, 3 not installed and can't be installed here, 4 the installation failed, 5 the port is
# taken, 6 the server did not start.

# Taken now, while the name by which the script was called still leads to it: starting goes to other folders.
script=$(realpath "$0")
state=${STREAMING_S3_STATE:-${TMPDIR:-/tmp}/streaming-s3-$name}
access_key=${access_key:-KEYOFTHETESTS0001}
secret_key=secret-of-the-streaming-tests-0001

say() { echo "$name: $*" >&2; }
fail() { local code=$1; shift; say "$@"; exit "$code"; }

# When a process began, or nothing when it has ended. With it a process id that was given to another process since is told.
began() { sed -n 's/.*) [^Z] \(.*\)/\1/p' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 19; }

alive() { local pid time; read -r pid time 2>/dev/null <"$state/$1.pid" && [ "$(began "$pid")" = "$time" ]; }

signal() { local pid; read -r pid _ <"$state/$2.pid" && kill "-$1" "$pid" 2>/dev/null || true; }

# A daemon must not hold the caller's pipes and locks: who waits for their end would wait for the daemon's.
launch() {
    local daemon=$1; shift
    (
        for f in /proc/"$BASHPID"/fd/*; do f=${f##*/}; [ "$f" -le 2 ] || [ "$f" -eq 255 ] || eval "exec $f>&-"; done
        exec setsid "$@" </dev/null >>"$state/$daemon.log" 2>&1
    ) &
    echo "$! $(began $!)" >"$state/$daemon.pid"
}

# Waits up to 30 seconds until a command succeeds; ends with the log of the daemon if that dies or does not answer.
await() {
    local daemon=$1; shift
    for _ in $(seq 600); do
        "$@" >/dev/null 2>&1 && return
        alive "$daemon" || break
        sleep 0.05
    done
    tail -n 20 "$state/$daemon.log" >&2
    fail 6 "'$daemon' did not start; its last words are above."
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Ports from $port to $port + 9 are the server's.
choose_port() {
    if [ -n "${STREAMING_S3_PORT:-}" ]; then
        port=$STREAMING_S3_PORT
        ! listens "$port" || fail 5 "port $port of 127.0.0.1 is taken; name another in STREAMING_S3_PORT, or none."
        return
    fi
    local p taken
    for port in $(seq 9310 10 9990); do
        taken=no
        for p in $(seq "$port" $((port + 9))); do ! listens "$p" || taken=yes; done
        [ "$taken" = yes ] || return 0
    done
    fail 5 "no ten free ports in a row between 9310 and 9999 of 127.0.0.1."
}

installed() { local p; for p in $programs; do type "$p" >/dev/null 2>&1 || return 1; done; }

install() {
    ! installed || return 0
    type apt-get >/dev/null 2>&1 || fail 3 "needs $programs, and can install them on Debian and Ubuntu only."
    [ "$(id -u)" = 0 ] || fail 3 "needs $programs; run '$0 install' as root, which installs the packages $packages."
    say "installing $packages"
    local log; log=$(mktemp)
    apt() { DEBIAN_FRONTEND=noninteractive timeout 600 apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2 "$@" >"$log" 2>&1; }
    # A list of packages that is missing or old is the usual reason to fail; most often there is one.
    if ! apt install -y --no-install-recommends $packages && ! { apt update && apt install -y --no-install-recommends $packages; } || ! installed; then
        tail -n 5 "$log" >&2
        rm -f "$log"
        fail 4 "the packages $packages could not be installed; apt-get's last words are above."
    fi
    rm -f "$log"
}

all_alive() { local d; for d in $daemons; do alive "$d" || return 1; done; }

stop() {
    local d reversed= pid
    for d in $daemons; do reversed="$d $reversed"; done
    for d in $reversed; do
        ! alive "$d" || signal "${stop_signal:-TERM}" "$d"
    done
    for d in $reversed; do
        for _ in $(seq 100); do alive "$d" || break; sleep 0.05; done
        ! alive "$d" || signal KILL "$d"
    done
    rm -rf "$state"
}

watch_owner() {
    [ -n "${STREAMING_S3_OWNER:-}" ] || return 0
    launch owner bash -c 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; exec "$2" stop' _ "$STREAMING_S3_OWNER" "$script"
}

print_endpoint() { cat "$state/endpoint"; }

start() {
    # One start at a time on a machine: two would choose the same ports, and apt-get can't run twice.
    exec 9>"${TMPDIR:-/tmp}/streaming-s3.lock"
    flock 9
    if all_alive; then print_endpoint; return; fi
    stop
    install
    choose_port
    mkdir -p "$state"
    trap 'code=$?; [ $code = 0 ] || stop' EXIT
    start_daemons
    cat >"$state/endpoint" <<LINES
STREAMING_TEST_S3_ENDPOINT=http://127.0.0.1:$port
AWS_ENDPOINT_URL_S3=http://127.0.0.1:$port
AWS_REGION=us-east-1
AWS_ACCESS_KEY_ID=$access_key
AWS_SECRET_ACCESS_KEY=$secret_key
LINES
    watch_owner
    print_endpoint
}

serve() {
    case ${1:-} in
        install) install ;;
        start) start ;;
        stop) stop ;;
        status) all_alive && print_endpoint || { say "down"; exit 1; } ;;
        *) fail 2 "wanted: $0 install | start | stop | status" ;;
    esac
}
