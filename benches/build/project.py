"""A C project as many are: a configure script of many small processes, a Makefile, and files with the usual headers."""
import pathlib

CONFIGURE = """#!/bin/sh
# As autoconf writes them: most of the time goes into small processes.
set -e
: >config.log
echo '/* by configure */' >confdefs.h
check() {
    name=$(echo "$1" | sed 's/[^a-zA-Z0-9]/_/g' | tr a-z A-Z)
    printf 'checking for %s... ' "$1"
    { cat confdefs.h; printf '%s\\n' "$2"; } >conftest.c
    if gcc -c -O0 conftest.c -o conftest.o >>config.log 2>&1; then
        answer=yes
        echo "#define HAVE_$name 1" >>confdefs.h
    else
        answer=no
        sed 's/^/| /' conftest.c >>config.log
    fi
    rm -f conftest.c conftest.o
    echo "$answer" | grep . || :
    test "$(expr "X$answer" : 'X\\(.\\)')" != x
}
for header in HEADERS; do
    check "$header" "#include <$header>"
done
for function in FUNCTIONS; do
    check "$function" "char $function(void); int main(void) { return $function(); }"
done
sed "s,@prefix@,/usr/local,; s,@srcdir@,$(pwd),; /@/d" Makefile.in >Makefile
mv confdefs.h config.h
"""
MAKEFILE = """CFLAGS = -O1 -g -I.
OBJECTS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c)))
prefix = @prefix@
program: $(OBJECTS)
\tgcc -o program $(OBJECTS)
src/%.o: src/%.c config.h
\tgcc $(CFLAGS) -MMD -MF $(@:.o=.d) -c $< -o $@
"""
HEADERS = """stdio.h stdlib.h string.h strings.h inttypes.h stdint.h unistd.h sys/types.h sys/stat.h sys/time.h time.h errno.h
fcntl.h limits.h locale.h wchar.h wctype.h pthread.h no/such.h""".split()
FUNCTIONS = """memmove strdup strndup mkstemp getline snprintf nanosleep fork setlocale iconv_open dlopen mmap gettimeofday utimensat
openat no_such_function""".split()
INCLUDES = ["stdio", "stdlib", "string", "errno", "unistd", "fcntl", "time", "sys/types", "sys/stat", "signal", "pthread", "math"]
FUNCTION = """
int f%(file)d_%(n)d(const char *text, unsigned long count)
{
    struct stat found;
    unsigned long sum = %(n)d;
    for (unsigned long i = 0; i < count; i++) {
        if (text[i] == '%(letter)s' && stat(text, &found) == 0)
            sum += (unsigned long)found.st_size ^ i;
        else
            sum = sum * 31 + (unsigned char)text[i];
        switch (sum %% 7) {
        case 0: sum += strlen(text); break;
        case 1: sum ^= (unsigned long)time(NULL); break;
        case 2: errno = (int)sum; break;
        default: sum >>= 1;
        }
    }
    printf("%(file)d.%(n)d: %%lu\\n", sum);
    return (int)sum;
}
"""


def write(folder, files=40, functions=25):
    """Writes the project into a new folder."""
    root = pathlib.Path(folder)
    (root / "src").mkdir(parents=True)
    configure = CONFIGURE.replace("HEADERS", " ".join(HEADERS)).replace("FUNCTIONS", " ".join(FUNCTIONS))
    (root / "configure").write_text(configure)
    (root / "configure").chmod(0o755)
    (root / "Makefile.in").write_text(MAKEFILE)
    for file in range(files):
        text = '#include "config.h"\n' + "".join(f"#include <{name}.h>\n" for name in INCLUDES)
        for n in range(functions):
            text += FUNCTION % {"file": file, "n": n, "letter": chr(97 + n % 26)}
        if file == 0:
            text += "\nint main(int argc, char **argv)\n{\n    return f0_0(argv[0], (unsigned long)argc);\n}\n"
        (root / "src" / f"file{file:02}.c").write_text(text)
