touch app
zone=UTC
[ "$(stat -c %a app)" = 644 ] || zone=$(date +%Z)
echo "zone $zone" > note.txt
