# A PostgreSQL for the tests. Lives as long as standard input stays open, so that nothing is left behind
# even when the program that asked for it is killed.   $1: folder of initdb and postgres   $2: port
set -eu
umask 077
# Ctrl-C reaches the whole terminal; the end of standard input is what counts here.
trap '' INT TERM HUP
folder=$(mktemp -d "${TMPDIR:-/tmp}/ninerouter-postgres.XXXXXX")
server=
finish() {
    if [ -n "$server" ]; then
        kill -INT "$server" 2>/dev/null || true
        wait "$server" || true
    fi
    rm -rf "$folder"
}
trap finish EXIT

if ! "$1/initdb" -D "$folder/data" -U app -A trust -E UTF8 --no-locale --no-sync >"$folder/log" 2>&1; then
    cat "$folder/log"
    exit 1
fi
"$1/postgres" -D "$folder/data" -p "$2" -k "$folder" -c listen_addresses=127.0.0.1 -c max_connections=200 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off >>"$folder/log" 2>&1 </dev/null &
server=$!
tries=0
until "$1/createdb" -h 127.0.0.1 -p "$2" -U app app >>"$folder/log" 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -gt 150 ] || ! kill -0 "$server" 2>/dev/null; then
        cat "$folder/log"
        exit 1
    fi
    sleep 0.2
done
echo ready
cat >/dev/null
