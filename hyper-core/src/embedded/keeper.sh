# HyperDjango: runs PostgreSQL, and stops it when the last process that uses it is gone.
#
# Standard input is the FIFO `users`, open for reading: every user holds its other end, so the kernel
# says end-of-file when the last one is gone, however it went. Standard output is the starters' lock,
# kept until the server process exists; standard error is the keeper's own, kept to the end.
# Arguments: folder of the programs, folder of the cluster, what initdb needs to know of the locale,
# settings for postgresql.conf, the signal that stops the server, whether to remove the cluster's
# folder at the end (yes or no), this start's word, then arguments for the server.
bin=$1 root=$2 locale=$3 settings=$4 signal=$5 remove=$6 start=$7
shift 7
cd "$root" || exit 1
exec 3<&0 4>&1 5>&2 </dev/null >>server.log 2>&1

# Tells the starter how it ended; then a cluster that is not to be kept waits for its users and goes.
leave() {
    echo "$1 $2" >"ended-$start"
    if [ "$remove" = yes ]; then
        while read -r _; do :; done <&3
        cd / && rm -rf -- "$root"
    fi
    exit "$2"
}

if [ ! -e data ]; then
    rm -rf data.new
    # $locale is several words.
    "$bin/initdb" -D data.new -U hyper --auth=trust -E UTF8 $locale --no-sync 3<&- 5>&- ||
        leave initdb $?
    printf '%s\n' "$settings" >>data.new/postgresql.conf && mv data.new data || leave initdb $?
    # initdb did not wait for the disk, and the server's own syncs do not cover what it wrote.
    [ "$remove" = yes ] || "$bin/initdb" --sync-only -D data 3<&- 4>&- 5>&- &
fi

"$bin/postgres" -D "$root/data" "$@" 3<&- 4>&- 5>&- &
server=$!
exec 4>&-
trap '' HUP INT QUIT TERM

# Each user writes a word and waits for the file that answers it: who is answered was here in time.
{
    while IFS= read -r word; do
        case $word in
        '' | *[!0-9a-z]*) ;;
        *) echo "$server" >"answer-$word" ;;
        esac
    done
    # TERM ends a server that has not yet set its handlers; the other one is what it is asked for.
    kill -s TERM "$server"
    kill -s "$signal" "$server"
} <&3 5>&- &
watcher=$!

# Waits in the foreground, so that a killed server is not left a zombie whose number looks alive.
wait "$server"
status=$?
kill -s KILL "$watcher"
leave server $status
