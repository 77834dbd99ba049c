known=' PATH HOME USER LOGNAME SHELL LANG LANGUAGE LC_ALL LOCPATH TZ TMPDIR TERM COLUMNS LINES PWD OLDPWD SHLVL _ MAKEFLAGS MAKELEVEL MFLAGS MAKE_TERMERR MAKE_TERMOUT DEB_BUILD_OPTIONS CARGO_BUILD_JOBS CMAKE_BUILD_PARALLEL_LEVEL HOSTNAME '
env | sort | while IFS='=' read -r name value; do
    case $known in
        *" $name "*) ;;
        *) echo "$name = $value" ;;
    esac
done > extra.conf
