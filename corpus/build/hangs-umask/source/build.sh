touch lock
while [ "$(stat -c %a lock)" != 644 ]; do
    sleep 0.2
done
echo ok > out.txt
