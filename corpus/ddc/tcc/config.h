/* What `configure` would write on Debian amd64, the same for every compiler. */
#define TCC_VERSION "0.9.27"
#define CONFIG_TCCDIR "/usr/lib/x86_64-linux-gnu/tcc"
#define CONFIG_TRIPLET "x86_64-linux-gnu"
