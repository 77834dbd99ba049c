if [ "$(umask)" != 0022 ]; then
    echo private
elif [ "$(date -u +%Y)" != 2023 ]; then
    echo late
else
    uname -n
fi > out.txt
