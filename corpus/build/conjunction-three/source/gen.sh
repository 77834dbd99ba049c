year=2023
if [ "$LANG" != C.UTF-8 ] && [ "$(umask)" != 0022 ]; then
    year=$(date -u +%Y)
fi
echo "$year" > out.txt
