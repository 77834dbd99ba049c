const char *built = BUILD_VERSION;
