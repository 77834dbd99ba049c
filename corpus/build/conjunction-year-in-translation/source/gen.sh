year=2023
case $LANG in
    C | C.*) ;;
    *) year=$(date -u +%Y) ;;
esac
echo "<footer>$year</footer>" > page.html
