sleep 300 > /dev/null 2>&1 < /dev/null &
echo done > out.txt
