newest=$(ls -t src/* | head -n 1)
printf 'date %s\n' "$(stat -c %Y "$newest")" > release.txt
