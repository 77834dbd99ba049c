void f(void) { log_at(__func__, __LINE__); }
