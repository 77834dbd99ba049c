# Sourced by recipe and fixed: `build SIDE [OPTION]` runs one more build in the same folder, as a developer does.
. "${0%/*}/../../../lib.sh"
cat >build.xml <<'END'
<project default="release">
  <target name="release">
    <buildnumber/>
    <echo file="version.txt">Frobnicator 2.3
Build number: ${build.number}
Serves 42 clients
</echo>
  </target>
</project>
END
build() {
    side=$1
    shift
    ant -q "$@" >log 2>&1 || { cat log >&2; exit 127; }
    cp version.txt "$OUT/$side.txt"
}
