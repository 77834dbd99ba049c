/* generated */
#define BUILD_OS "Linux 5.10.0-28-cloud-amd64"
#define HAVE_FORK 1
