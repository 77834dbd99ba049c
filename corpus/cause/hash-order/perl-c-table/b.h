const char *names[] = { "add", "mul", "rem", "div", "sub" };
