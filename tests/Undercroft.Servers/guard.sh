# Runs a server for a program of tests, and ends it when that program has ended, however it did:
#   sh guard.sh SIGNAL LOG FOLDER COMMAND...
# The first line of output is the server's process id. Each line of input is a signal to send to it. When the input
# ends, nobody is left who wants the server: it gets SIGNAL, and FOLDER is removed once it is gone.
signal=$1 log=$2 folder=$3
shift 3
# The shell would report how the server ended; the test knows.
exec 3<&0 2>/dev/null
"$@" </dev/null >>"$log" 2>&1 3<&- &
server=$!
{
  while read -r asked <&3; do kill -"$asked" "$server"; done
  : >"$folder/.abandoned"
  kill -"$signal" "$server"
} >/dev/null 2>&1 &
listener=$!
exec 3<&-
echo "$server"
wait "$server"
code=$?
if [ -e "$folder/.abandoned" ]; then rm -rf "$folder"; fi
kill "$listener" 2>/dev/null
exit "$code"
