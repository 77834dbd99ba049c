jobs=1
for option in $DEB_BUILD_OPTIONS; do
    case $option in
        parallel=*) jobs=${option#parallel=} ;;
    esac
done
echo "jobs $jobs" > out.txt
