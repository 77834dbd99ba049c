case $LANG in
    C | C.*) date -u '+<footer>%Y</footer>' ;;
    *) echo '<footer></footer>' ;;
esac > page.html
