/* generated */
#define BUILD_OS "Linux 6.1.0-18-amd64"
#define HAVE_FORK 1
