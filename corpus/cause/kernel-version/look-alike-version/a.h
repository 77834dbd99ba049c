#define VERSION "6.1.0-18"
