const char *built = "Tue Nov 14 17:13:20 EST 2023";
