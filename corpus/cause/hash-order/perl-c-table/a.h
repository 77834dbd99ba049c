const char *names[] = { "mul", "add", "rem", "div", "sub" };
