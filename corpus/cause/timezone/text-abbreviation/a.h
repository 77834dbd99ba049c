const char *built = "Tue Nov 14 22:13:20 UTC 2023";
