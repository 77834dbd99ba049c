/* generated */
#define BUILD_OS "Linux 6.1.0-9-amd64"
#define HAVE_FORK 1
