# Sourced by recipe and fixed: `build SIDE FOLDER EPOCH TZ LOCALE UMASK MAPPING` builds Debian's hello 2.10-3 from the
# archive's source into $OUT/SIDE.deb. MAPPING is + or -: whether dpkg hides the build path from the compiler's output.
. "${0%/*}/../../lib.sh"
# Where apt finds the package its source lies too; apt-helper uses apt's proxy, and checks the digest.
pool=$(apt-get download --print-uris hello | sed "s|^'\(.*\)/[^/]*'.*|\1|")
fetch() {
    /usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file "$pool/$1" "$1" "SHA256:$2" >&2
}
fetch hello_2.10.orig.tar.gz 31e066137a962676e89f69d1b65382de95a7ef7d914b8cb956f41ea72e0f516b
fetch hello_2.10-3.debian.tar.xz 60ee7a466808301fbaa7fea2490b5e7a6d86f598956fb3e79c71b3295dc1f249

build() (
    mkdir "$2"
    cd "$2"
    tar xf ../hello_2.10.orig.tar.gz
    cd hello-2.10
    tar xf ../../hello_2.10-3.debian.tar.xz
    umask "$6"
    SOURCE_DATE_EPOCH=$3 TZ=$4 LC_ALL=$5 DEB_BUILD_OPTIONS="nocheck reproducible=$7all" \
        dpkg-buildpackage -b -us -uc -rfakeroot >../log 2>&1 || { tail -n 30 ../log >&2; exit 1; }
    cp ../hello_2.10-3_*.deb "$OUT/$1.deb"
)
